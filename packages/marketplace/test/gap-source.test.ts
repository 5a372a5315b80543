import {
  buildAtlas,
  cellNumber,
  collectEvidence,
  COALITIONS,
  IDEAL,
  topicPrices,
  type GapSource,
  type NeedRecord,
} from "@longview/scorecard/gaps";
import { deriveKey, rootKey, sortedQuantile } from "@longview/statistics";
import { beforeAll, describe, expect, test } from "vitest";
import {
  heuristicActor,
  makeMarketplace,
  randomActor,
  stateHash,
  WHOLE_MARKETPLACE_ID,
  type Actor,
  type ContentMarketplace,
} from "../src/index.ts";
import { slateItem } from "../src/evaluation/gap-servings.ts";
import { contentGapSource } from "../src/evaluation/gap-source.ts";
import { ItemWorth, viewerWidth } from "../src/evaluation/gap-worth.ts";

const key = rootKey("gap source");
const small = { users: 24, days: 6, key } as const;

interface Kept extends Omit<NeedRecord, "demand" | "utilities"> {
  readonly demand: number[];
  readonly utilities: number[];
}

/** A sum over its standard deviation, were its mean 0. */
function zOf(values: readonly number[]): number {
  let sum = 0;
  let squares = 0;
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  return sum / Math.sqrt(squares);
}

/** Every record of a source, copied. */
async function recordsOf(source: GapSource): Promise<Kept[]> {
  const kept: Kept[] = [];
  for await (const record of source.records())
    kept.push({
      ...record,
      demand: Array.from(record.demand),
      utilities: Array.from(record.utilities),
    });
  return kept;
}

/** An actor that hands over the world in which it plays, and tells when a step's slates are chosen. */
function spied(
  actor: Actor,
  chosen: (world: ContentMarketplace) => void = () => {},
): { actor: Actor<ContentMarketplace>; world: () => ContentMarketplace } {
  let world: ContentMarketplace | undefined;
  return {
    world: () => world!,
    actor: {
      name: actor.name,
      start(started, own) {
        world = started;
        actor.start?.(started, own);
      },
      async act(started) {
        await actor.act(started);
        chosen(started);
      },
    },
  };
}

describe("what an item is worth", () => {
  test.each(["cascade", "multinomial-logit"] as const)(
    "in the %s model is what an item alone on its page brings its user on average",
    async (model) => {
      // one position a page; always looked at in the cascade
      const world = makeMarketplace("marketplace/content-v0", {
        users: 128,
        options: {
          slots: 1,
          choice: { model, outside: 0.5 },
          enjoyment: { base: 2.5 },
          items: { secondaryWeight: 0.5 },
          satiation: { gain: 0.5, retention: 0.95 },
        },
        key,
      });
      const { options, privileged: state } = world;
      const worth = new ItemWorth(state, options);
      const viewer = new Float64Array(viewerWidth(options));
      const expected = new Float64Array(world.rowCount);
      const actor = randomActor();
      actor.start?.(world, key);
      const predicted: number[] = [];
      const surplus: number[] = [];
      for (let step = 0; step < 120; step++) {
        await actor.act(world);
        const acting = world.active.slice();
        for (let row = 0; row < world.rowCount; row++) {
          if (acting[row] === 0) continue;
          worth.writeViewer(viewer, 0, row);
          expected[row] = worth.ofItem(viewer, 0, slateItem(world, row, 0));
        }
        world.step();
        for (let row = 0; row < world.rowCount; row++) {
          if (acting[row] === 0) continue;
          predicted.push(expected[row]!);
          surplus.push(state.enjoyment[row]! - expected[row]!);
        }
      }
      expect(predicted.length).toBeGreaterThan(1500);
      expect(Math.abs(zOf(surplus))).toBeLessThan(3.5);
      // the same for items worth much as for those worth little
      const middle = predicted.reduce((sum, each) => sum + each, 0) / predicted.length;
      const tilted = (values: readonly number[]): number[] =>
        values.map((value, n) => value * (predicted[n]! - middle));
      expect(Math.abs(zOf(tilted(surplus)))).toBeLessThan(3.5);
      // both would see it at once if nothing were predicted
      expect(zOf(predicted)).toBeGreaterThan(10);
      expect(zOf(tilted(surplus.map((over, n) => over + predicted[n]!)))).toBeGreaterThan(10);
    },
  );
});

