import { rootKey } from "@longview/statistics";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { crossFitRewardModel, type CrossFittedRewardModel } from "../../src/models/index.ts";
import { CrossFittedLinearModel } from "../../src/models/linear/cross-fit-linear.ts";
import { INTERCEPT_ROWS } from "../../src/models/linear/logistic.ts";
import { dealFolds } from "../../src/models/folds.ts";
import { expectClose } from "../bandit/golden.ts";
import { denseLine, denseRidge, deviation } from "./dense-design.ts";
import { Draws, linearWorld, logistic, meanOf } from "./worlds.ts";

const key = rootKey("linear models");
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

async function table(model: CrossFittedRewardModel): Promise<Float64Array> {
  const out = new Float64Array(model.rowCount * model.actionCount);
  await model.predictInto(out, 0, model.rowCount);
  return out;
}

describe("ridge", () => {
  const world = linearWorld(key, { rowCount: 240 });
  const { reward } = world.rows;
  const draws = new Draws(key, 240);
  const weights = Float64Array.from(reward, () => 3 * draws.uniform());

  test.each([
    ["equal weights", undefined],
    ["weights as of MRDR", weights],
  ])("equals dense normal equations on the training rows, for every row and action: %s", async (_, given) => {
    const model = await crossFitRewardModel(world.rows, {
      kind: "linear",
      key,
      penalties: [3],
      ...(given === undefined ? {} : { weights: given }),
    });
    const predicted = await table(model);
    for (const fold of [0, 1, 2]) {
      const training = range(240).filter((row) => model.fold[row] !== fold);
      const dense = denseRidge(world, training, {
        penalty: 3,
        ...(given === undefined ? {} : { weights: given }),
      });
      for (const row of range(240).filter((i) => model.fold[i] === fold)) {
        for (let a = 0; a < 5; a++) expectClose(predicted[row * 5 + a]!, dense(row, a), 1e-8);
        expect(model.predictedReward[row]).toBe(predicted[row * 5 + world.rows.action[row]!]);
      }
    }
  });

  test("the penalty is the one that brute-force cross-validation inside the training folds prefers", async () => {
    const penalties = [0.1, 10, 1000];
    for (const folds of [2, 3, 4]) {
      const model = await crossFitRewardModel(world.rows, { kind: "linear", key, penalties, folds });
      expect(model.chosenPenalty).toEqual(
        range(folds).map((fold) => {
          const cells = cellsOf(model, folds);
          const outside = range(240).filter((row) => model.fold[row] !== fold);
          const losses = penalties.map((penalty) =>
            [...new Set(outside.map((row) => cells[row]!))].reduce((sum, held) => {
              const inner = outside.filter((row) => cells[row] !== held);
              const dense = denseRidge(world, inner, { penalty });
              return outside
                .filter((row) => cells[row] === held)
                .reduce((loss, row) => loss + (reward[row]! - dense(row, world.rows.action[row]!)) ** 2, sum);
            }, 0),
          );
          return penalties[losses.indexOf(Math.min(...losses))];
        }),
      );
    }
  });
});

/** Cells that the model's choice of penalty left out: its folds, or their halves. */
function cellsOf(model: CrossFittedRewardModel, folds: number): Int32Array {
  if (!(model instanceof CrossFittedLinearModel)) throw new TypeError("a linear model is needed");
  expect(model.problem.folds.foldOfCell).toHaveLength(folds === 2 ? 4 : folds);
  return model.problem.folds.cell;
}

