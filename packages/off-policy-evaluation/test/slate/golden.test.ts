import { describe, test } from "vitest";
import {
  cascadeDoublyRobust,
  cressieReadInterval,
  factoredSlateWeights,
  independentInversePropensity,
  pseudoInverse,
  rewardInteractionInversePropensity,
  selfNormalizedIndependentInversePropensity,
  selfNormalizedRewardInteractionInversePropensity,
  selfNormalizedStandardInversePropensity,
  standardInversePropensity,
  studentInterval,
} from "../../src/index.ts";
import {
  expectClose,
  expectEstimate,
  flatAt,
  golden,
  hasGoldens,
  integersAt,
  numberAt,
} from "../bandit/golden.ts";

describe.skipIf(!hasGoldens)(
  "slate estimators against golden values (skipped where ../shared is absent)",
  () => {
    test("Open Bandit Pipeline: SIPS, IIPS, RIPS, their self-normalised forms and Cascade-DR", () => {
      const file = golden("obp_slate_60x3");
      const column = (name: string): Float64Array => flatAt(file, "inputs", name);
      const slotCount = 3;
      const actionCount = 5;
      const action = integersAt(file, "inputs", "action");
      const table = column("q_hat");
      const target = column("evaluation_policy_action_dist");
      const firstOfSlate = (values: Float64Array): Float64Array =>
        values.filter((_, i) => i % slotCount === 0);
      const input = {
        slotCount,
        reward: column("reward"),
        slatePropensity: firstOfSlate(column("pscore")),
        slateProbability: firstOfSlate(column("evaluation_policy_pscore")),
        slotPropensity: column("pscore_item_position"),
        slotProbability: column("evaluation_policy_pscore_item_position"),
        prefixPropensity: column("pscore_cascade"),
        prefixProbability: column("evaluation_policy_pscore_cascade"),
        predictedReward: Float64Array.from(action, (a, i) => table[i * actionCount + a]!),
        directValue: Float64Array.from(action, (_, i) => {
          let sum = 0;
          for (let k = i * actionCount; k < (i + 1) * actionCount; k++) sum += target[k]! * table[k]!;
          return sum;
        }),
      };
      const expected = (key: string): number => numberAt(file, "outputs", key, "value");
      expectEstimate(standardInversePropensity(input), expected("sips"));
      expectEstimate(independentInversePropensity(input), expected("iips"));
      expectEstimate(rewardInteractionInversePropensity(input), expected("rips"));
      expectEstimate(selfNormalizedStandardInversePropensity(input), expected("snsips"));
      expectEstimate(selfNormalizedIndependentInversePropensity(input), expected("sniips"));
      expectEstimate(selfNormalizedRewardInteractionInversePropensity(input), expected("snrips"));
      expectEstimate(cascadeDoublyRobust(input), expected("cascade_dr"));
    });

    test("VowpalWabbit: pseudo-inverse and its normal interval", () => {
      const file = golden("vw_slate_200");
      const terms = pseudoInverse({
        slateReward: flatAt(file, "inputs", "slate_reward"),
        weight: factoredSlateWeights({
          slotCount: 3,
          slotPropensity: flatAt(file, "inputs", "p_logs"),
          slotProbability: flatAt(file, "inputs", "p_preds"),
        }),
      });
      expectEstimate(terms, numberAt(file, "outputs", "pseudo_inverse"));
      const interval = studentInterval(terms, { distribution: "normal" });
      expectClose(interval.lower, numberAt(file, "outputs", "pseudo_inverse_gaussian", "lower"), 1e-9);
      expectClose(interval.upper, numberAt(file, "outputs", "pseudo_inverse_gaussian", "upper"), 1e-9);
    });

    test("VowpalWabbit: Cressie–Read intervals of each slot, by the weight of the slots up to it", () => {
      const file = golden("vw_slate_200");
      const propensity = flatAt(file, "inputs", "p_logs");
      const probability = flatAt(file, "inputs", "p_preds");
      const rewards = flatAt(file, "inputs", "slot_rewards");
      const weights = new Float64Array(200).fill(1);
      for (let slot = 0; slot < 3; slot++) {
        for (let i = 0; i < 200; i++)
          weights[i] = (weights[i]! * probability[3 * i + slot]!) / propensity[3 * i + slot]!;
        const { value, lower, upper } = cressieReadInterval(
          weights,
          rewards.filter((_, k) => k % 3 === slot),
          { rewardRange: [0, 1] },
        );
        expectClose(value, numberAt(file, "outputs", "ccb_pdis_cressieread", "r", slot), 1e-9);
        expectClose(
          lower,
          numberAt(file, "outputs", "ccb_pdis_cressieread_interval", "r_given_impression", slot, 0),
          1e-9,
        );
        expectClose(
          upper,
          numberAt(file, "outputs", "ccb_pdis_cressieread_interval", "r_given_impression", slot, 1),
          1e-9,
        );
      }
    });
  },
);
