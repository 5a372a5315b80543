import { rootKey, type RandomKey } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import { BanditLog, estimateValue, influenceValues, inversePropensity } from "../../src/index.ts";
import { estimatePropensities, type ModelRows } from "../../src/models/index.ts";
import { departureFactor } from "../../src/models/propensity/temperature.ts";
import { designOf } from "../../src/models/design.ts";
import { checkedRows } from "../../src/models/model-rows.ts";
import { expectClose } from "../bandit/golden.ts";
import { Draws, meanOf, softmax } from "./worlds.ts";

const ACTIONS = 4;
const INTERCEPT = [
  [0.5, 0, -0.5, -1],
  [-0.5, 0.5, 0, 0],
] as const;
const WEIGHT = [
  [0.8, -0.4, 0.2, -0.6],
  [-0.3, 0.6, 0.5, -0.8],
] as const;

interface SoftmaxWorld {
  readonly rows: ModelRows;
  readonly reward: Float64Array;
  /** The logger's distribution, [rows · actions]. */
  readonly logger: Float64Array;
}

/** A logger that is a softmax of two features at two positions; rewards depend on the same features. */
function softmaxWorld(key: RandomKey, rowCount: number): SoftmaxWorld {
  const draws = new Draws(key, 4 * rowCount);
  const action = new Int32Array(rowCount);
  const position = new Int32Array(rowCount);
  const reward = new Float64Array(rowCount);
  const values = new Float64Array(2 * rowCount);
  const logger = new Float64Array(ACTIONS * rowCount);
  for (let i = 0; i < rowCount; i++) {
    const [x, y] = [draws.normal(), draws.normal()];
    position[i] = i % 2;
    values.set([x, 1000 + 100 * y], 2 * i);
    const scores = [0, 1, 2, 3].map((a) => INTERCEPT[i % 2]![a]! + WEIGHT[0][a]! * x + WEIGHT[1][a]! * y);
    logger.set(softmax(scores), ACTIONS * i);
    action[i] = draws.index(logger, ACTIONS * i, ACTIONS);
    reward[i] = 1 + x * (action[i] === 3 ? -1 : 1) + draws.uniform();
  }
  const features = { names: ["x", "y"], values };
  return { rows: { action, actionCount: ACTIONS, position, features }, reward, logger };
}

const key = rootKey("propensities");
const wholeOf = (estimated: Awaited<ReturnType<typeof estimatePropensities>>): Float64Array => {
  const out = new Float64Array(estimated.rowCount * estimated.actionCount);
  estimated.distributionInto(out, 0, estimated.rowCount);
  return out;
};

