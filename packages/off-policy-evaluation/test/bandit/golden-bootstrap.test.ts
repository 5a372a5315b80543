import { describe, expect, test } from "vitest";
import {
  balancedLoggers,
  banditLogFromTables,
  cascadeDoublyRobust,
  clippedInversePropensity,
  directMethod,
  doublyRobust,
  independentInversePropensity,
  inversePropensity,
  kernelizedDoublyRobust,
  kernelizedInversePropensity,
  kernelizedSelfNormalizedInversePropensity,
  KERNELS,
  marginalizedInversePropensity,
  naiveLoggers,
  perDecisionImportanceSampling,
  rewardInteractionInversePropensity,
  selfNormalizedDoublyRobust,
  selfNormalizedIndependentInversePropensity,
  selfNormalizedInversePropensity,
  selfNormalizedMarginalizedInversePropensity,
  selfNormalizedPerDecisionImportanceSampling,
  selfNormalizedRewardInteractionInversePropensity,
  selfNormalizedStandardInversePropensity,
  selfNormalizedTrajectoryImportanceSampling,
  sequentialDirectMethod,
  sequentialDoublyRobust,
  shrunkDoublyRobust,
  standardInversePropensity,
  subGaussianDoublyRobust,
  switchDoublyRobust,
  trajectoryImportanceSampling,
  trajectoryLogFromTables,
  weightedDoublyRobust,
  weightedLoggers,
  type EstimatorTerms,
  type KernelName,
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
import type { Json } from "./golden.ts";
import { read, termsOf } from "./golden-terms.ts";
import { frozenTerms, mersenneTwister, resampledRows, resampledTerms } from "./numpy-bootstrap.ts";

const has = (json: Json, key: string): boolean =>
  typeof json === "object" && json !== null && Object.hasOwn(json, key);

/**
 * Holds our terms against an output: its value; its per-row terms, by their head, their variance and the interval of its exact
 * resampling. Where the estimate is self-normalised the rows are those with the normalisers frozen (its defect): an interval
 * with normalisers resampled must differ.
 */
function compare(
  output: Json,
  terms: EstimatorTerms,
  {
    rows,
    normalisers,
    tolerance = 1e-9,
  }: { rows: Int32Array; normalisers: readonly number[]; tolerance?: number },
): void {
  expectEstimate(terms, numberAt(output, "value"));
  const frozen = frozenTerms(terms, normalisers);
  const [column] = frozen.columns;
  if (has(output, "round_rewards_head")) {
    flatAt(output, "round_rewards_head").forEach((value, i) => expectClose(column![i]!, value, tolerance));
    const mean = column!.reduce((sum, value) => sum + value, 0) / column!.length;
    const variance = column!.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column!.length;
    const expected = numberAt(output, "round_rewards_var_ddof0");
    expectClose(variance, expected, tolerance * Math.max(1, expected));
  }
  const interval = has(output, "bootstrap_ci") ? at(output, "bootstrap_ci") : undefined;
  if (interval === undefined) return;
  const theirs = resampledTerms(frozen, rows);
  for (const key of ["mean", "lower", "upper"] as const)
    expectClose(theirs[key], numberAt(interval, key), tolerance);
  const ours = resampledTerms(terms, rows);
  const distance = Math.max(Math.abs(ours.lower - theirs.lower), Math.abs(ours.upper - theirs.upper));
  if (normalisers.length === 0) expect(distance).toBeLessThanOrEqual(1e-12);
  else expect(distance).toBeGreaterThan(1e-4 * (theirs.upper - theirs.lower));
}

describe.skipIf(!hasGoldens)(
  "the goldens' own bootstrap over our terms (skipped where ../shared is absent)",
  () => {
    const rowsOf = new Map<string, Int32Array>();
    const rows = (count: number, replicates = 1000): Int32Array => {
      const key = `${count} ${replicates}`;
      let found = rowsOf.get(key);
      if (found === undefined) rowsOf.set(key, (found = resampledRows(count, replicates)));
      return found;
    };

    test("the generator is NumPy's: outputs, indices and first replicates", () => {
      const check = at(golden("obp_bandit_200_binary"), "bootstrap_check");
      const next = mersenneTwister(12345);
      for (const expected of flatAt(check, "first5_mt19937_uint32")) expect(next()).toBe(expected);
      expect([...rows(200).subarray(0, 20)]).toEqual([...flatAt(check, "first20_choice_indices")]);
      const [column] = termsOf("ipw", read("obp_bandit_200_binary")).columns;
      flatAt(check, "first5_bootstrap_means_of_ipw_round_rewards").forEach((expected, b) => {
        let sum = 0;
        for (let i = 200 * b; i < 200 * (b + 1); i++) sum += column![rows(200)[i]!]!;
        expectClose(sum / 200, expected, 1e-12);
      });
    });

    test.each(["obp_bandit_200_binary", "obp_bandit_200_continuous_reward_nopos"])(
      "%s: every output",
      (name) => {
        const data = read(name);
        const outputs = Object.entries(at(data.file, "outputs") ?? {});
        expect(outputs).toHaveLength(28);
        for (const [key, output] of outputs) {
          if (Number.isNaN(numberAt(output, "value"))) continue;
          const terms = termsOf(key, data);
          const normalisers = terms.columns.length === 1 ? [] : [terms.columns.length - 1];
          compare(output, terms, { rows: rows(200), normalisers });
        }
      },
    );

    test("obd_men_random_bts_2000: every output", () => {
      const file = golden("obd_men_random_bts_2000");
      const position = integersAt(file, "inputs", "position");
      const byPosition = flatAt(file, "inputs", "action_dist");
      const log = banditLogFromTables({
        reward: flatAt(file, "inputs", "reward"),
        propensity: flatAt(file, "inputs", "pscore"),
        action: integersAt(file, "inputs", "action"),
        actionCount: 34,
        targetProbabilities: Float64Array.from(
          { length: position.length * 34 },
          (_, k) => byPosition[(k % 34) * 3 + position[Math.floor(k / 34)]!]!,
        ),
        predictedRewards: flatAt(file, "inputs", "q_at_position"),
      });
      const ours: Record<string, EstimatorTerms> = {
        ipw: inversePropensity(log),
        ipw_lambda10: clippedInversePropensity(log, { maximumWeight: 10 }),
        snipw: selfNormalizedInversePropensity(log),
        dm: directMethod(log),
        dr: doublyRobust(log),
        dr_lambda10: doublyRobust(log, { maximumWeight: 10 }),
        sndr: selfNormalizedDoublyRobust(log),
        switch_dr_lambda10: switchDoublyRobust(log, { threshold: 10 }),
        dr_os_lambda100: shrunkDoublyRobust(log, { shrinkage: 100 }),
        sg_dr_lambda005: subGaussianDoublyRobust(log, { smoothing: 0.05 }),
      };
      const outputs = Object.entries(at(file, "outputs") ?? {});
      expect(outputs.map(([key]) => key).sort()).toEqual(Object.keys(ours).sort());
      for (const [key, output] of outputs) {
        const normalisers = { snipw: [1], sndr: [2] }[key] ?? [];
        compare(output, ours[key]!, { rows: rows(2000), normalisers });
      }
    });

    test("obp_slate_60x3: every output, resampled by slate", () => {
      const file = golden("obp_slate_60x3");
      const column = (name: string): Float64Array => flatAt(file, "inputs", name);
      const action = integersAt(file, "inputs", "action");
      const table = column("q_hat");
      const target = column("evaluation_policy_action_dist");
      const first = (values: Float64Array): Float64Array => values.filter((_, i) => i % 3 === 0);
      const input = {
        slotCount: 3,
        reward: column("reward"),
        slatePropensity: first(column("pscore")),
        slateProbability: first(column("evaluation_policy_pscore")),
        slotPropensity: column("pscore_item_position"),
        slotProbability: column("evaluation_policy_pscore_item_position"),
        prefixPropensity: column("pscore_cascade"),
        prefixProbability: column("evaluation_policy_pscore_cascade"),
        predictedReward: Float64Array.from(action, (a, i) => table[i * 5 + a]!),
        directValue: Float64Array.from(action, (_, i) =>
          [0, 1, 2, 3, 4].reduce((sum, a) => sum + target[i * 5 + a]! * table[i * 5 + a]!, 0),
        ),
      };
      const ours: Record<string, [EstimatorTerms, readonly number[]]> = {
        sips: [standardInversePropensity(input), []],
        iips: [independentInversePropensity(input), []],
        rips: [rewardInteractionInversePropensity(input), []],
        cascade_dr: [cascadeDoublyRobust(input), []],
        snsips: [selfNormalizedStandardInversePropensity(input), [1]],
        sniips: [selfNormalizedIndependentInversePropensity(input), [3, 4, 5]],
        snrips: [selfNormalizedRewardInteractionInversePropensity(input), [3, 4, 5]],
      };
      const outputs = Object.entries(at(file, "outputs") ?? {});
      expect(outputs.map(([key]) => key).sort()).toEqual(Object.keys(ours).sort());
      for (const [key, output] of outputs) {
        const [terms, normalisers] = ours[key]!;
        compare(output, terms, { rows: rows(60), normalisers });
      }
      const total = input.reward.reduce((sum, reward) => sum + reward, 0);
      expectClose(total / 60, numberAt(file, "on_policy_mean_slate_reward"), 1e-9);
    });

    test("obp_continuous_200: every output", () => {
      const file = golden("obp_continuous_200");
      const input = {
        reward: flatAt(file, "inputs", "reward"),
        action: flatAt(file, "inputs", "action_by_behavior_policy"),
        density: flatAt(file, "inputs", "pscore"),
        targetAction: flatAt(file, "inputs", "action_by_evaluation_policy"),
        predictedReward: flatAt(file, "inputs", "estimated_rewards_by_reg_model"),
      };
      const estimators = {
        kernelized_ipw: kernelizedInversePropensity,
        kernelized_snipw: kernelizedSelfNormalizedInversePropensity,
        kernelized_dr: kernelizedDoublyRobust,
      };
      const isKernel = (name: string): name is KernelName => Object.hasOwn(KERNELS, name);
      const outputs = Object.entries(at(file, "outputs") ?? {});
      expect(outputs).toHaveLength(36);
      for (const [key, output] of outputs) {
        const [name, kernel, bandwidth] = key.split(":");
        const estimator = Object.entries(estimators).find(([found]) => found === name)![1];
        if (!isKernel(kernel!)) throw new Error(`unknown kernel in ${key}`);
        const terms = estimator(input, { kernel, bandwidth: Number(bandwidth) });
        compare(output, terms, { rows: rows(200), normalisers: name === "kernelized_snipw" ? [1] : [] });
      }
    });

    test("obp_multi_200: every output", () => {
      const file = golden("obp_multi_200");
      const action = integersAt(file, "inputs", "action");
      const target = flatAt(file, "inputs", "action_dist");
      const predicted = flatAt(file, "inputs", "estimated_rewards_by_reg_model");
      const model = {
        predictedReward: Float64Array.from(action, (a, i) => predicted[i * 5 + a]!),
        directValue: Float64Array.from(action, (_, i) =>
          [0, 1, 2, 3, 4].reduce((sum, a) => sum + target[i * 5 + a]! * predicted[i * 5 + a]!, 0),
        ),
      };
      const input = {
        reward: flatAt(file, "inputs", "reward"),
        propensity: flatAt(file, "inputs", "pscore"),
        mixturePropensity: flatAt(file, "inputs", "pscore_avg"),
        actionProbability: Float64Array.from(action, (a, i) => target[i * 5 + a]!),
        logger: integersAt(file, "inputs", "stratum_idx"),
        loggerCount: 3,
      };
      let balanced = 0;
      for (const [key, output] of Object.entries(at(file, "outputs") ?? {})) {
        const [, combination, form, setting] = /^(\w+)_(ipw|dr):(.*)$/.exec(key)!;
        if (setting === "estimated_pscore") continue;
        const options = {
          ...(form === "dr" ? { model } : {}),
          ...(setting === "lambda3.0" ? { maximumWeight: 3 } : {}),
        };
        if (combination === "weighted") {
          // Direct and three corrections; the variances that weigh them are estimated anew in a resample of ours.
          const terms = weightedLoggers(input, options);
          compare(output, terms, { rows: rows(200), normalisers: terms.columns.map((_, k) => k).slice(4) });
        } else if (combination === "naive")
          compare(output, naiveLoggers(input, options), { rows: rows(200), normalisers: [] });
        else {
          // Theirs raises a TypeError instead of an interval; ours is one.
          expect(has(output, "bootstrap_ci_error")).toBe(true);
          const terms = balancedLoggers(input, options);
          compare(output, terms, { rows: rows(200), normalisers: [] });
          const { lower, upper } = resampledTerms(terms, rows(200));
          expect(lower).toBeLessThan(numberAt(output, "value"));
          expect(upper).toBeGreaterThan(numberAt(output, "value"));
          balanced++;
        }
      }
      expect(balanced).toBe(4);
    });

    test("obp_embed_200: MIPS and its self-normalised form", () => {
      const file = golden("obp_embed_200");
      const theirs = flatAt(file, "inputs", "p_e_a");
      const input = {
        reward: flatAt(file, "inputs", "reward"),
        embedding: integersAt(file, "inputs", "action_embed"),
        dimensionCount: 3,
        categoryCount: 3,
        actionCount: 6,
        embeddingProbabilities: theirs.map((_, k) => {
          const [a, d, c] = [Math.floor(k / 9), Math.floor(k / 3) % 3, k % 3];
          return theirs[a * 9 + c * 3 + d]!;
        }),
        targetProbabilities: flatAt(file, "inputs", "action_dist"),
        loggingProbabilities: flatAt(file, "inputs", "pi_b"),
      };
      const options = { composition: "product-of-marginals" } as const;
      const output = (name: string): Json => at(file, "outputs", `${name}:true_p_e_a`);
      compare(output("mipw"), marginalizedInversePropensity(input, options), {
        rows: rows(200),
        normalisers: [],
      });
      compare(output("snmipw"), selfNormalizedMarginalizedInversePropensity(input, options), {
        rows: rows(200),
        normalisers: [1],
      });
    });

    test("scope_discrete_40x5_gamma095: the sound estimators, resampled by trajectory", () => {
      const file = golden("scope_discrete_40x5_gamma095");
      const log = trajectoryLogFromTables({
        offset: Int32Array.from({ length: 41 }, (_, i) => 5 * i),
        reward: flatAt(file, "inputs", "reward"),
        propensity: flatAt(file, "inputs", "pscore"),
        discountFactor: 0.95,
        action: integersAt(file, "inputs", "action"),
        actionCount: 3,
        targetProbabilities: flatAt(file, "inputs", "evaluation_policy_action_dist"),
        actionValues: flatAt(file, "inputs", "state_action_value_prediction"),
      });
      const ours: Record<string, [EstimatorTerms, readonly number[]]> = {
        dm: [sequentialDirectMethod(log), []],
        tis: [trajectoryImportanceSampling(log), []],
        pdis: [perDecisionImportanceSampling(log), []],
        dr: [sequentialDoublyRobust(log), []],
        sntis: [selfNormalizedTrajectoryImportanceSampling(log), [1]],
        snpdis: [selfNormalizedPerDecisionImportanceSampling(log), [1, 3, 5, 7, 9]],
        sndr: [weightedDoublyRobust(log), [1, 4, 7, 10, 13]],
      };
      for (const [key, [terms, normalisers]] of Object.entries(ours)) {
        const output = {
          value: at(file, "outputs", key, "value"),
          bootstrap_ci: at(file, "outputs", key, "ci", "bootstrap"),
        };
        // Its normalisers are mean + 1e-10.
        const tolerance = normalisers.length === 0 ? 1e-9 : 1e-8;
        compare(output, terms, { rows: rows(40, 500), normalisers, tolerance });
      }
    });
  },
);
