import { describe, expect, test } from "vitest";
import {
  BanditLog,
  balancedLoggers,
  banditLogFromTables,
  doublyRobust,
  estimateValue,
  influenceValues,
  inversePropensity,
  marginalizedInversePropensity,
  mixturePropensities,
  moreRobustWeights,
  naiveLoggers,
  offPolicyConjunctEffect,
  pairedLift,
  replay,
  selfNormalizedDoublyRobust,
  selfNormalizedInversePropensity,
  selfNormalizedMarginalizedInversePropensity,
  subGaussianDoublyRobust,
  switchDoublyRobust,
  termsDifference,
  weightedLoggers,
  type EstimatorTerms,
} from "../../src/index.ts";
import {
  expectExact,
  expectGradient,
  picked,
  pickedIntegers,
  zValue,
  type Enumerated,
} from "./enumerated.ts";

// Two equally likely contexts, four actions; probabilities in tenths, so that a population enumerates the world.
const ACTIONS = 4;
const LOGGING = [
  [0.1, 0.2, 0.3, 0.4],
  [0.5, 0.2, 0.2, 0.1],
];
const TARGET = [
  [0.6, 0.1, 0.3, 0],
  [0.05, 0.65, 0.1, 0.2],
];
const INCUMBENT = [
  [0.5, 0.2, 0.3, 0],
  [0.05, 0.55, 0.2, 0.2],
];
const SUCCESS = [
  [0.3, 0.8, 0.1, 0.6],
  [0.9, 0.2, 0.5, 0.4],
];
const WRONG_MODEL = [0.7, -0.4, 0.2, 1.5, 0.1, 0.9, -2, 0.3];

const value = (policy: number[][], reward = SUCCESS): number =>
  policy.reduce((sum, row, x) => sum + row.reduce((total, p, a) => total + 0.5 * p * reward[x]![a]!, 0), 0);

interface Population {
  readonly context: Int32Array;
  readonly action: Int32Array;
  readonly reward: Float64Array;
}

/** Every (context, action, reward) as often as it is likely; probabilities are multiples of 0.1. */
function population(logging: number[][], success: number[][]): Population {
  const context: number[] = [];
  const action: number[] = [];
  const reward: number[] = [];
  logging.forEach((row, x) =>
    row.forEach((probability, a) => {
      for (let copy = 0; copy < Math.round(probability * 10); copy++)
        for (let tenth = 0; tenth < 10; tenth++) {
          context.push(x);
          action.push(a);
          reward.push(tenth < Math.round(success[x]![a]! * 10) ? 1 : 0);
        }
    }),
  );
  return {
    context: Int32Array.from(context),
    action: Int32Array.from(action),
    reward: Float64Array.from(reward),
  };
}

const base = population(LOGGING, SUCCESS);
const world: Enumerated = { rowCount: base.reward.length, truth: value(TARGET) };
const column = (f: (x: number, a: number) => number, data = base): Float64Array =>
  Float64Array.from(data.context, (x, i) => f(x, data.action[i]!));
const table = (rows: number[][], data = base): Float64Array =>
  Float64Array.from(
    { length: data.context.length * ACTIONS },
    (_, k) => rows[data.context[Math.floor(k / ACTIONS)]!]![k % ACTIONS]!,
  );
const model = [WRONG_MODEL.slice(0, ACTIONS), WRONG_MODEL.slice(ACTIONS)];

const modelled = (rows: Int32Array, q = model): ReturnType<typeof banditLogFromTables> =>
  banditLogFromTables({
    reward: picked(base.reward, rows),
    propensity: picked(
      column((x, a) => LOGGING[x]![a]!),
      rows,
    ),
    action: pickedIntegers(base.action, rows),
    actionCount: ACTIONS,
    targetProbabilities: picked(table(TARGET), rows, ACTIONS),
    predictedRewards: picked(table(q), rows, ACTIONS),
  });

