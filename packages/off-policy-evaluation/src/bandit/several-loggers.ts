import { checkCount, checkIndices, checkLength, checkPropensities } from "../log/checks.ts";
import type { NumberTable } from "../log/checks.ts";
import {
  BanditLog,
  type BanditLogInput,
  ModelledBanditLog,
  type ModelledBanditLogInput,
} from "../log/bandit-log.ts";

/** A log written by several policies: `propensity` is that of the logger of the row. */
export interface SeveralLoggersInput extends BanditLogInput {
  /** Which policy logged the row, in [0, loggerCount). */
  readonly logger: Int32Array;
  readonly loggerCount: number;
}

/** A log of several policies, balanced: with the probability of the logged action under their mixture. */
export interface BalancedLoggersInput extends BanditLogInput {
  /** Σₖ (nₖ / n) μₖ(aᵢ|xᵢ), in (0, 1]; see {@link mixturePropensities}. */
  readonly mixturePropensity: Float64Array;
}

/** Reward model's columns, for the doubly robust forms. */
export type ModelColumnsInput = Pick<ModelledBanditLogInput, "directValue" | "predictedReward">;

/** Options of the estimators over several loggers. */
export interface SeveralLoggersOptions {
  /** Largest weight λ, in [0, ∞]. @defaultValue Infinity */
  readonly maximumWeight?: number;
  /** With it the estimate is doubly robust. */
  readonly model?: ModelColumnsInput;
}

/** A row's direct term (0 without a model) and weighted residual. */
export interface DirectAndCorrection {
  readonly direct: Float64Array;
  readonly correction: Float64Array;
  readonly weight: Float64Array;
}

/** Direct terms and corrections of a checked log under a propensity of choice. */
export function directAndCorrection(
  input: BanditLogInput,
  options: SeveralLoggersOptions,
  transform: (weight: number) => number,
): DirectAndCorrection {
  const { model } = options;
  const log = model ? new ModelledBanditLog({ ...input, ...model }) : new BanditLog(input);
  const correction = new Float64Array(log.rowCount);
  for (let i = 0; i < correction.length; i++)
    correction[i] = transform(log.weight[i]!) * (log.reward[i]! - (model ? model.predictedReward[i]! : 0));
  return { direct: model?.directValue ?? new Float64Array(log.rowCount), correction, weight: log.weight };
}

/** @throws OffPolicyEvaluationError when loggers are not whole numbers in [0, loggerCount), one a row */
export function checkLoggers(input: SeveralLoggersInput): void {
  checkCount("loggerCount", input.loggerCount);
  checkLength("logger", input.logger, input.reward.length, "one a reward");
  checkIndices("logger", input.logger, input.loggerCount);
}

/**
 * The logged action's probability under the mixture of the loggers, each as often as it logged.
 *
 * @param input.propensityByLogger - μₖ(aᵢ|xᵢ), [rows · loggerCount]: what each logger would have given the action
 * @throws OffPolicyEvaluationError `BAD_LENGTH`, or `BAD_VALUE` where no logger that takes part could take the action
 */
export function mixturePropensities(input: {
  readonly logger: Int32Array;
  readonly loggerCount: number;
  readonly propensityByLogger: NumberTable;
}): Float64Array {
  const { logger, loggerCount, propensityByLogger } = input;
  checkCount("loggerCount", loggerCount);
  checkIndices("logger", logger, loggerCount);
  checkLength("propensityByLogger", propensityByLogger, logger.length * loggerCount, "rows · loggerCount");
  const share = new Float64Array(loggerCount);
  for (const k of logger) share[k] = share[k]! + 1 / logger.length;
  const mixture = new Float64Array(logger.length);
  for (let i = 0; i < mixture.length; i++) {
    for (let k = 0; k < loggerCount; k++)
      mixture[i] = mixture[i]! + share[k]! * propensityByLogger[i * loggerCount + k]!;
    // Shares that sum to 1 may do so up to rounding.
    if (mixture[i]! > 1 && mixture[i]! < 1 + 1e-9) mixture[i] = 1;
  }
  checkPropensities("mixturePropensity", mixture);
  return mixture;
}
