import { meanInterval } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import {
  estimateValue,
  loggedReturn,
  magicBlend,
  marginalizedImportanceSampling,
  perDecisionCressieRead,
  perDecisionImportanceSampling,
  returnCumulative,
  returnMean,
  returnQuantile,
  selfNormalizedPerDecisionImportanceSampling,
  selfNormalizedTrajectoryImportanceSampling,
  sequentialDirectMethod,
  sequentialDoublyRobust,
  trajectoryImportanceSampling,
  TrajectoryLog,
  trajectoryLogFromTables,
  weightedDoublyRobust,
  type EstimatorTerms,
  ModelledTrajectoryLog,
} from "../../src/index.ts";
import { minimizeOnSimplex } from "../../src/sequential/simplex-quadratic-program.ts";
import {
  expectClose,
  expectEstimate,
  flatAt,
  golden,
  hasGoldens,
  integersAt,
  numberAt,
  type Json,
} from "../bandit/golden.ts";

const equalLengths = (count: number, length: number): Int32Array =>
  Int32Array.from({ length: count + 1 }, (_, i) => i * length);

describe.skipIf(!hasGoldens)("golden values (need ../shared)", () => {
  const scope = (file: Json): ModelledTrajectoryLog =>
    trajectoryLogFromTables({
      offset: equalLengths(
        numberAt(file, "meta", "n_trajectories"),
        numberAt(file, "meta", "step_per_trajectory"),
      ),
      reward: flatAt(file, "inputs", "reward"),
      propensity: flatAt(file, "inputs", "pscore"),
      discountFactor: numberAt(file, "meta", "gamma"),
      action: integersAt(file, "inputs", "action"),
      actionCount: 3,
      targetProbabilities: flatAt(file, "inputs", "evaluation_policy_action_dist"),
      actionValues: flatAt(file, "inputs", "state_action_value_prediction"),
    });

  const scopeEstimators: Readonly<Record<string, (log: ModelledTrajectoryLog) => EstimatorTerms>> = {
    dm: sequentialDirectMethod,
    tis: trajectoryImportanceSampling,
    pdis: perDecisionImportanceSampling,
    dr: sequentialDoublyRobust,
    sntis: selfNormalizedTrajectoryImportanceSampling,
    snpdis: selfNormalizedPerDecisionImportanceSampling,
    sndr: weightedDoublyRobust,
  };

  test.each(Object.keys(scopeEstimators))("scope_discrete_40x5_gamma095: %s", (name) => {
    const file = golden("scope_discrete_40x5_gamma095");
    expectEstimate(scopeEstimators[name]!(scope(file)), numberAt(file, "outputs", name, "value"));
  });

  test.each([0, 1, 2])(
    "scope_discrete_40x5_gamma095: state-action marginal weights, %i single actions",
    (actionSteps) => {
      const file = golden("scope_discrete_40x5_gamma095");
      const ratio = flatAt(file, "inputs", "state_action_marginal_importance_weight");
      expectEstimate(
        marginalizedImportanceSampling(scope(file), { kind: "state-action", ratio }, { actionSteps }),
        numberAt(file, "outputs", `sam_is:n_step_pdis=${actionSteps}`, "value"),
      );
    },
  );

  test("scope_discrete_40x5_gamma095: the return's distribution is theirs but for their discount from γ¹ on", () => {
    const file = golden("scope_discrete_40x5_gamma095");
    const log = scope(file);
    const { offset, reward, discountFactor } = log;
    const propensity = flatAt(file, "inputs", "pscore");
    const late = new TrajectoryLog({
      offset,
      reward: reward.map((r) => discountFactor * r),
      propensity,
      actionProbability: log.weight.map((w, step) => w * propensity[step]!),
      discountFactor,
    });
    const scale = flatAt(file, "cumulative_distribution", "reward_scale");
    const cumulative = (name: string): Float64Array =>
      flatAt(file, "cumulative_distribution", "results", name, "cdf");
    let moved = 0;
    const least = estimateValue(returnQuantile(late, 1e-9));
    scale.forEach((z, i) => {
      if (z > 0 && z < least) {
        // No return is so small; theirs counts the smallest one here.
        expect(estimateValue(returnCumulative(late, z))).toBe(0);
        expect(cumulative("cdf_sntis")[i]!).toBeGreaterThan(0.03);
        return;
      }
      expectEstimate(returnCumulative(late, z, { selfNormalized: false }), cumulative("cdf_tis")[i]!);
      expectEstimate(returnCumulative(late, z), cumulative("cdf_sntis")[i]!);
      moved = Math.max(
        moved,
        Math.abs(estimateValue(returnCumulative(log, z)) - cumulative("cdf_sntis")[i]!),
      );
    });
    expect(moved).toBeGreaterThan(0.05);
    expectClose(estimateValue(returnMean(late)) / estimateValue(returnMean(log)), discountFactor, 1e-12);
  });

  const cobsPropensity = (file: Json): Float64Array => {
    const table = flatAt(file, "inputs", "base_propensity");
    return Float64Array.from(integersAt(file, "inputs", "actions"), (a, step) => table[step * 3 + a]!);
  };
  const cobs = (file: Json, discountFactor: number): ModelledTrajectoryLog => {
    const action = integersAt(file, "inputs", "actions");
    return trajectoryLogFromTables({
      offset: equalLengths(40, 5),
      reward: flatAt(file, "inputs", "rewards"),
      propensity: cobsPropensity(file),
      discountFactor,
      action,
      actionCount: 3,
      targetProbabilities: flatAt(file, "inputs", "target_propensity"),
      actionValues: flatAt(file, "inputs", "q"),
    });
  };

  test.each([1, 0.95])("cobs_40x5, discount %d", (discountFactor) => {
    const file = golden("cobs_40x5");
    const log = cobs(file, discountFactor);
    const key = discountFactor === 1 ? "gamma1.0" : "gamma0.95";
    const expected = (name: string): number => numberAt(file, "outputs", key, name);
    expectEstimate(loggedReturn(log), expected("naive"));
    expectEstimate(trajectoryImportanceSampling(log), expected("IS"));
    expectEstimate(perDecisionImportanceSampling(log), expected("PDIS"));
    expectEstimate(selfNormalizedTrajectoryImportanceSampling(log), expected("WIS"));
    expectEstimate(selfNormalizedPerDecisionImportanceSampling(log), expected("PDWIS"));
    expectEstimate(sequentialDoublyRobust(log), expected("DR"));
    expectEstimate(weightedDoublyRobust(log), expected("WDR"));
    expectEstimate(sequentialDirectMethod(log), expected("AM"));
    // No trajectory of this log returns 0, so dropping those changes nothing; the second number is over the logged return.
    const [seqDR, relative] = flatAt(file, "outputs", key, "SeqDR");
    expectEstimate(sequentialDoublyRobust(log), seqDR!);
    expectClose(
      estimateValue(sequentialDoublyRobust(log)) / estimateValue(loggedReturn(log)),
      relative!,
      1e-9,
    );
  });

  test("cobs_40x5: MAGIC blends no worse than any single estimate by its own measure", () => {
    const blend = magicBlend(cobs(golden("cobs_40x5"), 1));
    const error = (x: ArrayLike<number>): number => {
      let sum = 0;
      let bias = 0;
      for (let j = 0; j < blend.bias.length; j++) {
        bias += x[j]! * blend.bias[j]!;
        for (let k = 0; k < blend.bias.length; k++)
          sum += x[j]! * x[k]! * blend.covariance[j * blend.bias.length + k]!;
      }
      return sum + bias * bias;
    };
    const least = error(blend.weights);
    blend.estimates.forEach((_, j) => {
      expect(least).toBeLessThanOrEqual(error(blend.estimates.map((_, k) => (k === j ? 1 : 0))) + 1e-15);
    });
  });

  test("cobs_40x5: our program's minimum of that library's own objective is the one its README gives, 2.1574", () => {
    const file = golden("cobs_40x5");
    const log = cobs(file, 1);
    const propensity = cobsPropensity(file);
    const blend = magicBlend(log, { correctedSteps: [0, 2, 3, 4, 5] });
    // Its interval: Student's over weighted doubly robust of 20 pairs of neighbours.
    const pairs = Array.from({ length: 20 }, (_, pair) => {
      const part = (values: Float64Array): Float64Array => values.slice(pair * 10, pair * 10 + 10);
      return estimateValue(
        weightedDoublyRobust(
          new ModelledTrajectoryLog({
            offset: Int32Array.of(0, 5, 10),
            reward: part(log.reward),
            propensity: part(propensity),
            actionProbability: part(log.weight.map((w, step) => w * propensity[step]!)),
            discountFactor: 1,
            actionValue: part(log.actionValue),
            stateValue: part(log.stateValue),
          }),
        ),
      );
    });
    const { interval } = meanInterval(pairs, { confidence: 0.9 });
    const bias = blend.estimates.map((g) => Math.max(interval[0] - g, g - interval[1], 0));
    // Its covariance lacks a factor n, its biases enter squared and not as an outer product.
    const x = minimizeOnSimplex(
      blend.covariance.map((entry) => (2 * entry) / 40),
      bias.map((b) => b * b),
    );
    expectClose(
      x.reduce((sum, share, j) => sum + share * blend.estimates[j]!, 0),
      2.1574,
      5e-5,
    );
  });

  test("vw_slate_200: per-decision Cressie–Read of each slot", () => {
    const file = golden("vw_slate_200");
    const slots = 3;
    const count = 200;
    const rewards = flatAt(file, "inputs", "slot_rewards");
    const log = (reward: Float64Array): TrajectoryLog =>
      new TrajectoryLog({
        offset: equalLengths(count, slots),
        reward,
        propensity: flatAt(file, "inputs", "p_logs"),
        actionProbability: flatAt(file, "inputs", "p_preds"),
        discountFactor: 1,
      });
    let sum = 0;
    for (let slot = 0; slot < slots; slot++) {
      const expected = numberAt(file, "outputs", "ccb_pdis_cressieread", "r", slot);
      const only = rewards.map((reward, k) => (k % slots === slot ? reward : 0));
      expectEstimate(perDecisionCressieRead(log(only)), expected);
      sum += expected;
    }
    expectClose(estimateValue(perDecisionCressieRead(log(rewards))), sum, 1e-9);
  });
});