const lift = (rows: Int32Array, baseline: "optimal" | number, doubly = false): EstimatorTerms =>
  pairedLift(
    {
      reward: picked(base.reward, rows),
      propensity: picked(
        column((x, a) => LOGGING[x]![a]!),
        rows,
      ),
      candidateProbability: picked(
        column((x, a) => TARGET[x]![a]!),
        rows,
      ),
      incumbentProbability: picked(
        column((x, a) => INCUMBENT[x]![a]!),
        rows,
      ),
      ...(doubly
        ? {
            model: {
              predictedReward: picked(
                column((x, a) => model[x]![a]!),
                rows,
              ),
              directDifference: picked(
                column((x) =>
                  model[x]!.reduce((sum, q, a) => sum + (TARGET[x]![a]! - INCUMBENT[x]![a]!) * q, 0),
                ),
                rows,
              ),
            },
          }
        : {}),
    },
    { baseline },
  );
const liftWorld: Enumerated = { rowCount: world.rowCount, truth: value(TARGET) - value(INCUMBENT) };

// Reward acts through the embedding alone; p(e|a) in two dimensions of two categories, dependent through the action.
const CATEGORY = [
  [0, 0],
  [1, 1],
  [0, 0],
  [1, 0],
];
const EMBEDDED_SUCCESS = LOGGING.map((_, x) =>
  CATEGORY.map(
    ([e, f]) => [0.2, 0.7][e!]! * (f === 1 ? 1 : 0) + 0.1 * (x + 1) - (e === 1 && f === 1 ? 0.1 : 0),
  ),
);
const embeddedBase = population(LOGGING, EMBEDDED_SUCCESS);
const embedded = (rows: Int32Array): Parameters<typeof marginalizedInversePropensity>[0] => ({
  reward: picked(embeddedBase.reward, rows),
  embedding: pickedIntegers(Int32Array.from([...embeddedBase.action].flatMap((a) => CATEGORY[a]!)), rows, 2),
  dimensionCount: 2,
  categoryCount: 2,
  actionCount: ACTIONS,
  embeddingProbabilities: Float64Array.from(CATEGORY.flat().flatMap((c) => [c === 0 ? 1 : 0, c])),
  targetProbabilities: picked(table(TARGET, embeddedBase), rows, ACTIONS),
  loggingProbabilities: picked(table(LOGGING, embeddedBase), rows, ACTIONS),
});
const embeddedWorld: Enumerated = {
  rowCount: embeddedBase.reward.length,
  truth: value(TARGET, EMBEDDED_SUCCESS),
};

// Locally correct: right about differences inside the clusters {0, 1} and {2, 3}, wrong by a constant of each.
const CLUSTER = [0, 0, 1, 1];
const locallyCorrect = SUCCESS.map((row, x) => row.map((q, a) => q + [3, -2, 1, 5][2 * x + CLUSTER[a]!]!));
const conjunct = (rows: Int32Array, q = locallyCorrect): EstimatorTerms =>
  offPolicyConjunctEffect({
    reward: picked(base.reward, rows),
    action: pickedIntegers(base.action, rows),
    actionCount: ACTIONS,
    targetProbabilities: picked(table(TARGET), rows, ACTIONS),
    loggingProbabilities: picked(table(LOGGING), rows, ACTIONS),
    predictedRewards: picked(table(q), rows, ACTIONS),
    cluster: Int32Array.from(CLUSTER),
    clusterCount: 2,
  });

// Two loggers that each wrote half of the log.
const OTHER_LOGGER = [
  [0.4, 0.1, 0.1, 0.4],
  [0.1, 0.1, 0.2, 0.6],
];
const second = population(OTHER_LOGGER, SUCCESS);
const both: Population = {
  context: Int32Array.from([...base.context, ...second.context]),
  action: Int32Array.from([...base.action, ...second.action]),
  reward: Float64Array.from([...base.reward, ...second.reward]),
};
const logger = Int32Array.from(both.reward, (_, i) => (i < base.reward.length ? 0 : 1));
const bothWorld: Enumerated = { rowCount: both.reward.length, truth: value(TARGET) };
const byLogger = Float64Array.from(
  [...both.context].flatMap((x, i) => [LOGGING[x]![both.action[i]!]!, OTHER_LOGGER[x]![both.action[i]!]!]),
);
const mixture = mixturePropensities({ logger, loggerCount: 2, propensityByLogger: byLogger });
const loggers = (
  rows: Int32Array,
): Parameters<typeof weightedLoggers>[0] & { mixturePropensity: Float64Array } => ({
  reward: picked(both.reward, rows),
  propensity: Float64Array.from(rows, (row) => byLogger[2 * row + logger[row]!]!),
  mixturePropensity: picked(mixture, rows),
  actionProbability: picked(
    column((x, a) => TARGET[x]![a]!, both),
    rows,
  ),
  logger: pickedIntegers(logger, rows),
  loggerCount: 2,
});
const loggerModel = (
  rows: Int32Array,
): { model: { directValue: Float64Array; predictedReward: Float64Array } } => ({
  model: {
    directValue: picked(
      column((x) => model[x]!.reduce((sum, q, a) => sum + TARGET[x]![a]! * q, 0), both),
      rows,
    ),
    predictedReward: picked(
      column((x, a) => model[x]![a]!, both),
      rows,
    ),
  },
});

