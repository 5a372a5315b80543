import { describe, expect, test } from "vitest";
import {
  OffPolicyEvaluationError,
  cascadeDoublyRobust,
  estimateValue,
  factoredSlateWeights,
  independentInversePropensity,
  pseudoInverse,
  rewardInteractionInversePropensity,
  selfNormalizedIndependentInversePropensity,
  selfNormalizedPseudoInverse,
  selfNormalizedRewardInteractionInversePropensity,
  selfNormalizedStandardInversePropensity,
  standardInversePropensity,
  uniformRankingWeights,
  type EstimatorTerms,
} from "../../src/index.ts";
import {
  expectExact,
  expectGradient,
  picked,
  pickedIntegers,
  zValue,
  type Enumerated,
} from "../bandit/enumerated.ts";

const SLOTS = 2;
const ITEMS = 3;

/** A slate world: probability of every ordered slate under the logger (in tenths) and the target, and expected rewards. */
interface SlateWorld extends Enumerated {
  readonly slates: readonly (readonly number[])[];
  readonly logging: readonly number[];
  readonly target: readonly number[];
  /** Slate of each row. */
  readonly slate: Int32Array;
  readonly reward: Float64Array;
}

function slateWorld(
  slates: readonly (readonly number[])[],
  logging: readonly number[],
  target: readonly number[],
  expected: (slate: readonly number[]) => readonly number[],
): SlateWorld {
  const slate: number[] = [];
  const reward: number[] = [];
  slates.forEach((items, s) => {
    // Noise of ±1 in slot 0 and ∓2 in slot 1: two outcomes, equally likely.
    for (let copy = 0; copy < Math.round(logging[s]! * 100); copy++)
      for (const sign of [-1, 1]) {
        slate.push(s);
        expected(items).forEach((mean, slot) => reward.push(mean + sign * (slot === 0 ? 1 : -2)));
      }
  });
  const truth = slates.reduce(
    (sum, items, s) => sum + target[s]! * expected(items).reduce((total, mean) => total + mean, 0),
    0,
  );
  return {
    rowCount: slate.length,
    truth,
    slates,
    logging,
    target,
    slate: Int32Array.from(slate),
    reward: Float64Array.from(reward),
  };
}

const marginal = (world: SlateWorld, of: readonly number[], slot: number, item: number): number =>
  world.slates.reduce((sum, items, s) => sum + (items[slot] === item ? of[s]! : 0), 0);
const prefix = (world: SlateWorld, of: readonly number[], items: readonly number[], length: number): number =>
  world.slates.reduce(
    (sum, other, s) => sum + (items.slice(0, length).every((item, l) => other[l] === item) ? of[s]! : 0),
    0,
  );

/** Columns of a log of the world's rows. */
function logOf(world: SlateWorld, rows: Int32Array) {
  const slateOf = (row: number): readonly number[] => world.slates[world.slate[row]!]!;
  const perSlot = (f: (items: readonly number[], slot: number) => number): Float64Array =>
    Float64Array.from([...rows].flatMap((row) => slateOf(row).map((_, slot) => f(slateOf(row), slot))));
  return {
    slotCount: SLOTS,
    reward: picked(world.reward, rows, SLOTS),
    slatePropensity: Float64Array.from(rows, (row) => world.logging[world.slate[row]!]!),
    slateProbability: Float64Array.from(rows, (row) => world.target[world.slate[row]!]!),
    slotPropensity: perSlot((items, slot) => marginal(world, world.logging, slot, items[slot]!)),
    slotProbability: perSlot((items, slot) => marginal(world, world.target, slot, items[slot]!)),
    prefixPropensity: perSlot((items, slot) => prefix(world, world.logging, items, slot + 1)),
    prefixProbability: perSlot((items, slot) => prefix(world, world.target, items, slot + 1)),
    // A model that is wrong everywhere.
    predictedReward: perSlot((items, slot) => wrong(items, slot)),
    directValue: perSlot((items, slot) => {
      const before = prefix(world, world.target, items, slot);
      if (before === 0) return 17;
      let sum = 0;
      for (let item = 0; item < ITEMS; item++) {
        const candidate = [...items.slice(0, slot), item];
        sum += (prefix(world, world.target, candidate, slot + 1) / before) * wrong(candidate, slot);
      }
      return sum;
    }),
    slateReward: Float64Array.from(
      rows,
      (row) => world.reward[row * SLOTS]! + world.reward[row * SLOTS + 1]!,
    ),
  };
}
const wrong = (items: readonly number[], slot: number): number =>
  (items[slot]! - 1) * 0.7 + (items[0]! === 2 ? -1 : 2) * slot;

