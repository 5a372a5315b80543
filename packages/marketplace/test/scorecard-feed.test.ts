import { Scorecard, metricOf, type WindowSummary } from "@longview/scorecard";
import { rootKey } from "@longview/statistics";
import { expect, test } from "vitest";
import {
  ContentBlocks,
  DAILY_SERIES,
  gini,
  heuristicActor,
  makeWholeMarketplace,
  randomActor,
  recordedLives,
  ScorecardFeed,
  simulateWorld,
  watchWorld,
  wholeMarketplaceOptions,
  type WholeMarketplaceInput,
} from "../src/index.ts";
import { ADVERTISING_DAILY } from "../src/content/advertising-columns.ts";
import { INTEGRITY_DAY } from "../src/content/integrity-columns.ts";

const USERS = 36;
const DAYS = 12;
/** Small, with many who leave and come; every campaign values clicks, so what a click is worth is known at once. */
const OPTIONS = {
  days: DAYS + 1,
  creators: { capacity: 14, entryRate: 0.3 },
  items: { capacity: 120 },
  retention: { churnBase: 4 },
  advertising: { campaigns: { conversionShare: 0 } },
} satisfies WholeMarketplaceInput;

const valueOf = (summary: WindowSummary, name: string): number => {
  const metric = metricOf(summary, name)!;
  if ("reason" in metric) throw new Error(`${name}: ${metric.reason}`);
  return metric.value;
};

/** Sums that are taken from the world's own state by other means: names of who is there instead of numbers. */
class ByHand {
  readonly sums: Record<string, number> = {};
  readonly creatorImpressions = new Map<string, number>();
  readonly creatorsSeen = new Set<string>();
  readonly itemsSeen = new Set<string>();
  readonly itemsThere = new Set<string>();
  readonly firstDay = new Map<string, number>();
  readonly backAfterOne = new Set<string>();

  add(name: string, value: number): void {
    this.sums[name] = (this.sums[name] ?? 0) + value;
  }

  lookAround(world: ContentBlocks): void {
    const { creators, items } = world.privileged;
    for (let c = 0; c < creators.alive.length; c++)
      if (creators.alive[c] === 1) this.creatorsSeen.add(`${c}.${creators.ordinal[c]}`);
    for (let i = 0; i < items.alive.length; i++)
      if (items.alive[i] === 1) this.itemsThere.add(`${i}.${items.bornAt[i]}.${items.creator[i]}`);
  }

  page(world: ContentBlocks, row: number): void {
    const { users, items, creators, shownItem, outcome, objectives, enjoyment, clock } = world.privileged;
    const { slots, stepsPerDay, choice } = world.options;
    const user = world.userOf(row);
    const name = `${user}.${users.ordinal[user]}`;
    const now = clock[0]! / stepsPerDay;
    if (!this.firstDay.has(name)) this.firstDay.set(name, now);
    const since = now - this.firstDay.get(name)!;
    if (since >= 1 && since < 2) this.backAfterOne.add(name);
    this.add("pages", 1);
    this.add("satisfaction", users.satisfaction[user]!);
    this.add("trust", users.trust[user]!);
    this.add("userValue", objectives[row * 4]!);
    this.add("revenue", objectives[row * 4 + 3]!);
    for (let j = 0; j < slots; j++) {
      const item = shownItem[row * slots + j]!;
      if (item < 0) continue;
      const weight = choice.continuation ** j;
      const age = (clock[0]! - items.bornAt[item]!) / stepsPerDay;
      const creator = items.creator[item]!;
      this.add("impressions", 1);
      this.add("weight", weight);
      this.add("quality", weight * items.quality[item]!);
      this.add("age", weight * age);
      this.add("fresh", age < 7 ? weight : 0);
      this.add("new", (clock[0]! - creators.joinedAt[creator]!) / stepsPerDay < 28 ? weight : 0);
      this.add("harmful", items.harmful[item]!);
      this.add("opened", (outcome[row * slots + j]! >> 1) & 1);
      this.add("liked", (outcome[row * slots + j]! >> 2) & 1);
      this.add("hidden", (outcome[row * slots + j]! >> 3) & 1);
      this.add("reported", (outcome[row * slots + j]! >> 4) & 1);
      this.add("utility", enjoyment[row * slots + j]!);
      const whose = `${creator}.${creators.ordinal[creator]}`;
      this.creatorImpressions.set(whose, (this.creatorImpressions.get(whose) ?? 0) + 1);
      this.itemsSeen.add(`${item}.${items.bornAt[item]}.${creator}`);
    }
  }
}