// A logger that is uniform, for replay.
const uniformBase = population(
  [
    [0.2, 0.2, 0.2, 0.2],
    [0.2, 0.2, 0.2, 0.2],
  ],
  SUCCESS,
);
const chosen = [1, 2];
const replayWorld: Enumerated = {
  rowCount: uniformBase.reward.length,
  truth: 0.5 * (SUCCESS[0]![1]! + SUCCESS[1]![2]!),
};

const plain = (rows: Int32Array): BanditLog => modelled(rows);
const cases: Record<string, readonly [Enumerated, (rows: Int32Array) => EstimatorTerms]> = {
  "inverse propensity": [world, (rows) => inversePropensity(plain(rows))],
  "self-normalised inverse propensity": [world, (rows) => selfNormalizedInversePropensity(plain(rows))],
  "doubly robust with a wrong model": [world, (rows) => doublyRobust(modelled(rows))],
  "self-normalised doubly robust with a wrong model": [
    world,
    (rows) => selfNormalizedDoublyRobust(modelled(rows)),
  ],
  "Switch-DR with the right model": [
    world,
    (rows) => switchDoublyRobust(modelled(rows, SUCCESS), { threshold: 1 }),
  ],
  "sub-Gaussian DR with the right model": [
    world,
    (rows) => subGaussianDoublyRobust(modelled(rows, SUCCESS), { smoothing: 0.7 }),
  ],
  "replay of a uniform logger": [
    replayWorld,
    (rows) =>
      replay({
        reward: picked(uniformBase.reward, rows),
        action: pickedIntegers(uniformBase.action, rows),
        targetAction: Int32Array.from(rows, (row) => chosen[uniformBase.context[row]!]!),
      }),
  ],
  "paired lift, optimal baseline": [liftWorld, (rows) => lift(rows, "optimal")],
  "paired lift, any baseline": [liftWorld, (rows) => lift(rows, 0.37)],
  "paired lift, doubly robust": [liftWorld, (rows) => lift(rows, "optimal", true)],
  "difference of two estimates": [
    liftWorld,
    (rows) =>
      termsDifference(
        selfNormalizedInversePropensity(plain(rows)),
        selfNormalizedInversePropensity(
          new BanditLog({
            reward: picked(base.reward, rows),
            propensity: picked(
              column((x, a) => LOGGING[x]![a]!),
              rows,
            ),
            actionProbability: picked(
              column((x, a) => INCUMBENT[x]![a]!),
              rows,
            ),
          }),
        ),
      ),
  ],
  "MIPS without a direct effect": [embeddedWorld, (rows) => marginalizedInversePropensity(embedded(rows))],
  "SN-MIPS without a direct effect": [
    embeddedWorld,
    (rows) => selfNormalizedMarginalizedInversePropensity(embedded(rows)),
  ],
  "OffCEM with a locally correct model": [world, (rows) => conjunct(rows)],
  "naive loggers": [bothWorld, (rows) => naiveLoggers(loggers(rows))],
  "naive loggers, doubly robust": [bothWorld, (rows) => naiveLoggers(loggers(rows), loggerModel(rows))],
  "balanced loggers": [bothWorld, (rows) => balancedLoggers(loggers(rows))],
  "balanced loggers, doubly robust": [bothWorld, (rows) => balancedLoggers(loggers(rows), loggerModel(rows))],
  "weighted loggers": [bothWorld, (rows) => weightedLoggers(loggers(rows))],
  "weighted loggers, doubly robust": [bothWorld, (rows) => weightedLoggers(loggers(rows), loggerModel(rows))],
};