const independent = (items: readonly number[]): number[] =>
  items.map((item, slot) => [1, 3, -1][item]! / (slot + 1));
const cascade = (items: readonly number[]): number[] => [
  [1, 3, -1][items[0]!]!,
  [0.5, 2, 1][items[1]!]! * (items[0] === 1 ? 2 : 0.3),
];
const interacting = (items: readonly number[]): number[] => [
  items[1] === 2 ? 4 : [1, 0, 2][items[0]!]!,
  items[0] === items[1] ? -3 : items[1]!,
];

// Independent slots with replacement: nine slates.
const grid = Array.from({ length: 9 }, (_, s) => [Math.floor(s / 3), s % 3]);
const factoredLogging = grid.map(([a, b]) => [0.5, 0.3, 0.2][a!]! * [0.1, 0.4, 0.5][b!]!);
// Without replacement: six ordered slates.
const ranking = [
  [0, 1],
  [0, 2],
  [1, 0],
  [1, 2],
  [2, 0],
  [2, 1],
];
const rankingLogging = [0.1, 0.2, 0.3, 0.1, 0.2, 0.1];
const rankingTarget = [0.4, 0, 0.05, 0.25, 0.3, 0];
const gridTarget = [0.3, 0.05, 0.05, 0, 0.2, 0.1, 0.1, 0.2, 0];

const worlds = {
  interacting: slateWorld(grid, factoredLogging, gridTarget, interacting),
  independent: slateWorld(ranking, rankingLogging, rankingTarget, independent),
  cascade: slateWorld(ranking, rankingLogging, rankingTarget, cascade),
  additive: slateWorld(grid, factoredLogging, gridTarget, independent),
};

// Uniform over ordered slates of 3 out of 4 items, and of 3 out of 3; as often as each other.
function uniformRankingCase(itemCount: number): readonly [Enumerated, (rows: Int32Array) => EstimatorTerms] {
  const slots = 3;
  const all: number[][] = [];
  for (let a = 0; a < itemCount; a++)
    for (let b = 0; b < itemCount; b++)
      for (let c = 0; c < itemCount; c++) if (a !== b && b !== c && a !== c) all.push([a, b, c]);
  const rawTarget = all.map((_, s) => ((s * 7) % 5) + (s % 3 === 0 ? 4 : 0));
  const total = rawTarget.reduce((sum, p) => sum + p, 0);
  const contribution = (slot: number, item: number): number => Math.sin(3 * slot + 1.7 * item) + slot * item;
  const rewardOf = (items: number[]): number =>
    items.reduce((sum, item, slot) => sum + contribution(slot, item), 0);
  const marginals = Float64Array.from({ length: slots * itemCount }, (_, k) =>
    all.reduce(
      (sum, items, s) =>
        sum + (items[Math.floor(k / itemCount)] === k % itemCount ? rawTarget[s]! / total : 0),
      0,
    ),
  );
  const world = {
    rowCount: all.length,
    truth: all.reduce((sum, items, s) => sum + (rawTarget[s]! / total) * rewardOf(items), 0),
  };
  return [
    world,
    (rows) =>
      pseudoInverse({
        slateReward: Float64Array.from(rows, (row) => rewardOf(all[row]!)),
        weight: uniformRankingWeights({
          slotCount: slots,
          itemCount,
          item: pickedIntegers(Int32Array.from(all.flat()), rows, slots),
          targetProbabilities: Float64Array.from([...rows].flatMap(() => [...marginals])),
        }),
      }),
  ];
}

