import { describe, expect, test } from "vitest";
import {
  BanditLog,
  balancedInversePropensity,
  banditLogFromTables,
  clippedInversePropensity,
  directMethod,
  doublyRobust,
  estimateValue,
  influenceValues,
  inversePropensity,
  replay,
  selfNormalizedDoublyRobust,
  selfNormalizedInversePropensity,
  shrunkDoublyRobust,
  subGaussianDoublyRobust,
  subGaussianInversePropensity,
  switchDoublyRobust,
  tuned,
  TUNABLE_ESTIMATORS,
  TUNABLE_MODELLED_ESTIMATORS,
  type EstimatorTerms,
  type ModelledBanditLog,
  type TuningMethod,
} from "../../src/index.ts";
import {
  at,
  atPosition,
  expectClose,
  expectEstimate,
  flatAt,
  golden,
  hasGoldens,
  integersAt,
  numberAt,
} from "./golden.ts";
import type { Json } from "./golden.ts";

interface Read {
  readonly file: Json;
  readonly log: ModelledBanditLog;
  readonly estimated: ModelledBanditLog;
}

function read(name: string): Read {
  const file = golden(name);
  const actionCount = numberAt(file, "meta", "n_actions");
  const position = integersAt(file, "inputs", "position");
  const tables = {
    reward: flatAt(file, "inputs", "reward"),
    action: integersAt(file, "inputs", "action"),
    actionCount,
    targetProbabilities: atPosition(flatAt(file, "inputs", "action_dist"), position, actionCount),
    predictedRewards: atPosition(
      flatAt(file, "inputs", "estimated_rewards_by_reg_model"),
      position,
      actionCount,
    ),
  };
  return {
    file,
    log: banditLogFromTables({ ...tables, propensity: flatAt(file, "inputs", "pscore") }),
    estimated: banditLogFromTables({ ...tables, propensity: flatAt(file, "inputs", "estimated_pscore") }),
  };
}

/** λ at the end of a golden's key. */
const lambda = (key: string): number => Number(/lambda(.*)$/.exec(key)![1]!.replace("inf", "Infinity"));

function termsOf(key: string, { file, log, estimated }: Read): EstimatorTerms {
  switch (key.replace(/_lambda.*$/, "_lambda")) {
    case "replay": {
      const position = integersAt(file, "inputs", "position");
      const selected = flatAt(file, "inputs", "replay_selected_action");
      const width = selected.length / position.length;
      return replay({
        reward: log.reward,
        action: integersAt(file, "inputs", "action"),
        targetAction: Int32Array.from(position, (slot, i) => selected[i * width + slot]!),
      });
    }
    case "ipw":
      return inversePropensity(log);
    case "ipw_lambda":
      return clippedInversePropensity(log, { maximumWeight: lambda(key) });
    case "ipw_estimated_pscore":
      return inversePropensity(estimated);
    case "snipw":
      return selfNormalizedInversePropensity(log);
    case "dm":
      return directMethod(log);
    case "dr":
      return doublyRobust(log);
    case "dr_lambda":
      return doublyRobust(log, { maximumWeight: lambda(key) });
    case "dr_estimated_pscore":
      return doublyRobust(estimated);
    case "sndr":
      return selfNormalizedDoublyRobust(log);
    case "switch_dr_lambda":
      return switchDoublyRobust(log, { threshold: lambda(key) });
    case "dr_os_lambda":
      return shrunkDoublyRobust(log, { shrinkage: lambda(key) });
    case "sg_ipw_lambda":
      return subGaussianInversePropensity(log, { smoothing: lambda(key) });
    case "sg_dr_lambda":
      return subGaussianDoublyRobust(log, { smoothing: lambda(key) });
    case "b_ipw":
    case "b_ipw_lambda":
      return balancedInversePropensity(
        { reward: log.reward, estimatedWeight: flatAt(file, "inputs", "estimated_importance_weights") },
        key === "b_ipw" ? {} : { maximumWeight: lambda(key) },
      );
    default:
      throw new Error(`no estimator for ${key}`);
  }
}

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
