import { foldIn, rootKey } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import { judgeWorld, type WorldScore } from "../../../../benchmarks/gaps/judge-world.ts";
import { drawGapWorld, type WorldKind } from "../../../../benchmarks/gaps/world.ts";
import {
  ALL_VISIBLE,
  buildAtlas,
  COALITIONS,
  collectEvidence,
  groupOf,
  levelCoalitionsInto,
  type GapSource,
  type NeedRecord,
  type StageLevels,
} from "../../src/gaps/index.ts";

async function scoresOf(kind: WorldKind, worlds: number): Promise<WorldScore[]> {
  const scores: WorldScore[] = [];
  for (let world = 0; world < worlds; world++)
    scores.push(await judgeWorld(drawGapWorld(foldIn(rootKey(`atlas test, ${kind}`), world), kind)));
  return scores;
}

/** Whole worlds are drawn, on a machine that may do other things. */
const PATIENCE = 30_000;

describe("in worlds whose gaps are known", () => {
  test(
    "few of the reported gaps are false, and planted causes are found",
    { timeout: PATIENCE },
    async () => {
      const scores = await scoresOf("planted", 4);
      const sum = (of: (score: WorldScore) => number): number =>
        scores.reduce((total, score) => total + of(score), 0);
      const falseShare = sum((s) => s.falselyFound / Math.max(1, s.found)) / scores.length;
      expect(falseShare).toBeLessThanOrEqual(0.1);
      expect(sum((s) => s.plantedFound)).toBeGreaterThan(0.4 * sum((s) => s.planted));
      expect(sum((s) => s.causeRight)).toBeGreaterThanOrEqual(0.9 * sum((s) => s.plantedFound));
    },
  );

  test("a world without gaps seldom shows one, at the margin too", { timeout: PATIENCE }, async () => {
    // At a rate of 5 % two or more of 4 have a chance of 1.4 %.
    for (const kind of ["none", "margin"] as const) {
      const reported = (await scoresOf(kind, 4)).filter(({ found }) => found > 0).length;
      expect(reported).toBeLessThanOrEqual(1);
    }
  });
});

/** A source of one decision a user, whose levels a function gives. */
function sourceOf(
  users: number,
  levelsOf: (user: number, topic: number) => StageLevels,
  changes: Partial<GapSource> = {},
): GapSource {
  return {
    axes: { topics: ["music", "cooking"], segments: ["all"], contexts: ["any"] },
    weeks: 2,
    *records(): Generator<NeedRecord> {
      const utilities = new Float64Array(2 * COALITIONS);
      for (let user = 0; user < users; user++) {
        for (let topic = 0; topic < 2; topic++)
          levelCoalitionsInto(utilities, topic * COALITIONS, levelsOf(user, topic));
        yield { unit: user, segment: 0, context: 0, demand: [0.75, 0.25], utilities };
      }
    },
    ...changes,
  };
}

/** Music lacks nothing; of cooking 0.6 is lost, most of it at ranking. */
const rankedLow = (user: number, topic: number): StageLevels => {
  const wobble = 0.02 * (user % 5);
  return topic === 0
    ? { makeable: 0.8, catalogue: 0.8, retrieved: 0.8, eligible: 0.8, served: 0.8 - wobble }
    : { makeable: 0.9, catalogue: 0.85, retrieved: 0.8, eligible: 0.8, served: 0.3 - wobble };
};

