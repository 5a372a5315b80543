import { describe, expect, test } from "vitest";
import {
  BanditLog,
  banditLogFromTables,
  clippedInversePropensity,
  directMethod,
  doublyRobust,
  empiricalBernsteinInterval,
  estimateValue,
  hoeffdingInterval,
  influenceValues,
  inversePropensity,
  meanSquaredErrorScore,
  selfNormalizedDoublyRobust,
  selfNormalizedInversePropensity,
  shrunkDoublyRobust,
  subGaussianDoublyRobust,
  studentInterval,
  switchDoublyRobust,
  tuned,
  TUNABLE_ESTIMATORS,
  TUNABLE_MODELLED_ESTIMATORS,
  type TuningMethod,
} from "../../src/index.ts";
import {
  at,
  expectClose,
  expectEstimate,
  flatAt,
  golden,
  hasGoldens,
  integersAt,
  numberAt,
} from "./golden.ts";
import { read, termsOf } from "./golden-terms.ts";

const files = ["obp_bandit_200_binary", "obp_bandit_200_continuous_reward_nopos"];

describe.skipIf(!hasGoldens)(
  "against Open Bandit Pipeline's values (skipped where ../shared is absent)",
  () => {
    test.each(files)("%s: every estimate, and the variance of plain means", (name) => {
      const data = read(name);
      const outputs = Object.keys(at(data.file, "outputs") ?? {});
      expect(outputs.length).toBeGreaterThan(25);
      for (const key of outputs) {
        const expected = numberAt(data.file, "outputs", key, "value");
        const terms = termsOf(key, data);
        if (Number.isNaN(expected)) {
          // λ = 0 of the shrunk and λ = 1 of the sub-Gaussian weights: theirs is 0/0, ours the limit.
          expect(Number.isFinite(estimateValue(terms)), key).toBe(true);
          continue;
        }
        expectClose(estimateValue(terms), expected, 1e-9);
        if (terms.columns.length > 1) continue;
        const influence = influenceValues(terms);
        const variance = influence.reduce((sum, value) => sum + value * value, 0) / influence.length;
        expectClose(variance, numberAt(data.file, "outputs", key, "round_rewards_var_ddof0"), 1e-9);
      }
    });

    test.each(files)("%s: parameters chosen by SLOPE and by mean squared error", (name) => {
      const { file, log } = read(name);
      const estimators = {
        ipw: TUNABLE_ESTIMATORS.clippedInversePropensity,
        sg_ipw: TUNABLE_ESTIMATORS.subGaussianInversePropensity,
        dr: TUNABLE_MODELLED_ESTIMATORS.doublyRobust,
        switch_dr: TUNABLE_MODELLED_ESTIMATORS.switchDoublyRobust,
        dr_os: TUNABLE_MODELLED_ESTIMATORS.shrunkDoublyRobust,
        sg_dr: TUNABLE_MODELLED_ESTIMATORS.subGaussianDoublyRobust,
      };
      const methods: Record<string, TuningMethod> = {
        slope: { kind: "slope", errorProbability: 0.1 },
        mse: { kind: "mean-squared-error", errorProbability: 0.1 },
        "mse:no_upper_bound": { kind: "mean-squared-error", errorProbability: 0.1, boundBias: false },
      };
      for (const [estimatorName, estimator] of Object.entries(estimators))
        for (const [methodName, method] of Object.entries(methods)) {
          const key = `${estimatorName}:${methodName}`;
          const parameters = [...flatAt(file, "tuning", key, "lambdas_internal_order")];
          const choice = tuned(estimator, log, { parameters, method });
          const upstreamIsNaN = Number.isNaN(numberAt(file, "tuning", key, "value"));
          if (methodName === "slope") {
            choice.tried.forEach(({ estimate, halfWidth }, i) => {
              const expected = numberAt(file, "tuning", key, "per_lambda", i, "theta");
              if (Number.isNaN(expected)) {
                expect(Number.isFinite(estimate)).toBe(true);
                return;
              }
              expectClose(estimate, expected, 1e-9);
              expectClose(halfWidth, numberAt(file, "tuning", key, "per_lambda", i, "cnf"), 1e-9);
            });
          } else {
            const scores = Object.entries(at(file, "tuning", key, "mse_scores") ?? {});
            for (const { parameter, score } of choice.tried) {
              const [, expected] = scores.find(
                ([name]) => Number(name.replace("inf", "Infinity")) === parameter,
              )!;
              if (expected !== "nan") expectClose(score, Number(expected), 1e-9);
            }
          }
          expect(Number.isFinite(estimateValue(choice.terms)), key).toBe(true);
          // Their λ = 1 is NaN for sub-Gaussian weights, which their SLOPE then selects and their minimum skips.
          if (upstreamIsNaN) continue;
          const sound = parameters.filter(
            (parameter) => !(estimatorName.startsWith("sg") && parameter === 1),
          );
          const comparable = tuned(estimator, log, { parameters: sound, method });
          expectEstimate(comparable.terms, numberAt(file, "tuning", key, "value"));
          expect(comparable.parameter, key).toBe(numberAt(file, "tuning", key, "best_lambda"));
        }
    });

    test.each(files)("%s: one-sided bounds of inverse propensity terms, and estimates of bias", (name) => {
      const { file, log } = read(name);
      const terms = inversePropensity(log);
      const values = terms.columns[0]!;
      const mean = estimateValue(terms);
      const largest = Math.max(...values);
      const residual = log.reward.map((reward, i) => reward - log.predictedReward[i]!);
      // A range of ours that holds every term: theirs is as long as the largest term of the sample, which is no range.
      const range = [Math.min(-1e3, ...values), 1e3] as const;
      const wide = [2 * range[0], 2 * range[1]] as const;
      for (const delta of [0.05, 0.1]) {
        const expected = (key: string): number =>
          numberAt(file, "helpers_on_ipw_round_rewards", `delta${delta}`, key);
        // A lower bound at δ is that of a two-sided interval at 2δ.
        const confidence = 1 - 2 * delta;
        expectClose(studentInterval(terms, { confidence }).lower, expected("student_t_lower"), 1e-9);
        for (const [key, interval] of [
          ["hoeffding", hoeffdingInterval],
          ["bernstein", empiricalBernsteinInterval],
        ] as const) {
          // The half-width is linear in the range, so two of ours give theirs; rewards in [−1, 1] keep them unclipped.
          const half = (of: readonly [number, number]): number => {
            const { value, upper } = interval(terms, { confidence, range: of });
            return upper - value;
          };
          const slope = (half(wide) - half(range)) / (range[1] - range[0]);
          const at0 = half(range) - slope * (range[1] - range[0]);
          expectClose(mean - at0 - slope * largest, expected(`${key}_lower`), 1e-9);
          expectClose(mean - at0 - slope * 50, expected(`${key}_lower_xmax50`), 1e-9);
        }
        const clippedWeight = log.weight.map((w) => Math.min(w, 3));
        const clipped = clippedInversePropensity(log, { maximumWeight: 3 });
        const influence = influenceValues(clipped);
        const variance = influence.reduce((sum, v) => sum + v * v, 0) / influence.length ** 2;
        for (const boundBias of [true, false]) {
          const score = meanSquaredErrorScore(
            { terms: clipped, weight: log.weight, usedWeight: clippedWeight, residual },
            { boundBias, errorProbability: delta },
          );
          expectClose(
            Math.sqrt(score - variance),
            expected(boundBias ? "bias_upper_clip3" : "bias_clip3"),
            1e-9,
          );
        }
      }
    });

    test("Open Bandit Dataset, men, random to BTS, 2,000 rows", () => {
      const file = golden("obd_men_random_bts_2000");
      const actionCount = 34;
      const position = integersAt(file, "inputs", "position");
      const byPosition = flatAt(file, "inputs", "action_dist");
      const log = banditLogFromTables({
        reward: flatAt(file, "inputs", "reward"),
        propensity: flatAt(file, "inputs", "pscore"),
        action: integersAt(file, "inputs", "action"),
        actionCount,
        targetProbabilities: Float64Array.from(
          { length: position.length * actionCount },
          (_, k) => byPosition[(k % actionCount) * 3 + position[Math.floor(k / actionCount)]!]!,
        ),
        predictedRewards: flatAt(file, "inputs", "q_at_position"),
      });
      const expected = (key: string): number => numberAt(file, "outputs", key, "value");
      expectEstimate(inversePropensity(log), expected("ipw"));
      expectEstimate(clippedInversePropensity(log, { maximumWeight: 10 }), expected("ipw_lambda10"));
      expectEstimate(selfNormalizedInversePropensity(log), expected("snipw"));
      expectEstimate(directMethod(log), expected("dm"));
      expectEstimate(doublyRobust(log), expected("dr"));
      expectEstimate(doublyRobust(log, { maximumWeight: 10 }), expected("dr_lambda10"));
      expectEstimate(selfNormalizedDoublyRobust(log), expected("sndr"));
      expectEstimate(switchDoublyRobust(log, { threshold: 10 }), expected("switch_dr_lambda10"));
      expectEstimate(shrunkDoublyRobust(log, { shrinkage: 100 }), expected("dr_os_lambda100"));
      expectEstimate(subGaussianDoublyRobust(log, { smoothing: 0.05 }), expected("sg_dr_lambda005"));
    });

    test("VowpalWabbit's IPS and SNIPS of 200 decisions", () => {
      const file = golden("vw_bandit_200_binary");
      const log = new BanditLog({
        reward: flatAt(file, "inputs", "reward"),
        propensity: flatAt(file, "inputs", "p_log"),
        actionProbability: flatAt(file, "inputs", "p_pred"),
      });
      expectEstimate(inversePropensity(log), numberAt(file, "outputs", "ips"));
      expectEstimate(selfNormalizedInversePropensity(log), numberAt(file, "outputs", "snips"));
    });
  },
);
