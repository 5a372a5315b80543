import {
  checkCount,
  checkDistributions,
  checkFinite,
  checkIndices,
  checkLength,
  checkProbabilities,
  checkPropensities,
  checkRows,
  PROBABILITY_TOLERANCE,
  weightsOf,
  type NumberTable,
} from "./checks.ts";

/** What a bandit log holds, row by row: one entry a decision, all arrays of the same length. */
export interface BanditLogInput {
  /** Observed reward; any finite number. */
  readonly reward: Float64Array;
  /** Logging policy's probability of the logged action, in (0, 1]. */
  readonly propensity: Float64Array;
  /** Target policy's probability of the logged action, in [0, 1]. */
  readonly actionProbability: Float64Array;
}

/** A bandit log with what a reward model says of each row. */
export interface ModelledBanditLogInput extends BanditLogInput {
  /** Model's expected reward of the target policy: Σₐ π(a|x) q(x, a); finite. */
  readonly directValue: Float64Array;
  /** Model's expected reward of the logged action: q(x, aᵢ); finite. */
  readonly predictedReward: Float64Array;
}

/**
 * Logged decisions and the target policy's probability of each: checked once, when made, so that estimators run
 * without checks. The arrays are kept, not copied: do not write to them afterwards.
 *
 * @throws OffPolicyEvaluationError `EMPTY`, `BAD_LENGTH`, or `BAD_VALUE` naming the first bad row
 * @example
 * const log = new BanditLog({
 *   reward: Float64Array.of(1, 0),
 *   propensity: Float64Array.of(0.5, 0.25),
 *   actionProbability: Float64Array.of(0.25, 0.75),
 * });
 * log.weight; // => [0.5, 3]
 */
export class BanditLog {
  /** Observed reward of each decision. */
  readonly reward: Float64Array;
  /** Logging policy's probability of each logged action. */
  readonly propensity: Float64Array;
  /** Target policy's probability of each logged action. */
  readonly actionProbability: Float64Array;
  /** Importance weight `actionProbability / propensity`. */
  readonly weight: Float64Array;
  // A private field makes the class nominal: a plain object that nobody checked does not pass for a log.
  readonly #rowCount: number;

  constructor(input: BanditLogInput) {
    const { reward, propensity, actionProbability } = input;
    this.#rowCount = reward.length;
    checkRows("log", this.#rowCount);
    checkLength("propensity", propensity, this.#rowCount, "one a reward");
    checkLength("actionProbability", actionProbability, this.#rowCount, "one a reward");
    checkFinite("reward", reward);
    checkPropensities("propensity", propensity);
    checkProbabilities("actionProbability", actionProbability);
    this.reward = reward;
    this.propensity = propensity;
    this.actionProbability = actionProbability;
    this.weight = weightsOf("propensity", actionProbability, propensity);
  }

  /** Decisions. */
  get rowCount(): number {
    return this.#rowCount;
  }
}

/**
 * A {@link BanditLog} with a reward model's values.
 *
 * The n·A tables of probabilities and predictions enter only as their row sums (see {@link modelColumnsInto}), so a
 * caller may go through them in pieces and never hold them whole.
 *
 * @throws OffPolicyEvaluationError as {@link BanditLog}
 */
export class ModelledBanditLog extends BanditLog {
  /** Model's expected reward of the target policy in each context. */
  readonly directValue: Float64Array;
  /** Model's expected reward of each logged action. */
  readonly predictedReward: Float64Array;
  readonly #modelled = true;

  constructor(input: ModelledBanditLogInput) {
    super(input);
    checkLength("directValue", input.directValue, this.rowCount, "one a reward");
    checkLength("predictedReward", input.predictedReward, this.rowCount, "one a reward");
    checkFinite("directValue", input.directValue);
    checkFinite("predictedReward", input.predictedReward);
    this.directValue = input.directValue;
    this.predictedReward = input.predictedReward;
  }

  /** Whether the log carries a reward model: always. */
  get modelled(): boolean {
    return this.#modelled;
  }
}

/** The target policy's whole distribution and a reward model's predictions, row-major over actions. */
export interface ActionTables {
  /** Logged action of each row, in [0, actionCount). */
  readonly action: Int32Array;
  /** Actions in one row of the tables. */
  readonly actionCount: number;
  /** π(a|x), [rows · actionCount]: each row >= 0 and summing to 1 within 1e-6. */
  readonly targetProbabilities: NumberTable;
  /** q(x, a), [rows · actionCount]; finite. */
  readonly predictedRewards: NumberTable;
}

/** Where {@link modelColumnsInto} writes: one entry a row of the log. */
export interface ModelColumns {
  readonly actionProbability: Float64Array;
  readonly directValue: Float64Array;
  readonly predictedReward: Float64Array;
}

/**
 * Reduces a piece of the tables to the columns that estimators need, writing rows `firstRow, firstRow + 1, …` of `out`:
 * the target's probability and the prediction of the logged action, and `Σₐ π q / Σₐ π`.
 *
 * @throws OffPolicyEvaluationError `BAD_LENGTH`, or `BAD_VALUE` naming the first bad row of the piece
 */
export function modelColumnsInto(out: ModelColumns, tables: ActionTables, firstRow: number): void {
  const { action, actionCount, targetProbabilities, predictedRewards } = tables;
  checkCount("actionCount", actionCount);
  const rowCount = action.length;
  checkLength("targetProbabilities", targetProbabilities, rowCount * actionCount, "rows · actionCount");
  checkLength("predictedRewards", predictedRewards, rowCount * actionCount, "rows · actionCount");
  checkIndices("action", action, actionCount);
  for (let i = 0; i < rowCount; i++) {
    const start = i * actionCount;
    const end = start + actionCount;
    let probability = 0;
    let value = 0;
    let negative = false;
    for (let k = start; k < end; k++) {
      const p = targetProbabilities[k]!;
      if (p < 0) negative = true;
      probability += p;
      value += p * predictedRewards[k]!;
    }
    // One pass decides; what is wrong, and where, is looked for only when something is. A NaN shows in a sum.
    if (negative || !(Math.abs(probability - 1) <= PROBABILITY_TOLERANCE) || !Number.isFinite(value)) {
      checkDistributions("targetProbabilities", targetProbabilities, actionCount);
      checkFinite("predictedRewards", predictedRewards);
    }
    const logged = start + action[i]!;
    out.actionProbability[firstRow + i] = targetProbabilities[logged]!;
    out.directValue[firstRow + i] = value / probability;
    out.predictedReward[firstRow + i] = predictedRewards[logged]!;
  }
}

/** A logged bandit with the whole tables in memory. */
export interface TabledBanditInput extends ActionTables {
  /** Observed reward; any finite number. */
  readonly reward: Float64Array;
  /** Logging policy's probability of the logged action, in (0, 1]. */
  readonly propensity: Float64Array;
}

/**
 * A {@link ModelledBanditLog} from whole tables.
 *
 * @throws OffPolicyEvaluationError as {@link BanditLog} and {@link modelColumnsInto}
 */
export function banditLogFromTables(input: TabledBanditInput): ModelledBanditLog {
  const rowCount = input.reward.length;
  checkRows("log", rowCount);
  checkLength("action", input.action, rowCount, "one a reward");
  const columns = {
    actionProbability: new Float64Array(rowCount),
    directValue: new Float64Array(rowCount),
    predictedReward: new Float64Array(rowCount),
  };
  modelColumnsInto(columns, input, 0);
  return new ModelledBanditLog({ reward: input.reward, propensity: input.propensity, ...columns });
}