const cases: Record<string, readonly [Enumerated, (rows: Int32Array) => EstimatorTerms]> = {
  "SIPS, slots that act on each other": [
    worlds.interacting,
    (rows) => standardInversePropensity(logOf(worlds.interacting, rows)),
  ],
  "SNSIPS, slots that act on each other": [
    worlds.interacting,
    (rows) => selfNormalizedStandardInversePropensity(logOf(worlds.interacting, rows)),
  ],
  "IIPS, independent slots": [
    worlds.independent,
    (rows) => independentInversePropensity(logOf(worlds.independent, rows)),
  ],
  "SNIIPS, independent slots": [
    worlds.independent,
    (rows) => selfNormalizedIndependentInversePropensity(logOf(worlds.independent, rows)),
  ],
  "RIPS, a cascade": [
    worlds.cascade,
    (rows) => rewardInteractionInversePropensity(logOf(worlds.cascade, rows)),
  ],
  "SNRIPS, a cascade": [
    worlds.cascade,
    (rows) => selfNormalizedRewardInteractionInversePropensity(logOf(worlds.cascade, rows)),
  ],
  "Cascade-DR, a cascade and a wrong model": [
    worlds.cascade,
    (rows) => cascadeDoublyRobust(logOf(worlds.cascade, rows)),
  ],
  "pseudo-inverse, additive rewards of a factored logger": [
    worlds.additive,
    (rows) => {
      const log = logOf(worlds.additive, rows);
      return pseudoInverse({ slateReward: log.slateReward, weight: factoredSlateWeights(log) });
    },
  ],
  "self-normalised pseudo-inverse": [
    worlds.additive,
    (rows) => {
      const log = logOf(worlds.additive, rows);
      return selfNormalizedPseudoInverse({ slateReward: log.slateReward, weight: factoredSlateWeights(log) });
    },
  ],
  "pseudo-inverse, uniform rankings of 3 out of 4": uniformRankingCase(4),
  "pseudo-inverse, uniform rankings of 3 out of 3": uniformRankingCase(3),
};

describe("the truth of an enumerable slate world", () => {
  test.each(Object.entries(cases))("%s: exact on the whole population", (_, [world, terms]) => {
    expectExact(world, terms);
  });

  test.each(Object.entries(cases))("%s: z <= 4 on 5,000 slates", (name, [world, terms]) => {
    expect(Math.abs(zValue(world, terms, 5_000, name))).toBeLessThanOrEqual(4);
  });

  test.each(Object.entries(cases))("%s: gradient against central differences", (_, [world, terms]) => {
    expectGradient(terms(Int32Array.from({ length: 50 }, (_unused, i) => (i * 29) % world.rowCount)));
  });

  test("where its assumption fails, an estimator is off: IIPS in a cascade, RIPS under interaction, factored on rankings", () => {
    const all = (world: SlateWorld): Int32Array => Int32Array.from({ length: world.rowCount }, (_, i) => i);
    const off = (world: SlateWorld, terms: EstimatorTerms): number =>
      Math.abs(estimateValue(terms) - world.truth);
    expect(
      off(worlds.cascade, independentInversePropensity(logOf(worlds.cascade, all(worlds.cascade)))),
    ).toBeGreaterThan(0.05);
    expect(
      off(
        worlds.interacting,
        rewardInteractionInversePropensity(logOf(worlds.interacting, all(worlds.interacting))),
      ),
    ).toBeGreaterThan(0.05);
    const log = logOf(worlds.independent, all(worlds.independent));
    expect(
      off(
        worlds.independent,
        pseudoInverse({ slateReward: log.slateReward, weight: factoredSlateWeights(log) }),
      ),
    ).toBeGreaterThan(0.05);
  });
});

