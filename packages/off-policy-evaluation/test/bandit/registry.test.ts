import { normalQuantile, rootKey, uniform } from "@longview/statistics";
import { expect, test } from "vitest";
import { BANDIT_ESTIMATORS, ModelledBanditLog, estimateValue, influenceValues } from "../../src/index.ts";
import { expectGradient } from "./enumerated.ts";

const ROWS = 2_000;
const key = rootKey("registry");
const draw = (row: number, which: number): number => uniform(key, row, 2 * which);

// One action of interest: logged with probability p, which the target takes with probability 1 − p. Truth: 1/2 · mean.
const log = ((): ModelledBanditLog => {
  const propensity = new Float64Array(ROWS);
  const actionProbability = new Float64Array(ROWS);
  const reward = new Float64Array(ROWS);
  const directValue = new Float64Array(ROWS);
  const predictedReward = new Float64Array(ROWS);
  for (let i = 0; i < ROWS; i++) {
    const first = 0.1 + 0.8 * draw(i, 0);
    const took = draw(i, 1) < first;
    propensity[i] = took ? first : 1 - first;
    actionProbability[i] = took ? 1 - first : first;
    reward[i] = (took ? 1 : 3) + normalQuantile(draw(i, 2));
    predictedReward[i] = took ? 0.8 : 3.1;
    directValue[i] = (1 - first) * 0.8 + first * 3.1;
  }
  return new ModelledBanditLog({ reward, propensity, actionProbability, directValue, predictedReward });
})();

test("names are unique", () => {
  expect(new Set(BANDIT_ESTIMATORS.map(({ id }) => id)).size).toBe(BANDIT_ESTIMATORS.length);
});

test.each(BANDIT_ESTIMATORS.map((estimator) => [estimator.id, estimator] as const))(
  "%s: near the truth of 2, the unbiased within 4 standard errors; its gradient right",
  (_, estimator) => {
    const terms = estimator.terms(log);
    const influence = influenceValues(terms);
    const error = Math.sqrt(influence.reduce((sum, value) => sum + value * value, 0)) / ROWS;
    expect(Math.abs(estimateValue(terms) - 2)).toBeLessThan(estimator.unbiased ? 4 * error : 0.3);
    expectGradient(terms);
  },
);
