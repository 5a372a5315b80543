import { makeVectorEnvironment, registerEnvironments } from "@longview/environment";
import { rootKey } from "@longview/statistics";
import { describe, expect, test, vi } from "vitest";
import {
  bestTopics,
  highestLogit,
  highestQuality,
  InterestEvolution,
  InterestExploration,
  interestOverCost,
  leastClickbait,
  LongTermSatisfaction,
  mostClickbait,
  mostInteresting,
  randomSlates,
  recsimDefinitions,
  runWholeEpisodes,
  worstTopics,
  type RecsimEnvironment,
  type SlatePolicy,
} from "../../src/recsim/index.ts";

registerEnvironments(recsimDefinitions);
vi.setConfig({ testTimeout: 60_000 }); // millions of steps each; a busy machine is several times slower

type Estimate = readonly [mean: number, standardError: number];

/** Mean and standard error over episodes. */
function summary(values: Float64Array): { mean: number; error: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (values.length - 1) / values.length) };
}

/** Standard errors between our mean and another; ≤ 4 in about 35 comparisons of a fixed seed: false alarm 0.2 % in all. */
function distance(ours: { mean: number; error: number }, [mean, error]: Estimate): number {
  return Math.abs(ours.mean - mean) / Math.hypot(ours.error, error);
}

const ROWS = 1000;
const EPISODES = 20; // 20,000 whole episodes a line

function evolution(options: Record<string, unknown>): InterestEvolution {
  const world = makeVectorEnvironment("recsim/interest-evolution-v0", { rowCount: ROWS, ...options });
  if (!(world instanceof InterestEvolution)) throw new Error("another class");
  world.reset({ seed: "statistical goldens" });
  return world;
}

function exploration(): InterestExploration {
  const world = makeVectorEnvironment("recsim/interest-exploration-v0", { rowCount: ROWS });
  if (!(world instanceof InterestExploration)) throw new Error("another class");
  world.reset({ seed: "statistical goldens" });
  return world;
}

function satisfaction(id: string, options: Record<string, unknown> = {}): LongTermSatisfaction {
  const world = makeVectorEnvironment(id, { rowCount: ROWS, ...options });
  if (!(world instanceof LongTermSatisfaction)) throw new Error("another class");
  world.reset({ seed: "statistical goldens" });
  return world;
}

function play<World extends RecsimEnvironment>(world: World, policy: SlatePolicy<World>) {
  const found = runWholeEpisodes(world, policy, EPISODES);
  expect(found.episodes).toBe(20_000);
  return { ...found, return: summary(found.returns), length: summary(found.lengths) };
}

const random = () => randomSlates(rootKey("random slates"));

interface EvolutionLine {
  readonly name: string;
  readonly options: Readonly<Record<string, number>>;
  readonly policy: () => SlatePolicy<InterestEvolution>;
  /** Return and length of 2,000 episodes of RecSim's own code. */
  readonly recsim?: Estimate;
  readonly length?: Estimate;
  /** Return of 20,000 episodes of an independent second implementation. */
  readonly second: Estimate;
}

const lines: readonly EvolutionLine[] = [
  {
    name: "random slates",
    options: {},
    policy: random,
    recsim: [160.7175, 0.2644],
    length: [71.525, 0.1992],
    second: [160.46, 0.08],
  },
  {
    name: "random slates, 20 candidates",
    options: { candidates: 20 },
    policy: random,
    recsim: [160.4494, 0.2664],
    length: [71.4005, 0.198],
    second: [160.44, 0.08],
  },
  {
    name: "random slates of 2",
    options: { slots: 2 },
    policy: random,
    recsim: [154.3638, 0.2491],
    length: [84.3985, 0.2613],
    second: [154.37, 0.08],
  },
  {
    name: "myopic",
    options: {},
    policy: mostInteresting,
    recsim: [168.2747, 0.484],
    length: [60.3085, 0.2002],
    second: [167.93, 0.15],
  },
  {
    name: "static quality oracle",
    options: {},
    policy: bestTopics,
    recsim: [264.4001, 0.807],
    length: [123.333, 0.3703],
    second: [264.17, 0.25],
  },
  { name: "interest over cost", options: {}, policy: interestOverCost, second: [211.42, 0.21] },
  { name: "anti-quality", options: {}, policy: worstTopics, second: [118.37, 0.03] },
  {
    name: "static quality oracle, 20 candidates",
    options: { candidates: 20 },
    policy: bestTopics,
    second: [357.13, 0.63],
  },
];