test("metrics of a live world are those counted by hand from its latent state, whatever the blocks", () => {
  const scorecards = [USERS, 7].map((blockRows) => {
    const options = wholeMarketplaceOptions.parse(OPTIONS);
    const world = new ContentBlocks({ options, users: USERS, blockRows });
    world.reset({ key: rootKey("by hand") });
    const scorecard = new Scorecard({ key: rootKey("groups"), recorded: recordedLives(options) });
    const feed = new ScorecardFeed(world, scorecard);
    const actor = heuristicActor();
    const hand = new ByHand();
    hand.lookAround(world);
    for (let tick = 0; tick < DAYS * options.stepsPerDay; tick++) {
      world.startTick();
      while (world.observeBlock() > 0) {
        void actor.act(world);
        feed.beforeAnswers();
        world.answerBlock();
        feed.afterAnswers();
        for (let row = 0; row < world.rowCount; row++) if (world.active[row] === 1) hand.page(world, row);
      }
      world.endTick();
      feed.endTick();
      if (tick + 1 < DAYS * options.stepsPerDay) hand.lookAround(world);
      const { daily } = world.privileged.advertising;
      if ((tick + 1) % options.stepsPerDay === 0) {
        hand.add("advertisers paid", daily[ADVERTISING_DAILY.revenue]!);
        hand.add("advertisers got", daily[ADVERTISING_DAILY.advertiserValue]!);
        hand.add("removals", world.privileged.integrity.daily[INTEGRITY_DAY.removals]!);
      }
    }
    const summary = scorecard.summarise()[0]!;
    return { summary, sums: hand.sums, hand, feed };
  });
  const { summary, sums, hand, feed } = scorecards[0]!;
  const of = (name: string): number => sums[name]!;
  const expected: Record<string, number> = {
    satisfaction: of("satisfaction") / of("pages"),
    trust: of("trust") / of("pages"),
    userValue: of("userValue") / of("pages"),
    revenue: of("revenue") / of("pages"),
    advertiserSurplus: (of("advertisers got") - of("advertisers paid")) / of("pages"),
    quality: of("quality") / of("weight"),
    exposureAge: of("age") / of("weight"),
    freshShare: of("fresh") / of("weight"),
    newCreatorShare: of("new") / of("weight"),
    openRate: of("opened") / of("impressions"),
    likeRate: of("liked") / of("impressions"),
    hideRate: of("hidden") / of("impressions"),
    harmPerMillion: (1e6 * of("harmful")) / of("impressions"),
    reportsPerMillion: (1e6 * of("reported")) / of("impressions"),
    catalogueCoverage: hand.itemsSeen.size / hand.itemsThere.size,
    creatorGini: gini([...hand.creatorsSeen].map((name) => hand.creatorImpressions.get(name) ?? 0)),
    retentionDay1: shareBack(hand, summary.end),
  };
  for (const [name, value] of Object.entries(expected)) {
    expect(value, name).not.toBe(0);
    expect(valueOf(summary, name), name).toBeCloseTo(value, 9);
  }
  expect(summary.pages).toBe(of("pages"));
  expect(summary.users).toBe(hand.firstDay.size);
  expect(of("advertisers paid")).toBeCloseTo(of("revenue"), 6);
  expect(feed.lives.counts.item).toBeGreaterThanOrEqual(hand.itemsThere.size);
  expect(feed.lives.counts.user).toBeGreaterThan(USERS);
  expect(feed.lives.counts.creator).toBeGreaterThan(14);
  for (const { definition } of summary.metrics) {
    const other = metricOf(scorecards[1]!.summary, definition.name)!;
    const own = metricOf(summary, definition.name)!;
    if ("reason" in own || "reason" in other) expect(other).toEqual(own);
    else expect(other.value).toBeCloseTo(own.value, 9);
  }
});

/** Users with a page from 1 to 2 days after their first one, among those who were watched for so long. */
function shareBack({ firstDay, backAfterOne }: ByHand, end: number): number {
  const watched = [...firstDay].filter(([, first]) => first + 2 <= end).map(([name]) => name);
  return watched.filter((name) => backAfterOne.has(name)).length / watched.length;
}

