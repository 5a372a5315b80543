import type { RandomKey } from "@longview/statistics";
import type { Calibration } from "../diagnostics/calibration.ts";
import { OffPolicyEvaluationError } from "../error.ts";
import { checkFinite, checkLength, checkWeights } from "../log/checks.ts";
import type { CheckedRows, ModelRows } from "./model-rows.ts";

/**
 * `"linear"`: ridge. `"logistic"`: for rewards in [0, 1]. `"mlp"`: a small network, with a sigmoid at its end where rewards
 * are all 0 or 1.
 */
export type RewardModelKind = "linear" | "logistic" | "mlp";

/** Logged decisions with their rewards. */
export interface RewardRows extends ModelRows {
  /** Observed reward of each row; finite. */
  readonly reward: Float64Array;
}

/** How a network is trained. */
export interface NetworkOptions {
  /** Units of each hidden layer. @defaultValue [64, 32] */
  readonly hidden?: readonly number[];
  /** Most passes over the rows; how many are taken is chosen on a part held back. @defaultValue 2 million rows' worth, 4 to 60 */
  readonly epochs?: number;
  /** Adam's step size. @defaultValue 0.003 */
  readonly learningRate?: number;
}

/** Options of `crossFitRewardModel`. */
export interface RewardModelOptions {
  /** @defaultValue "auto": "logistic" where every reward is 0 or 1, else "linear" */
  readonly kind?: RewardModelKind | "auto";
  /** Parts that units are dealt into, at least 2. @defaultValue 3 */
  readonly folds?: number;
  /** Decides the folds, and a network's start and minibatches. */
  readonly key: RandomKey;
  /** Weight of each row in the fit, >= 0: `moreRobustWeights` for MRDR. @defaultValue all 1 */
  readonly weights?: Float64Array;
  /**
   * Strengths tried, in rows: an action's effect is shrunk by rows / (rows + penalty).
   * @defaultValue 0.1 to 10,000 in steps of ten; for "mlp" 1 and 100
   */
  readonly penalties?: readonly number[];
  /** About how many rows of each log decide a logistic model's penalty. @defaultValue 100,000 */
  readonly tuningRows?: number;
  /** For "mlp" only. */
  readonly network?: NetworkOptions;
}

/** A reward model of which each row was predicted by a part that never saw the row's unit. */
export interface CrossFittedRewardModel {
  readonly kind: RewardModelKind;
  readonly rowCount: number;
  readonly actionCount: number;
  /** Fold of each row. */
  readonly fold: Int32Array;
  /** q(xᵢ, aᵢ) of each row. */
  readonly predictedReward: Float64Array;
  /**
   * Writes q(xᵢ, a) of rows `firstRow` to `firstRow + count − 1`, row-major [count, actionCount]. At once for "linear" and
   * "logistic".
   *
   * @throws OffPolicyEvaluationError `BAD_OPTION` for rows that are not there, `BAD_LENGTH` for too short an `out`
   */
  predictInto(out: Float64Array, firstRow: number, count: number): void | Promise<void>;
  /** Predicted against observed reward of the logged actions, out of fold. */
  readonly calibration: Calibration;
  /** Penalty of each fold's model, chosen without the fold. */
  readonly chosenPenalty: readonly number[];
}

/** Refuses rewards and weights that do not fit the rows. */
export function checkRewards(
  rows: CheckedRows,
  reward: Float64Array,
  weights: Float64Array | undefined,
): void {
  checkLength("reward", reward, rows.rowCount, "one a row");
  checkFinite("reward", reward);
  if (weights === undefined) return;
  checkLength("weights", weights, rows.rowCount, "one a row");
  checkWeights("weights", weights);
}

/** @throws OffPolicyEvaluationError `BAD_OPTION`, `BAD_LENGTH` */
export function checkPiece(
  model: { readonly rowCount: number; readonly actionCount: number },
  out: Float64Array,
  { firstRow, count }: { readonly firstRow: number; readonly count: number },
): void {
  if (!(
    Number.isSafeInteger(firstRow) &&
    Number.isSafeInteger(count) &&
    firstRow >= 0 &&
    count >= 0 &&
    firstRow + count <= model.rowCount
  ))
    throw new OffPolicyEvaluationError(
      "BAD_OPTION",
      `firstRow is ${firstRow} and count ${count}: they must be whole numbers within the ${model.rowCount} rows`,
    );
  if (out.length < count * model.actionCount)
    throw new OffPolicyEvaluationError(
      "BAD_LENGTH",
      `out has ${out.length} entries: ${count * model.actionCount} are needed (rows · actions)`,
    );
}