describe("interest evolution against RecSim over 20,000 whole episodes, |z| ≤ 4", () => {
  test.each(lines)("$name", ({ options, policy, recsim, length, second }) => {
    const found = play(evolution(options), policy());
    const distances = [distance(found.return, second)];
    if (recsim) distances.push(distance(found.return, recsim));
    if (length) distances.push(distance(found.length, length));
    expect(Math.max(...distances)).toBeLessThanOrEqual(4);
  });

  test("random slates click 57 % of the time on quality −0.59, as the second implementation (.5714, −.5898)", () => {
    const found = play(evolution({}), random());
    const steps = found.lengths.reduce((sum, value) => sum + value, 0);
    const clicks = found.objectiveTotals["click"]!;
    expect(clicks / steps).toBeCloseTo(0.5714, 2);
    expect(Math.abs(found.objectiveTotals["clickedQuality"]! / clicks + 0.5898)).toBeLessThan(0.01);
    expect(found.objectiveTotals["watchTime"]).toBeCloseTo(found.return.mean * 20_000, 3);
  });

  test("random and myopic are within 1 % of the published 159.2 … 160.6 and 166.3", () => {
    const randomReturn = play(evolution({}), random()).return.mean;
    expect(randomReturn).toBeGreaterThan(159.2 * 0.99);
    expect(randomReturn).toBeLessThan(160.6 * 1.01);
    expect(Math.abs(play(evolution({}), mostInteresting()).return.mean / 166.3 - 1)).toBeLessThan(0.0101);
  });
});

describe("interest exploration against RecSim over 20,000 whole episodes, |z| ≤ 4", () => {
  test.each([
    ["random slates", random, 30.765, 0.1313],
    ["highest quality", highestQuality, 44.259, 0.168],
    ["full oracle", highestLogit, 44.716, 0.1622],
  ] as const)("%s", (_name, policy, mean, error) => {
    expect(distance(play(exploration(), policy()).return, [mean, error])).toBeLessThanOrEqual(4);
  });
});

describe("long-term satisfaction against RecSim over 20,000 whole episodes, |z| ≤ 4", () => {
  const id = "recsim/long-term-satisfaction-v0";
  test.each([
    ["random slates", {}, random, 948.2268, 3.6098],
    ["random slates of 2 of 20", { slots: 2, candidates: 20 }, random, 946.9169, 3.5675],
    ["choc", {}, mostClickbait, 1115.6082, 4.17],
    ["choc of 50", { slots: 2, candidates: 50 }, mostClickbait, 1148.0103, 4.2836],
    ["kale", {}, leastClickbait, 785.519, 2.9417],
  ] as const)("%s", (_name, options, policy, mean, error) => {
    expect(distance(play(satisfaction(id, options), policy()).return, [mean, error])).toBeLessThanOrEqual(4);
  });

  test("random slates agree with the integral 60·e^2.5·2(e^0.5 − 1) = 948.35 to first order", () => {
    const integral = 60 * Math.exp(2.5) * 2 * (Math.exp(0.5) - 1);
    expect(distance(play(satisfaction(id), random()).return, [integral, 0.5])).toBeLessThanOrEqual(4);
  });

  test("kale beats choc by 18 % under tension, on the same users, and loses without", () => {
    const tension = "recsim/long-term-satisfaction-tension-v0";
    const paired = (world: string) => {
      const kale = play(satisfaction(world), leastClickbait());
      const choc = play(satisfaction(world), mostClickbait());
      const lift = summary(kale.returns.map((value, i) => value - choc.returns[i]!));
      return { ...lift, relative: kale.return.mean / choc.return.mean - 1 };
    };
    const under = paired(tension);
    expect(under.mean / under.error).toBeGreaterThan(20);
    expect(under.relative).toBeGreaterThan(0.17);
    expect(under.relative).toBeLessThan(0.19);
    expect(paired("recsim/long-term-satisfaction-v0").relative).toBeLessThan(-0.25);
  });
});
