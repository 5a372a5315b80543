import { OffPolicyEvaluationError } from "../error.ts";
import { modelColumnsInto } from "../log/bandit-log.ts";
import {
  checkFinite,
  checkLength,
  checkOption,
  checkProbabilities,
  checkPropensities,
  checkRows,
  weightsOf,
  type NumberTable,
} from "../log/checks.ts";

/** Trajectories of any lengths, end to end. Arrays of steps have one entry a decision, all of the same length. */
export interface TrajectoryLogInput {
  /** Where each trajectory begins, and the number of steps at the end: [trajectories + 1], from 0, each at least one more. */
  readonly offset: Int32Array;
  /** Reward of each step; any finite number. */
  readonly reward: Float64Array;
  /** Logging policy's probability of each logged action, in (0, 1]. */
  readonly propensity: Float64Array;
  /** Target policy's probability of each logged action, in [0, 1]. */
  readonly actionProbability: Float64Array;
  /** Weight of the next step's reward against this one's, in [0, 1]; a trajectory's first reward counts in full. */
  readonly discountFactor: number;
}

/**
 * Trajectories and the target policy's probability of each logged action: checked once, when made, so that estimators run
 * without checks. The arrays are kept, not copied: do not write to them afterwards.
 *
 * The value that is estimated is the target policy's expected discounted return over as many steps as were logged. A
 * trajectory that ended stays, in an absorbing state without rewards, where both policies do the same: its weight is
 * carried on. That is what makes weights sum rightly where lengths differ.
 *
 * @throws OffPolicyEvaluationError `EMPTY`, `BAD_LENGTH`, `BAD_OPTION`, or `BAD_VALUE` naming the first bad entry
 * @example
 * const log = new TrajectoryLog({
 *   offset: Int32Array.of(0, 2, 3),
 *   reward: Float64Array.of(1, 0, 2),
 *   propensity: Float64Array.of(0.5, 0.5, 0.25),
 *   actionProbability: Float64Array.of(0.25, 1, 0.75),
 *   discountFactor: 0.9,
 * });
 * log.cumulativeWeight; // => [0.5, 1, 3]
 */
export class TrajectoryLog {
  readonly offset: Int32Array;
  readonly reward: Float64Array;
  /** Ratio of the two probabilities of each logged action. */
  readonly weight: Float64Array;
  /** Product of the ratios of a trajectory's steps up to and including this one. */
  readonly cumulativeWeight: Float64Array;
  /** Discount of each step: `discountFactor ** t`, [horizon]. */
  readonly discount: Float64Array;
  readonly discountFactor: number;
  // A private field makes the class nominal: a plain object that nobody checked does not pass for a log.
  readonly #horizon: number;

