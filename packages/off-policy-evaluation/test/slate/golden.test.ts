import { describe, expect, test } from "vitest";
import {
  cascadeDoublyRobust,
  factoredSlateWeights,
  independentInversePropensity,
  influenceValues,
  pseudoInverse,
  rewardInteractionInversePropensity,
  selfNormalizedIndependentInversePropensity,
  selfNormalizedRewardInteractionInversePropensity,
  selfNormalizedStandardInversePropensity,
  standardInversePropensity,
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
      const influence = influenceValues(terms);
      const variance =
        influence.reduce((sum, value) => sum + value * value, 0) / influence.length / (influence.length - 1);
      const half =
        (numberAt(file, "outputs", "pseudo_inverse_gaussian", "upper") -
          numberAt(file, "outputs", "pseudo_inverse_gaussian", "lower")) /
        2;
      // 1.96 standard errors, to the few per cent by which definitions of the variance differ.
      expect(Math.abs(half / (1.959964 * Math.sqrt(variance)) - 1)).toBeLessThan(0.02);
      expectClose(
        numberAt(file, "outputs", "pseudo_inverse_gaussian", "lower") + half,
        numberAt(file, "outputs", "pseudo_inverse"),
        1e-9,
      );
    });
  },
);
