import { foldIn, rootKey } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import {
  BanditLog,
  banditLogFromTables,
  directMethod,
  doublyRobust,
  estimateValue,
  influenceValues,
  inversePropensity,
  ModelledBanditLog,
  moreRobustWeights,
} from "../../src/index.ts";
import { crossFitRewardModel, modelColumns } from "../../src/models/index.ts";
import { expectClose } from "../bandit/golden.ts";
import { Draws, linearWorld, meanOf } from "./worlds.ts";

/** Four contexts, three actions; everything known. */
const CONTEXT = [0.4, 0.3, 0.2, 0.1];
const LOGGER = Float64Array.of(0.7, 0.2, 0.1, 0.1, 0.8, 0.1, 0.3, 0.3, 0.4, 0.25, 0.05, 0.7);
const TARGET = Float64Array.of(0.1, 0.2, 0.7, 0.5, 0.1, 0.4, 0.0, 1.0, 0.0, 0.3, 0.5, 0.2);
const REWARD = Float64Array.of(0.1, 0.4, 0.6, 0.5, 0.2, 0.3, 0.9, 0.3, 0.1, 0.2, 0.6, 0.4);
const TRUTH = CONTEXT.reduce(
  (sum, share, x) => sum + share * [0, 1, 2].reduce((v, a) => v + TARGET[3 * x + a]! * REWARD[3 * x + a]!, 0),
  0,
);

function logged(seed: string, number: number, rowCount: number) {
  const draws = new Draws(foldIn(rootKey(seed), number), 3 * rowCount);
  const context = new Int32Array(rowCount);
  const action = new Int32Array(rowCount);
  const reward = new Float64Array(rowCount);
  for (let i = 0; i < rowCount; i++) {
    context[i] = draws.index(CONTEXT);
    action[i] = draws.index(LOGGER, 3 * context[i]!, 3);
    reward[i] = draws.uniform() < REWARD[3 * context[i]! + action[i]!]! ? 1 : 0;
  }
  const cell = action.map((a, i) => 3 * context[i]! + a);
  return {
    rows: { action, actionCount: 3, reward },
    propensity: Float64Array.from(cell, (at) => LOGGER[at]!),
    actionProbability: Float64Array.from(cell, (at) => TARGET[at]!),
    distributionOf: (first: number, count: number) =>
      Float64Array.from(
        { length: 3 * count },
        (_, k) => TARGET[3 * context[first + Math.floor(k / 3)]! + (k % 3)]!,
      ),
  };
}

describe("DR with a cross-fitted model on an enumerable bandit (false alarm 6e-5 a test)", () => {
  test.each(["linear", "logistic"] as const)(
    "%s: unbiased though the model knows no contexts, and the direct method is not",
    async (kind) => {
      const errors: number[] = [];
      const direct: number[] = [];
      const plain: number[] = [];
      for (let world = 0; world < 300; world++) {
        const { rows, propensity, actionProbability, distributionOf } = logged("unbiased", world, 150);
        const model = await crossFitRewardModel(rows, { kind, key: rootKey(world) });
        const columns = await modelColumns(model, distributionOf);
        const { reward } = rows;
        const log = new ModelledBanditLog({ reward, propensity, actionProbability, ...columns });
        errors.push(estimateValue(doublyRobust(log)) - TRUTH);
        direct.push(estimateValue(directMethod(log)) - TRUTH);
        plain.push(estimateValue(inversePropensity(log)) - TRUTH);
      }
      const z = (values: readonly number[]): number =>
        meanOf(values) /
        Math.sqrt(meanOf(values.map((v) => (v - meanOf(values)) ** 2)) / (values.length - 1));
      expect(Math.abs(z(errors))).toBeLessThan(4);
      expect(Math.abs(z(direct))).toBeGreaterThan(10);
      const spread = (values: readonly number[]): number => meanOf(values.map((v) => v * v));
      expect(spread(errors)).toBeLessThan(spread(plain));
    },
  );

  test("a model fitted under MRDR's weights has less of the weighted residuals that DR's variance is made of", async () => {
    const { rows, propensity, actionProbability, distributionOf } = logged("mrdr", 0, 20_000);
    const { reward } = rows;
    const weights = moreRobustWeights(new BanditLog({ reward, propensity, actionProbability }));
    const residual: number[] = [];
    for (const given of [{}, { weights }]) {
      const model = await crossFitRewardModel(rows, { kind: "linear", key: rootKey(1), ...given });
      residual.push(meanOf(reward.map((r, i) => weights[i]! * (r - model.predictedReward[i]!) ** 2)));
      const columns = await modelColumns(model, distributionOf);
      const log = new ModelledBanditLog({ reward, propensity, actionProbability, ...columns });
      const influence = influenceValues(doublyRobust(log));
      const error = Math.sqrt(meanOf(influence.map((v) => v * v)) / reward.length);
      expect(Math.abs(estimateValue(doublyRobust(log)) - TRUTH)).toBeLessThan(4 * error);
    }
    expect(residual[1]).toBeLessThan(residual[0]!);
  });
});

describe("modelColumns", () => {
  const { rows } = linearWorld(rootKey("columns"), { rowCount: 50, binary: true });
  const draws = new Draws(rootKey("policy"), 250);
  const weights = Float64Array.from({ length: 250 }, () => draws.uniform());
  const targetProbabilities = weights.map((weight, at) => {
    const start = 5 * Math.floor(at / 5);
    return weight / weights.subarray(start, start + 5).reduce((sum, value) => sum + value, 0);
  });
  const distributionOf = (first: number, count: number): Float64Array =>
    targetProbabilities.slice(5 * first, 5 * (first + count));

  test.each(["linear", "logistic", "mlp"] as const)(
    "%s: in pieces of any size the same as from whole tables",
    async (kind) => {
      const model = await crossFitRewardModel(rows, {
        kind,
        key: rootKey(2),
        network: { hidden: [6], epochs: 2 },
      });
      const predictedRewards = new Float64Array(250);
      await model.predictInto(predictedRewards, 0, 50);
      const { action, reward } = rows;
      const propensity = new Float64Array(50).fill(0.2);
      const whole = banditLogFromTables({
        action,
        actionCount: 5,
        reward,
        propensity,
        targetProbabilities,
        predictedRewards,
      });
      for (const rowsAtATime of [1, 7, 50, 1000]) {
        const columns = await modelColumns(model, distributionOf, { rowsAtATime });
        expect(columns.directValue).toEqual(whole.directValue);
        // A network's logged action has a program of its own: float32.
        columns.predictedReward.forEach((value, i) =>
          expectClose(value, whole.predictedReward[i]!, kind === "mlp" ? 1e-6 : 1e-15),
        );
      }
    },
  );

  test("a distribution with mass on what the log lacks is taken for what is left of it", async () => {
    const model = await crossFitRewardModel(rows, { key: rootKey(2) });
    const whole = await modelColumns(model, distributionOf);
    const half = await modelColumns(model, (first, count) => distributionOf(first, count).map((p) => p / 2));
    half.directValue.forEach((value, i) => expectClose(value, whole.directValue[i]!, 1e-14));
  });
});