describe("estimatePropensities", () => {
  test("finds a softmax policy: the largest error shrinks with rows, and it is calibrated", async () => {
    const errors: number[] = [];
    for (const rowCount of [1000, 16_000]) {
      const { rows, logger } = softmaxWorld(key, rowCount);
      const estimated = await estimatePropensities(rows, { key });
      const whole = wholeOf(estimated);
      errors.push(whole.reduce((most, value, at) => Math.max(most, Math.abs(value - logger[at]!)), 0));
      expect(estimated.calibrationAfter.pValue).toBeGreaterThan(1e-3);
      expect(estimated.logLoss).toBeLessThan(estimated.marginalLogLoss - 0.1);
      for (let i = 0; i < rowCount; i++) {
        expectClose(
          whole.subarray(4 * i, 4 * i + 4).reduce((sum, p) => sum + p, 0),
          1,
          1e-12,
        );
        expect(estimated.propensity[i]).toBe(whole[4 * i + rows.action[i]!]);
      }
    }
    // A rate of 1/√rows makes it a quarter.
    expect(errors[1]).toBeLessThan(0.4 * errors[0]!);
    expect(errors[1]).toBeLessThan(0.05);
  });

  test("IPS lands within 4 standard errors with them, and far off with frequencies alone", async () => {
    const { rows, reward } = softmaxWorld(rootKey("ips"), 20_000);
    const estimated = await estimatePropensities(rows, { key });
    const actionProbability = new Float64Array(20_000).fill(1 / ACTIONS);
    // The uniform policy: E[1 + x (½) + ½] with E[x] = 0.
    const truth = 1.5;
    const z = (propensity: Float64Array): number => {
      const terms = inversePropensity(new BanditLog({ reward, propensity, actionProbability }));
      const influence = influenceValues(terms);
      return (estimateValue(terms) - truth) / Math.sqrt(meanOf(influence.map((v) => v * v)) / 20_000);
    };
    const { features: _, ...blind } = rows;
    const wrong = await estimatePropensities(blind, { key });
    expect(Math.abs(z(estimated.propensity))).toBeLessThan(4);
    expect(Math.abs(z(wrong.propensity))).toBeGreaterThan(8);
  });

  test("without features they are the smoothed frequencies by position of the other folds", async () => {
    const { rows } = softmaxWorld(key, 900);
    const { features: _, ...blind } = rows;
    const estimated = await estimatePropensities(blind, { key });
    const { action, position } = rows;
    for (let i = 0; i < 900; i += 50) {
      let [shown, all] = [0, 0];
      action.forEach((a, k) => {
        if (estimated.fold[k] === estimated.fold[i] || position![k] !== position![i]) return;
        all++;
        if (a === action[i]) shown++;
      });
      // Half a row for each action, and the little that the penalised model departs from them.
      expect(Math.abs(estimated.propensity[i]! - shown / all)).toBeLessThan(0.01);
    }
    expect(Math.abs(estimated.logLoss - estimated.marginalLogLoss)).toBeLessThan(1e-3);
    expect(Math.abs(estimated.logLoss + meanOf(estimated.propensity.map(Math.log)))).toBeLessThan(1e-12);
  });

  test("a unit's own action does not reach its distribution; the same key gives the same bytes", async () => {
    const { rows } = softmaxWorld(key, 240);
    const units = rows.action.map((_, i) => Math.floor(i / 4));
    const changed = rows.action.map((a, i) => (units[i] === 7 ? (a + 1) % ACTIONS : a));
    const before = wholeOf(await estimatePropensities({ ...rows, units }, { key }));
    const again = wholeOf(await estimatePropensities({ ...rows, units }, { key }));
    const after = wholeOf(await estimatePropensities({ ...rows, units, action: changed }, { key }));
    const own = (_: number, at: number): boolean => units[Math.floor(at / ACTIONS)] === 7;
    expect(again).toEqual(before);
    expect(after.filter(own)).toEqual(before.filter(own));
    expect(after).not.toEqual(before);
  });

  test("edges: an action that was never taken, a constant feature, one action, two rows, two folds", async () => {
    const { rows } = softmaxWorld(key, 200);
    const more = await estimatePropensities({ ...rows, actionCount: 6 }, { key, floor: 0.01 });
    for (const probability of wholeOf(more)) expect(probability).toBeGreaterThan(0);
    const same = { names: ["same"], values: new Float64Array(200).fill(3) };
    const constant = await estimatePropensities({ ...rows, features: same }, { key, folds: 2 });
    expect(Math.abs(constant.logLoss - constant.marginalLogLoss)).toBeLessThan(0.01);
    const one = {
      action: new Int32Array(10),
      actionCount: 1,
      features: { ...same, values: new Float64Array(10) },
    };
    expect([...(await estimatePropensities(one, { key })).propensity]).toEqual(
      Array.from({ length: 10 }, () => 1),
    );
    const two = await estimatePropensities(
      { action: Int32Array.of(0, 1), actionCount: 2 },
      { key, folds: 2 },
    );
    for (const propensity of two.propensity) expect(propensity).toBeGreaterThan(0);
  });

  test("few rows for tuning still fit to all", async () => {
    const { rows, logger } = softmaxWorld(key, 8000);
    const estimated = await estimatePropensities(rows, { key, tuningRows: 1000 });
    const error = wholeOf(estimated).map((value, at) => (value - logger[at]!) ** 2);
    expect(Math.sqrt(meanOf(error))).toBeLessThan(0.02);
  });
});

test("departureFactor is the factor under which the actions are likeliest, by a fine grid", () => {
  const { rows } = softmaxWorld(key, 500);
  const design = designOf(checkedRows(rows));
  const center = new Float64Array(16);
  const draws = new Draws(key, 16);
  // Half of what the logger does, roughly: the factor has to make it larger.
  const coefficients = Float64Array.from(
    [...INTERCEPT.flat(), ...WEIGHT.flat()],
    (value) => value / 2 + 0.05 * draws.normal(),
  );
  const all = Int32Array.from({ length: 500 }, (_, i) => i);
  const found = departureFactor(design, [{ rows: all, coefficients, center }]);
  const values = rows.features!.values;
  const columns = [0, 1].map((f) => values.filter((_, at) => at % 2 === f));
  const scaled = columns.map((column) => {
    const mean = meanOf(column);
    const deviation = Math.sqrt(meanOf(column.map((value) => (value - mean) ** 2)));
    return column.map((value) => (value - mean) / deviation);
  });
  const loss = (factor: number): number =>
    -meanOf(
      all.map((i) => {
        const scores = [0, 1, 2, 3].map(
          (a) =>
            factor *
            (coefficients[4 * (i % 2) + a]! +
              coefficients[8 + a]! * scaled[0]![i]! +
              coefficients[12 + a]! * scaled[1]![i]!),
        );
        return Math.log(softmax(scores)[rows.action[i]!]!) * 1e6;
      }),
    );
  const grid = Array.from({ length: 401 }, (_, k) => k / 100);
  const best = grid.reduce((least, factor) => (loss(factor) < loss(least) ? factor : least), 0);
  expect(best).toBeGreaterThan(1.2);
  expect(Math.abs(found - best)).toBeLessThan(0.006);
});