/** The best of a topic for a user by stage, found by looking at every item: what `PageLevels` says in passing. */
function levelsOf(world: ContentMarketplace, row: number, topic: number): number[] {
  const { options, privileged } = world;
  const { items, integrity, candidateItem, clock } = privileged;
  const worth = new ItemWorth(privileged, options);
  const viewer = new Float64Array(viewerWidth(options));
  worth.writeViewer(viewer, 0, world.userOf(row));
  const of = (item: number): number => worth.ofItem(viewer, 0, item);
  const living = [...items.alive.keys()].filter((item) => items.alive[item] === 1);
  const good = living.filter((item) => items.harmful[item] === 0 && items.topic[item] === topic);
  const candidates = [...candidateItem.subarray(row * options.candidates, (row + 1) * options.candidates)];
  const served = Math.max(
    0,
    ...[0, 1, 2, 3, 4].map((j) => 0.85 ** j * of(candidates[world.action[row * options.slots + j]!]!)),
  );
  const retrieved = Math.max(served, ...good.filter((item) => candidates.includes(item)).map(of));
  const open = good.filter((item) => integrity.blocked[item] === 0);
  const letThrough = Math.max(retrieved, ...open.map(of));
  const existing = Math.max(letThrough, ...good.map(of));
  // the reference item, by the formulas of docs/marketplace.md
  const sorted = (values: number[]): number[] => values.sort((one, other) => one - other);
  const quality = sortedQuantile(sorted(living.map((item) => items.quality[item]!)), 0.9);
  const day = Math.floor(clock[0]! / options.stepsPerDay) * options.stepsPerDay;
  const age = sortedQuantile(sorted(living.map((item) => day - items.bornAt[item]!)), 0.5);
  const { users } = privileged;
  const user = world.userOf(row);
  const interest = users.interest[user * options.topics + topic]!;
  const satiation = users.satiation[user * options.topics + topic]!;
  const logit =
    2 * (interest - 0.4) +
    2.6 * (0.3 * quality - 0.5) +
    0.5 * Math.exp(-age / options.stepsPerDay / 4) -
    satiation -
    0.5 * users.fatigue[user]! +
    (users.trust[user]! - 0.5);
  const enjoyment = Math.tanh(1.1 + 1.6 * (interest - 0.4) + 2.4 * (quality - 0.5) - 1.2 * satiation);
  const makeable = Math.max(existing, enjoyment / (1 + Math.exp(-logit)));
  return [served, retrieved, letThrough, existing, makeable];
}

test("stages lose what the best harmless items that reach them say", async () => {
  const expected: number[][] = [];
  const { actor } = spied(heuristicActor(), (world) => {
    for (let row = 0; row < world.rowCount; row++)
      if (world.active[row] === 1)
        for (let topic = 0; topic < 8; topic++) expected.push(levelsOf(world, row, topic));
  });
  const options = { levers: { integrityThreshold: 0.4 }, creators: { riskMean: -1 }, enjoyment: { harm: 0 } };
  const source = contentGapSource({ users: 8, days: 4, key, id: WHOLE_MARKETPLACE_ID, options, actor });
  const records = await recordsOf(source);
  expect(expected.length).toBe(8 * records.length);
  let largest = 0;
  const met = [0, 0, 0, 0];
  records.forEach(({ utilities }, n) => {
    for (let topic = 0; topic < 8; topic++) {
      const [served, retrieved, letThrough, existing, makeable] = expected[8 * n + topic]!;
      const losses = [
        makeable! - existing!,
        letThrough! - retrieved!,
        existing! - letThrough!,
        retrieved! - served!,
      ];
      for (let coalition = 0; coalition <= IDEAL; coalition++) {
        let mended = served!;
        losses.forEach((loss, bit) => (mended += coalition & (1 << bit) ? loss : 0));
        largest = Math.max(largest, Math.abs(mended - utilities[topic * COALITIONS + coalition]!));
      }
      losses.forEach((loss, stage) => (met[stage]! += loss > 0 ? 1 : 0));
    }
  });
  expect(largest).toBeLessThan(1e-12);
  // every stage has something to lose in this world
  for (const count of met) expect(count).toBeGreaterThan(10);
});