describe("logistic regression", () => {
  test("the penalised likelihood's gradient is zero at every fold's solution, by plain loops", async () => {
    const world = linearWorld(key, { rowCount: 300, binary: true });
    const { action, actionCount, reward, features } = world.rows;
    const model = await crossFitRewardModel(world.rows, { key, penalties: [2] });
    if (!(model instanceof CrossFittedLinearModel)) throw new TypeError("a linear model is needed");
    expect(model.kind).toBe("logistic");
    const column = (f: number): Float64Array => features!.values.filter((_, at) => at % 2 === f);
    model.fits.forEach(({ theta }, fold) => {
      const training = range(300).filter((row) => model.fold[row] !== fold);
      // The solution's order: intercept, positions, features, action feature, actions.
      const line = (row: number): number[] => {
        const dense = denseLine(world, row, action[row]!);
        const x = [0, 1].map((f) => (column(f)[row]! - meanOf(column(f))) / deviation(column(f)));
        return [1, ...dense.slice(6, 9), ...x, dense[11]!, ...dense.slice(1, 1 + actionCount)];
      };
      const lines = new Map(training.map((row) => [row, line(row)]));
      const gradient = theta.map((value, j) => {
        const values = training.map((row) => lines.get(row)![j]!);
        // Penalties count on the scale on which the training rows vary by 1.
        const scale = j === 4 || j === 5 ? deviation(values) ** 2 : 1;
        return j === 0 ? INTERCEPT_ROWS * (0.5 - logistic(theta[0]!)) : -2 * scale * value;
      });
      for (const [row, z] of lines) {
        const residual = reward[row]! - logistic(z.reduce((sum, value, j) => sum + value * theta[j]!, 0));
        z.forEach((value, j) => {
          gradient[j] = gradient[j]! + residual * value;
        });
      }
      expect(Math.max(...gradient.map(Math.abs))).toBeLessThan(1e-5);
    });
  });

  test("nears the world's own probabilities as rows grow, and is calibrated", async () => {
    const errors: number[] = [];
    for (const rowCount of [1500, 24_000]) {
      const world = linearWorld(key, { rowCount, binary: true });
      const model = await crossFitRewardModel(world.rows, { key });
      const predicted = await table(model);
      errors.push(Math.sqrt(meanOf(predicted.map((value, i) => (value - world.expected[i]!) ** 2))));
      expect(model.calibration.pValue).toBeGreaterThan(1e-3);
    }
    // Parametric: the error of 16 times the rows is about a quarter.
    expect(errors[1]).toBeLessThan(0.5 * errors[0]!);
    // And by theory √(coefficients · mean p(1−p) / training rows) = √(11 · 0.2 / 16,000) = 0.012.
    expect(errors[1]).toBeLessThan(0.015);
  });

  test("few rows for choosing the penalty change the choice at most, not what is fitted to", async () => {
    const world = linearWorld(key, { rowCount: 3000, binary: true });
    const whole = await crossFitRewardModel(world.rows, { key, penalties: [10] });
    const part = await crossFitRewardModel(world.rows, { key, penalties: [10], tuningRows: 300 });
    expect(part.predictedReward).toEqual(whole.predictedReward);
    const chosen = await crossFitRewardModel(world.rows, { key, tuningRows: 300 });
    for (const penalty of chosen.chosenPenalty) expect([0.1, 1, 10, 100, 1000, 10_000]).toContain(penalty);
  });
});

describe("cross-fitting", () => {
  const oneUnit = fc.record({
    seed: fc.nat(1000),
    folds: fc.integer({ min: 2, max: 5 }),
    unit: fc.integer({ min: 0, max: 19 }),
    kind: fc.constantFrom("linear" as const, "logistic" as const),
  });

  test("whatever a unit's rewards are, its own predictions are the same bits; others' are not", async () => {
    await fc.assert(
      fc.asyncProperty(oneUnit, async ({ seed, folds, unit, kind }) => {
        const { rows } = linearWorld(rootKey(seed), { rowCount: 60, binary: true });
        const options = { kind, folds, key: rootKey(seed) };
        const changed = rows.reward.map((value, i) => (rows.units![i] === unit ? 1 - value : value));
        const before = await crossFitRewardModel(rows, options);
        const after = await crossFitRewardModel({ ...rows, reward: changed }, options);
        const [first, second] = [await table(before), await table(after)];
        let others = 0;
        first.forEach((value, at) => {
          const row = Math.floor(at / 5);
          if (rows.units![row] === unit) expect(second[at]).toBe(value);
          else if (second[at] !== value) others++;
        });
        expect(others).toBeGreaterThan(0);
      }),
      { numRuns: 25, seed: 1 },
    );
  });

  test("units stay together, folds are alike in size, cells refine folds", () => {
    for (const folds of [2, 3, 5]) {
      const units = Float64Array.from({ length: 600 }, (_, i) => (i * 7) % 100);
      const dealt = dealFolds(600, units, { folds, key });
      const foldOfUnit = new Map<number, number>();
      dealt.fold.forEach((fold, row) => {
        expect(foldOfUnit.get(units[row]!) ?? fold).toBe(fold);
        foldOfUnit.set(units[row]!, fold);
        expect(dealt.foldOfCell[dealt.cell[row]!]).toBe(fold);
      });
      const sizes = range(folds).map((fold) => dealt.fold.filter((value) => value === fold).length / 6);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }
  });

  test("the same key gives the same bytes, another one other folds", async () => {
    const { rows } = linearWorld(key, { rowCount: 200, binary: true });
    const first = await crossFitRewardModel(rows, { key });
    const again = await crossFitRewardModel(rows, { key });
    const other = await crossFitRewardModel(rows, { key: rootKey("another") });
    expect(await table(again)).toEqual(await table(first));
    expect(other.fold).not.toEqual(first.fold);
  });

  test("weights times a constant are the same weights", async () => {
    const { rows } = linearWorld(key, { rowCount: 200, binary: true });
    const draws = new Draws(key, 200);
    const weights = rows.reward.map(() => draws.uniform());
    for (const kind of ["linear", "logistic"] as const) {
      const one = await crossFitRewardModel(rows, { key, kind, weights });
      const many = await crossFitRewardModel(rows, { key, kind, weights: weights.map((w) => 1000 * w) });
      const none = await crossFitRewardModel(rows, { key, kind });
      many.predictedReward.forEach((value, i) => expectClose(value, one.predictedReward[i]!, 1e-8));
      expect(many.chosenPenalty).toEqual(one.chosenPenalty);
      expect(none.predictedReward).not.toEqual(one.predictedReward);
    }
  });
});