test("penalties, appeals and reinstatements are those that integrity counts", () => {
  const world = makeWholeMarketplace({
    users: 40,
    options: {
      days: 60,
      creators: { riskMean: -1 },
      // so that no place of an item is taken again on the day of its removal
      items: { capacity: 4000 },
      integrity: { review: { falseAlarm: 0.5 }, appeals: { harmful: 0.9, harmless: 0.9 } },
    },
    key: rootKey("penalties"),
  });
  const counted: Record<string, number> = {};
  const feed = new ScorecardFeed(world, {
    addPages() {},
    addLives({ subject, kind, id }) {
      if (subject === "creator") counted[kind] = (counted[kind] ?? 0) + id.length;
    },
  });
  const actor = randomActor();
  actor.start?.(world, rootKey("actor"));
  const { daily } = world.privileged.integrity;
  const told = { removals: 0, appeals: 0, upheld: 0 };
  for (let tick = 1; tick <= 30 * world.options.stepsPerDay; tick++) {
    void actor.act(world);
    feed.beforeAnswers();
    world.step();
    feed.afterAnswers();
    feed.endTick();
    if (tick % world.options.stepsPerDay !== 0) continue;
    told.removals += daily[INTEGRITY_DAY.removals]!;
    told.appeals += daily[INTEGRITY_DAY.appeals]!;
    told.upheld += daily[INTEGRITY_DAY.appealsUpheld]!;
  }
  expect(told.upheld).toBeGreaterThan(3);
  expect(counted["enforced"]).toBe(told.removals);
  expect(counted["appealed"]).toBe(told.appeals);
  expect(counted["reinstated"]).toBe(told.upheld);
});

test("watching a world does not change it, and its recording agrees with the result", async () => {
  const settings = {
    id: "marketplace/content-v1",
    options: { creators: { capacity: 20 } },
    key: rootKey("watched"),
    users: 30,
    days: 9,
  } as const;
  const alone = await simulateWorld({ ...settings, actor: randomActor() });
  const days: number[] = [];
  const { result, recording, summary } = await watchWorld({
    ...settings,
    actor: randomActor(),
    onDay: (day) => days.push(day),
  });
  expect(result).toEqual(alone);
  expect(days).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  for (const name of DAILY_SERIES) expect(recording.daily[name], name).toHaveLength(9);
  expect(recording.daily.satisfaction).toEqual(result.daily.map(({ satisfaction }) => satisfaction));
  const pages = recording.daily.usersInSession.reduce((sum, users) => sum + 4 * users, 0);
  expect(pages).toBeCloseTo(result.decisions, 9);
  expect(summary.pages).toBe(result.decisions);
  const revenue = recording.daily.revenue.reduce((sum, money) => sum + money, 0);
  expect(revenue / result.decisions).toBeCloseTo(valueOf(summary, "revenue"), 9);
  const items = recording.supply.flat().reduce((sum, count) => sum + count, 0);
  const week = recording.daily.items.slice(-7);
  expect(items).toBeCloseTo(week.reduce((sum, count) => sum + count, 0) / 7, 9);
  for (const curve of [recording.exposureLorenz!, recording.payoutLorenz!]) {
    expect(curve[0]).toBe(0);
    expect(curve[50]).toBeCloseTo(1, 9);
    for (let i = 1; i <= 50; i++) expect(curve[i]!).toBeLessThanOrEqual(i / 50 + 1e-12);
  }
  const left = recording.userLives.event.filter((event) => event === 1).length;
  expect(left).toBe(result.churned);
});

test("a world that has ended or has not begun is refused in one line", () => {
  const options = wholeMarketplaceOptions.parse({ days: 1 });
  const scorecard = new Scorecard({ key: rootKey(0) });
  expect(() => new ScorecardFeed(new ContentBlocks({ options, users: 4 }), scorecard)).toThrow(/call reset/);
  const world = makeWholeMarketplace({ users: 4, options: { days: 1 }, key: rootKey(0) });
  const feed = new ScorecardFeed(world, scorecard);
  const actor = randomActor();
  actor.start?.(world, rootKey("actor"));
  const step = (): void => {
    void actor.act(world);
    feed.beforeAnswers();
    world.step();
    feed.afterAnswers();
    feed.endTick();
  };
  for (let tick = 1; tick < options.stepsPerDay; tick++) step();
  expect(step).toThrow(/the world has ended/);
});