describe("one gap by hand", () => {
  test("is demand a week times what is lost, with the stages' parts of it", async () => {
    const atlas = buildAtlas(await collectEvidence(sourceOf(1000, rankedLow)), { margin: 0.1 });
    const [first, second] = atlas.cells;
    expect(first).toMatchObject({ topic: 1, segment: 0, context: 0, found: true });
    expect(second).toMatchObject({ topic: 0, found: false });
    expect(first!.demandPerWeek.value).toBeCloseTo(125, 9);
    expect(first!.best).toBeCloseTo(0.9, 12);
    expect(first!.served).toBeCloseTo(0.26, 12);
    expect(first!.loss.value).toBeCloseTo(0.64, 3);
    expect(first!.gapPerWeek.value).toBeCloseTo(125 * 0.64, 0);
    expect(first!.gapPerWeek.interval[0]).toBeLessThan(80);
    expect(first!.gapPerWeek.interval[1]).toBeGreaterThan(80);
    const { cause } = first!;
    expect(cause).toMatchObject({ stages: ["ranking"], clear: true, label: "ranked low" });
    [0.05, 0.05, 0, 0.54].forEach((share, stage) => {
      expect(cause.losses[stage]!.share).toBeCloseTo(share, 12);
      expect(cause.losses[stage]!.alone).toBeCloseTo(share, 12);
      expect(cause.losses[stage]!.last).toBeCloseTo(share, 12);
    });
  });

  test("no stage is named where the source can't tell it from its neighbour", async () => {
    const notMade = (): StageLevels => ({
      makeable: 0.9,
      catalogue: 0.2,
      retrieved: 0.2,
      eligible: 0.2,
      served: 0.2,
    });
    const visible = [["supply", "retrieval"], ["eligibility"], ["ranking"]] as const;
    const atlas = buildAtlas(await collectEvidence(sourceOf(200, notMade, { visible })));
    expect(atlas.cells[0]!.cause).toMatchObject({
      stages: ["supply", "retrieval"],
      clear: false,
      label: "not made or not retrieved: this source can't tell which",
    });
  });

  test("two stages that lose alike are too close to tell", async () => {
    const both = (user: number): StageLevels => ({
      makeable: 0.9,
      catalogue: 0.9,
      retrieved: 0.6 + 0.1 * ((user % 3) - 1),
      eligible: 0.6 + 0.1 * ((user % 3) - 1),
      served: 0.3,
    });
    const { cause } = buildAtlas(await collectEvidence(sourceOf(300, both))).cells[0]!;
    expect(cause.clear).toBe(false);
    expect(cause.label).toMatch(
      /^(not retrieved, or ranked low|ranked low, or not retrieved): too close to tell$/,
    );
  });

  test("users are what counts: the same decisions of four users are not enough", async () => {
    const few: GapSource = sourceOf(1000, rankedLow);
    const fourUsers: GapSource = {
      ...few,
      *records(): Generator<NeedRecord> {
        for (const record of few.records() as Iterable<NeedRecord>)
          yield { ...record, unit: record.unit % 4 };
      },
    };
    const atlas = buildAtlas(await collectEvidence(fourUsers), { margin: 0.1 });
    expect(atlas.cells).toEqual([]);
    expect(atlas.untested).toBe(2);
  });

  test("a loss within the margin is no gap, however sure", async () => {
    const atlas = buildAtlas(await collectEvidence(sourceOf(2000, rankedLow)), { margin: 0.65 });
    expect(atlas.cells.every(({ found }) => !found)).toBe(true);
  });
});

test("users fall into groups evenly, neighbours apart, and the same user into the same group", () => {
  const counts = new Int32Array(64);
  for (let unit = 0; unit < 64_000; unit++) counts[groupOf(unit, 64)]!++;
  // Expected 1,000 each: Poisson's standard deviation is 32.
  expect(Math.max(...counts)).toBeLessThan(1200);
  expect(Math.min(...counts)).toBeGreaterThan(800);
  expect(groupOf(2 ** 52 + 12_345, 64)).toBe(groupOf(2 ** 52 + 12_345, 64));
});

describe("what is wrong is said in one line", () => {
  const record: NeedRecord = {
    unit: 1,
    segment: 0,
    context: 0,
    demand: [1, 0],
    utilities: new Float64Array(2 * COALITIONS),
  };
  const collected = (change: Partial<NeedRecord>): Promise<unknown> =>
    collectEvidence(sourceOf(1, rankedLow, { records: () => [{ ...record, ...change }] }));

  test("of records", async () => {
    await expect(collected({ segment: 1 })).rejects.toThrow(
      "segment must be a whole number from 0 to 0, got 1",
    );
    await expect(collected({ demand: [-1, 0] })).rejects.toThrow("demand of music must be >= 0");
    await expect(collected({ demand: [1] })).rejects.toThrow("must hold 2 topics, got 1 and 2");
    await expect(collected({ utilities: new Float64Array(32).fill(NaN) })).rejects.toThrow(
      "utility of music must be finite",
    );
  });

  test("of evidence and options", async () => {
    const evidence = await collectEvidence(sourceOf(50, rankedLow));
    expect(() => buildAtlas({ ...evidence, weeks: 0 })).toThrow("weeks must be > 0");
    expect(() => buildAtlas({ ...evidence, visible: [["supply"]] })).toThrow("visible must name each of");
    expect(() => buildAtlas({ ...evidence, cells: new Map() })).toThrow("no cell has demand");
    expect(() => buildAtlas(evidence, { falseDiscoveryRate: 1 })).toThrow(
      "falseDiscoveryRate is out of range",
    );
    expect(() => buildAtlas({ ...evidence, visible: ALL_VISIBLE }, { margin: -1 })).toThrow(
      "margin is out of range",
    );
  });
});