describe("the truth of an enumerable world", () => {
  test.each(Object.entries(cases))("%s: exact on the whole population", (_, [of, terms]) => {
    expectExact(of, terms);
  });

  // Two-sided normal tail beyond 4: 6e-5 for each of 20 fixed seeds.
  test.each(Object.entries(cases))("%s: z <= 4 on 20,000 draws", (name, [of, terms]) => {
    expect(Math.abs(zValue(of, terms, 20_000, name))).toBeLessThanOrEqual(4);
  });

  test.each(Object.entries(cases))("%s: gradient against central differences", (name, [of, terms]) => {
    expectGradient(terms(Int32Array.from({ length: 60 }, (_, i) => (i * 37 + name.length) % of.rowCount)));
  });

  test("no constant baseline of a lift has a smaller variance than the optimal", () => {
    const all = Int32Array.from({ length: world.rowCount }, (_, i) => i);
    const spread = (baseline: "optimal" | number): number =>
      influenceValues(lift(all, baseline)).reduce((sum, influence) => sum + influence * influence, 0);
    for (const baseline of [-1, 0, 0.3, 0.4, 0.5, 0.6, 1, 2])
      expect(spread("optimal")).toBeLessThan(spread(baseline));
  });

  test("the product of marginal embedding weights, as elsewhere, is biased there", () => {
    const all = Int32Array.from({ length: embeddedWorld.rowCount }, (_, i) => i);
    const biased = estimateValue(
      marginalizedInversePropensity(embedded(all), { composition: "product-of-marginals" }),
    );
    expect(Math.abs(biased - embeddedWorld.truth)).toBeGreaterThan(0.01);
  });

  test("OffCEM with a model wrong inside clusters is biased; with an action a cluster it is doubly robust", () => {
    const all = Int32Array.from({ length: world.rowCount }, (_, i) => i);
    expect(Math.abs(estimateValue(conjunct(all, model)) - world.truth)).toBeGreaterThan(0.01);
  });

  test("MRDR's weights fit the model that minimises doubly robust's variance, for a deterministic target", () => {
    // A model of one constant c: the weighted least-squares c minimises the variance.
    const all = Int32Array.from({ length: world.rowCount }, (_, i) => i);
    // Logged with probabilities .1 and .5: unlike, so that every factor of the weights counts.
    const deterministic = [
      [1, 0, 0, 0],
      [1, 0, 0, 0],
    ];
    const logOf = (c: number): ReturnType<typeof banditLogFromTables> =>
      banditLogFromTables({
        reward: base.reward,
        propensity: column((x, a) => LOGGING[x]![a]!),
        action: base.action,
        actionCount: ACTIONS,
        targetProbabilities: table(deterministic),
        predictedRewards: new Float64Array(world.rowCount * ACTIONS).fill(c),
      });
    const weights = moreRobustWeights(logOf(0));
    const fitted =
      weights.reduce((sum, w, i) => sum + w * base.reward[i]!, 0) / weights.reduce((sum, w) => sum + w, 0);
    const variance = (c: number): number => {
      const [terms] = doublyRobust(logOf(c)).columns;
      const mean = terms!.reduce((sum, t) => sum + t, 0) / all.length;
      return terms!.reduce((sum, t) => sum + (t - mean) ** 2, 0) / all.length;
    };
    const step = 0.05;
    expect(variance(fitted)).toBeLessThan(variance(fitted + step));
    expect(variance(fitted)).toBeLessThan(variance(fitted - step));
    // A parabola in c: its vertex by three points is the fit itself.
    const [left, middle, right] = [variance(fitted - step), variance(fitted), variance(fitted + step)];
    expect(Math.abs((step * (left - right)) / (2 * (left - 2 * middle + right)))).toBeLessThan(1e-9);
  });
});