describe("slate logs that are refused", () => {
  const log = logOf(worlds.cascade, Int32Array.of(0, 20, 40));
  const numbers = (...values: number[]): Float64Array => Float64Array.from(values);
  const expectRefused = (run: () => unknown, code: string, message: RegExp): void => {
    let caught: unknown;
    try {
      run();
    } catch (error) {
      caught = error;
    }
    if (!(caught instanceof OffPolicyEvaluationError)) throw new Error(`not refused: ${String(caught)}`);
    expect(caught.code).toBe(code);
    expect(caught.message).toMatch(message);
  };

  test.each<[() => unknown, string, RegExp]>([
    [
      () => standardInversePropensity({ ...log, reward: numbers(1) }),
      "BAD_LENGTH",
      /whole number of slates of 2/,
    ],
    [() => standardInversePropensity({ ...log, reward: numbers() }), "EMPTY", /no rows/],
    [() => standardInversePropensity({ ...log, slotCount: 0 }), "BAD_OPTION", /slotCount is 0/],
    [
      () => standardInversePropensity({ ...log, slatePropensity: numbers(1) }),
      "BAD_LENGTH",
      /slatePropensity has 1 entries: 3/,
    ],
    [
      () => standardInversePropensity({ ...log, slatePropensity: numbers(1, 1.7, 1) }),
      "BAD_VALUE",
      /slatePropensity\[1\] is 1.7/,
    ],
    [
      () => standardInversePropensity({ ...log, slateProbability: numbers(0, 0, 0) }),
      "NO_SUPPORT",
      /standard inverse propensity/,
    ],
    [
      () => independentInversePropensity({ ...log, slotProbability: numbers(0.5, 0, 0.5, 0, 0.5, 0) }),
      "NO_SUPPORT",
      /slot 1/,
    ],
    [
      () =>
        rewardInteractionInversePropensity({
          ...log,
          prefixPropensity: numbers(0.5, 0.2, 0.5, 0.6, 0.5, 0.1),
        }),
      "BAD_VALUE",
      /prefixPropensity\[3\] is 0.6: it must be at most that of the shorter prefix, 0.5/,
    ],
    [
      () => cascadeDoublyRobust({ ...log, predictedReward: numbers(1, 2, NaN, 1, 1, 1) }),
      "BAD_VALUE",
      /predictedReward\[2\] is NaN/,
    ],
    [() => pseudoInverse({ slateReward: numbers(1, 1), weight: numbers(1) }), "BAD_LENGTH", /weight has 1/],
    [
      () => pseudoInverse({ slateReward: numbers(1), weight: numbers(Infinity) }),
      "BAD_VALUE",
      /weight\[0\] is Infinity/,
    ],
    [
      () => selfNormalizedPseudoInverse({ slateReward: numbers(1), weight: numbers(-1) }),
      "NOT_COMPUTABLE",
      /sum to -1/,
    ],
    [
      () =>
        factoredSlateWeights({ slotCount: 2, slotPropensity: numbers(1, 1), slotProbability: numbers(0, 1) }),
      "NO_SUPPORT",
      /pseudo-inverse, slot 0/,
    ],
    [
      () =>
        uniformRankingWeights({
          slotCount: 2,
          itemCount: 2,
          item: Int32Array.of(1, 1),
          targetProbabilities: numbers(0, 1, 1, 0),
        }),
      "BAD_VALUE",
      /slate 0 shows an item twice/,
    ],
  ])("%#", (run, code, message) => expectRefused(run, code, message));

  test("target = logger gives back the mean reward, by every estimator", () => {
    const world = worlds.cascade;
    const rows = Int32Array.from({ length: world.rowCount }, (_, i) => i);
    const same = logOf({ ...world, target: world.logging }, rows);
    const mean = same.slateReward.reduce((sum, value) => sum + value, 0) / rows.length;
    for (const terms of [
      standardInversePropensity(same),
      selfNormalizedStandardInversePropensity(same),
      independentInversePropensity(same),
      selfNormalizedIndependentInversePropensity(same),
      rewardInteractionInversePropensity(same),
      selfNormalizedRewardInteractionInversePropensity(same),
      pseudoInverse({ slateReward: same.slateReward, weight: factoredSlateWeights(same) }),
    ])
      expect(estimateValue(terms)).toBeCloseTo(mean, 12);
  });
});