describe("the records of a policy's pages", () => {
  let records: Kept[];
  let source: GapSource;
  const held = spied(heuristicActor());
  beforeAll(async () => {
    source = contentGapSource({ ...small, id: WHOLE_MARKETPLACE_ID, actor: held.actor });
    records = await recordsOf(source);
  });

  test("leave the world and the policy's luck as they would have been", async () => {
    const world = makeMarketplace(WHOLE_MARKETPLACE_ID, { users: 24, options: { days: 7 }, key });
    const actor = heuristicActor();
    actor.start?.(world, deriveKey(key, "actor"));
    let pages = 0;
    for (let step = 0; step < 6 * world.options.stepsPerDay; step++) {
      for (const active of world.active) pages += active;
      await actor.act(world);
      world.step();
    }
    expect(stateHash(held.world().privileged)).toBe(stateHash(world.privileged));
    expect(records.length).toBe(pages);
  });

  test("want one thing a page, and lose nothing by mending a stage", () => {
    expect(records.length).toBeGreaterThan(100);
    let lost = 0;
    for (const { demand, utilities, segment, context } of records) {
      expect(demand.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 12);
      expect(segment).toBeLessThan(source.axes.segments.length);
      expect(context).toBeLessThan(source.axes.contexts.length);
      for (let topic = 0; topic < demand.length; topic++) {
        const at = topic * COALITIONS;
        // what is served is the best of the page, whatever its topic
        if (utilities[at] !== utilities[0]) lost = Infinity;
        for (let coalition = 0; coalition <= IDEAL; coalition++)
          for (let bit = 1; bit < COALITIONS; bit <<= 1)
            lost = Math.max(lost, utilities[at + coalition]! - utilities[at + (coalition | bit)]!);
      }
    }
    expect(lost).toBeLessThan(1e-12);
  });

  test("are the same when they are read again", async () => {
    expect(await recordsOf(source)).toEqual(records);
  });

  test("may be a sample, of which the atlas makes the same demand", async () => {
    const every = contentGapSource({ ...small, actor: heuristicActor(), days: 20 });
    const some = contentGapSource({ ...small, actor: heuristicActor(), days: 20, pages: 300 });
    const all = await recordsOf(every);
    const sampled = await recordsOf(some);
    expect(sampled.length).toBeLessThan(all.length);
    const atlas = (source: GapSource): Promise<number> =>
      collectEvidence(source).then((evidence) =>
        [...evidence.cells.values()]
          .flatMap(({ weights }) => [...weights])
          .reduce((sum, weight) => sum + weight / evidence.weeks, 0),
      );
    // 300 of about 768 pages: the total of a binomial draw, within 3.5 standard deviations
    const [whole, scaled] = [await atlas(every), await atlas(some)];
    const share = some.weeks / every.weeks;
    const deviation = Math.sqrt((1 - share) / (share * all.length));
    expect(Math.abs(scaled / whole - 1)).toBeLessThan(3.5 * deviation);
    expect(some.limits?.join(" ")).toMatch(/A sample of \d+ % of the pages/);
  });

  test("come with the living items and with what was served", async () => {
    const { items } = held.world().privileged;
    const catalogue = source.catalogue!();
    expect(catalogue.length).toBe(items.alive.reduce((sum, alive) => sum + alive, 0));
    expect(new Set(catalogue.map(({ id }) => id)).size).toBe(catalogue.length);
    for (const item of catalogue) expect(Math.abs(item.utility(0, 0))).toBeLessThan(1);
    const served = source.served!();
    const continuation = held.world().options.choice.continuation;
    const looks = [0, 1, 2, 3, 4].reduce((sum, j) => sum + continuation ** j, 0);
    expect(served.exposures.reduce((sum, each) => sum + each, 0)).toBeCloseTo(looks * records.length, 6);
    const prices = await topicPrices(source.axes, served);
    expect(prices).toHaveLength(source.axes.topics.length);
    expect(buildAtlas(await collectEvidence(source)).cells.length).toBeGreaterThan(0);
    expect(cellNumber(source.axes, { topic: 7, segment: 3, context: 2 })).toBe(served.worth.length - 1);
  });
});

test("what is out of range is refused in one line", () => {
  const actor = randomActor();
  expect(() => contentGapSource({ ...small, actor, reference: 1 })).toThrow(
    "reference must be in (0, 1), got 1",
  );
  expect(() => contentGapSource({ ...small, actor, pages: 0 })).toThrow("pages must be >= 1, got 0");
  expect(() => contentGapSource({ ...small, actor }).catalogue!()).toThrow("read the records first");
});