  constructor(input: TrajectoryLogInput) {
    const { offset, reward, propensity, actionProbability, discountFactor } = input;
    const stepCount = reward.length;
    checkRows("log", stepCount);
    checkLength("propensity", propensity, stepCount, "one a reward");
    checkLength("actionProbability", actionProbability, stepCount, "one a reward");
    this.#horizon = checkedHorizon(offset, stepCount);
    checkFinite("reward", reward);
    checkPropensities("propensity", propensity);
    checkProbabilities("actionProbability", actionProbability);
    checkOption("discountFactor", discountFactor, 0, 1);
    this.offset = offset;
    this.reward = reward;
    this.discountFactor = discountFactor;
    this.discount = Float64Array.from({ length: this.#horizon }, (_, t) => discountFactor ** t);
    this.weight = weightsOf("propensity", actionProbability, propensity);
    this.cumulativeWeight = cumulativeProducts(offset, this.weight);
  }

  /** Trajectories. */
  get trajectoryCount(): number {
    return this.offset.length - 1;
  }

  /** Steps of all trajectories. */
  get stepCount(): number {
    return this.reward.length;
  }

  /** Steps of the longest trajectory. */
  get horizon(): number {
    return this.#horizon;
  }
}

/** Trajectories with what a model of values says of each step. */
export interface ModelledTrajectoryLogInput extends TrajectoryLogInput {
  /** Model's Q(sₜ, aₜ) of the logged action under the target policy, discounted from this step on; finite. */
  readonly actionValue: Float64Array;
  /** Model's V(sₜ) = Σₐ π(a|sₜ) Q(sₜ, a); finite. */
  readonly stateValue: Float64Array;
  /**
   * Model's V of the state after each trajectory's last step, [trajectories]; finite. Give it where trajectories were cut
   * off and the value of what would have followed is part of the question. @defaultValue 0 everywhere
   */
  readonly finalStateValue?: Float64Array;
}

/**
 * A {@link TrajectoryLog} with a model's values.
 *
 * @throws OffPolicyEvaluationError as {@link TrajectoryLog}
 */
export class ModelledTrajectoryLog extends TrajectoryLog {
  readonly actionValue: Float64Array;
  readonly stateValue: Float64Array;
  readonly finalStateValue: Float64Array;
  readonly #modelled = true;

  constructor(input: ModelledTrajectoryLogInput) {
    super(input);
    const finalStateValue = input.finalStateValue ?? new Float64Array(this.trajectoryCount);
    checkLength("actionValue", input.actionValue, this.stepCount, "one a reward");
    checkLength("stateValue", input.stateValue, this.stepCount, "one a reward");
    checkLength("finalStateValue", finalStateValue, this.trajectoryCount, "one a trajectory");
    checkFinite("actionValue", input.actionValue);
    checkFinite("stateValue", input.stateValue);
    checkFinite("finalStateValue", finalStateValue);
    this.actionValue = input.actionValue;
    this.stateValue = input.stateValue;
    this.finalStateValue = finalStateValue;
  }

  /** Whether the log carries a model: always. */
  get modelled(): boolean {
    return this.#modelled;
  }

  /** Model's value of the state after `step` of `trajectory`: its final state's after the last step. */
  nextStateValue(trajectory: number, step: number): number {
    return step + 1 < this.offset[trajectory + 1]!
      ? this.stateValue[step + 1]!
      : this.finalStateValue[trajectory]!;
  }
}

/** Trajectories with the target policy's whole distribution and a model's values of every action at each step. */
export interface TabledTrajectoryInput {
  readonly offset: Int32Array;
  readonly reward: Float64Array;
  readonly propensity: Float64Array;
  readonly discountFactor: number;
  /** Logged action of each step, in [0, actionCount). */
  readonly action: Int32Array;
  readonly actionCount: number;
  /** π(a|sₜ), [steps · actionCount]: each row >= 0 and summing to 1 within 1e-6. */
  readonly targetProbabilities: NumberTable;
  /** Q(sₜ, a), [steps · actionCount]; finite. */
  readonly actionValues: NumberTable;
  readonly finalStateValue?: Float64Array;
}

/**
 * A {@link ModelledTrajectoryLog} from whole tables.
 *
 * @throws OffPolicyEvaluationError as {@link TrajectoryLog}
 */
export function trajectoryLogFromTables(input: TabledTrajectoryInput): ModelledTrajectoryLog {
  const stepCount = input.reward.length;
  checkRows("log", stepCount);
  checkLength("action", input.action, stepCount, "one a reward");
  const columns = {
    actionProbability: new Float64Array(stepCount),
    directValue: new Float64Array(stepCount),
    predictedReward: new Float64Array(stepCount),
  };
  modelColumnsInto(columns, { ...input, predictedRewards: input.actionValues }, 0);
  const { offset, reward, propensity, discountFactor, finalStateValue } = input;
  return new ModelledTrajectoryLog({
    offset,
    reward,
    propensity,
    discountFactor,
    actionProbability: columns.actionProbability,
    stateValue: columns.directValue,
    actionValue: columns.predictedReward,
    ...(finalStateValue === undefined ? {} : { finalStateValue }),
  });
}

function checkedHorizon(offset: Int32Array, stepCount: number): number {
  if (offset.length < 2)
    throw new OffPolicyEvaluationError("EMPTY", "offset has no trajectory: at least 2 entries are needed");
  if (offset[0] !== 0)
    throw new OffPolicyEvaluationError(
      "BAD_VALUE",
      `offset[0] is ${offset[0]}: the first trajectory begins at 0`,
    );
  let horizon = 0;
  for (let i = 1; i < offset.length; i++) {
    const length = offset[i]! - offset[i - 1]!;
    if (length < 1)
      throw new OffPolicyEvaluationError(
        "BAD_VALUE",
        `offset[${i}] is ${offset[i]} after ${offset[i - 1]}: every trajectory has at least one step`,
      );
    horizon = Math.max(horizon, length);
  }
  if (offset[offset.length - 1] !== stepCount)
    throw new OffPolicyEvaluationError(
      "BAD_LENGTH",
      `offset ends at ${offset[offset.length - 1]}: it must end at the number of steps, ${stepCount}`,
    );
  return horizon;
}

function cumulativeProducts(offset: Int32Array, weight: Float64Array): Float64Array {
  const out = new Float64Array(weight.length);
  for (let i = 0; i + 1 < offset.length; i++) {
    let product = 1;
    for (let step = offset[i]!; step < offset[i + 1]!; step++) {
      product *= weight[step]!;
      if (product === Infinity)
        throw new OffPolicyEvaluationError(
          "BAD_VALUE",
          `weights of trajectory ${i} overflow at its step ${step - offset[i]!}: their product must be finite`,
        );
      out[step] = product;
    }
  }
  return out;
}
