import { OffPolicyEvaluationError } from "../error.ts";
import type { BanditLog, ModelledBanditLog } from "../log/bandit-log.ts";
import type { EstimatorTerms } from "../terms.ts";
import { clippedInversePropensity } from "./clipped-inverse-propensity.ts";
import { doublyRobust } from "./doubly-robust.ts";
import { meanSquaredErrorScore, type MeanSquaredErrorOptions } from "./mean-squared-error.ts";
import { shrunkDoublyRobust } from "./shrunk-doubly-robust.ts";
import { estimateWidth, slope, type EstimateWidth } from "./slope.ts";
import { subGaussianDoublyRobust } from "./sub-gaussian-doubly-robust.ts";
import { subGaussianInversePropensity } from "./sub-gaussian-inverse-propensity.ts";
import { switchDoublyRobust } from "./switch-doubly-robust.ts";
import {
  clipped,
  shrunk,
  subGaussian,
  switchedOff,
  transformed,
  type WeightTransform,
} from "./weight-transforms.ts";

/** An estimator with one number to choose. */
export interface TunableEstimator<Log extends BanditLog> {
  readonly terms: (log: Log, parameter: number) => EstimatorTerms;
  /** Weight that the estimator uses at a parameter. */
  readonly transform: (parameter: number) => WeightTransform;
  /** What the weights multiply. */
  readonly residual: (log: Log) => Float64Array;
}

const rewards = (log: BanditLog): Float64Array => log.reward;
const modelResiduals = (log: ModelledBanditLog): Float64Array =>
  log.reward.map((reward, i) => reward - log.predictedReward[i]!);

/** Tunable estimators that need propensities alone. */
export const TUNABLE_ESTIMATORS = {
  clippedInversePropensity: {
    terms: (log, maximumWeight) => clippedInversePropensity(log, { maximumWeight }),
    transform: clipped,
    residual: rewards,
  },
  subGaussianInversePropensity: {
    terms: (log, smoothing) => subGaussianInversePropensity(log, { smoothing }),
    transform: subGaussian,
    residual: rewards,
  },
} as const satisfies Record<string, TunableEstimator<BanditLog>>;

/** Tunable estimators that need a reward model. */
export const TUNABLE_MODELLED_ESTIMATORS = {
  doublyRobust: {
    terms: (log, maximumWeight) => doublyRobust(log, { maximumWeight }),
    transform: clipped,
    residual: modelResiduals,
  },
  switchDoublyRobust: {
    terms: (log, threshold) => switchDoublyRobust(log, { threshold }),
    transform: switchedOff,
    residual: modelResiduals,
  },
  shrunkDoublyRobust: {
    terms: (log, shrinkage) => shrunkDoublyRobust(log, { shrinkage }),
    transform: shrunk,
    residual: modelResiduals,
  },
  subGaussianDoublyRobust: {
    terms: (log, smoothing) => subGaussianDoublyRobust(log, { smoothing }),
    transform: subGaussian,
    residual: modelResiduals,
  },
} as const satisfies Record<string, TunableEstimator<ModelledBanditLog>>;

/** One parameter that was tried. */
export interface TriedParameter extends EstimateWidth {
  readonly parameter: number;
  /** What the choice went by: the half-width for SLOPE, the mean squared error otherwise. */
  readonly score: number;
}

/** A parameter chosen for one log and one target policy. */
export interface TunedEstimate {
  readonly parameter: number;
  /** Terms at that parameter. An interval from these leaves out that the parameter was chosen on the same rows. */
  readonly terms: EstimatorTerms;
  /** All that were tried, in the order given. */
  readonly tried: readonly TriedParameter[];
}

/** How a parameter is chosen. */
export type TuningMethod =
  | { readonly kind: "slope"; readonly errorProbability?: number }
  | ({ readonly kind: "mean-squared-error" } & MeanSquaredErrorOptions);

/**
 * Chooses an estimator's parameter for this log and this target policy. A function of its arguments alone: the choice for
 * one policy can't reach another's.
 *
 * @param parameters - to choose from; among equals the first wins (mean squared error), or the last (SLOPE)
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every weight is 0; `BAD_OPTION`
 */
export function tuned<Log extends BanditLog>(
  estimator: TunableEstimator<Log>,
  log: Log,
  options: { readonly parameters: readonly number[]; readonly method: TuningMethod },
): TunedEstimate {
  const { parameters, method } = options;
  if (parameters.length === 0)
    throw new OffPolicyEvaluationError("BAD_OPTION", "parameters is empty: at least one is needed");
  const errorProbability = method.errorProbability ?? 0.1;
  const residual = estimator.residual(log);
  const tried = parameters.map((parameter): TriedParameter => {
    const terms = estimator.terms(log, parameter);
    const width = estimateWidth(terms, errorProbability);
    const score =
      method.kind === "slope"
        ? width.halfWidth
        : meanSquaredErrorScore(
            {
              terms,
              weight: log.weight,
              usedWeight: transformed(log.weight, estimator.transform(parameter)),
              residual,
            },
            method,
          );
    return { parameter, ...width, score };
  });
  const chosen =
    method.kind === "slope"
      ? slope(tried).chosen
      : tried.reduce((best, { score }, i) => (score < tried[best]!.score ? i : best), 0);
  const parameter = parameters[chosen]!;
  return { parameter, terms: estimator.terms(log, parameter), tried };
}
