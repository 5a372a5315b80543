import {
  bootstrapCountsInto,
  deriveKey,
  rootKey,
  sortedQuantile,
  type RandomKey,
} from "@longview/statistics";
import { OffPolicyEvaluationError } from "../error.ts";
import { checkCount } from "../log/checks.ts";
import { columnMeans, estimateValue, type EstimatorTerms } from "../terms.ts";
import { minimizeOnSimplex } from "./simplex-quadratic-program.ts";
import { checkTrajectorySupport } from "./step-columns.ts";
import { sumOfRatiosTerms } from "./sum-of-ratios-terms.ts";
import type { ModelledTrajectoryLog } from "./trajectory-log.ts";
import { weightedDoublyRobustColumns, weightedDoublyRobustParts } from "./weighted-doubly-robust.ts";

/** Options of {@link magic}. */
export interface MagicOptions {
  /**
   * Corrected steps of each estimate in the blend, each from 0 (the direct method) to the horizon (weighted doubly robust),
   * without repeats. @defaultValue every number from 0 to the horizon
   */
  readonly correctedSteps?: readonly number[];
  /** Confidence of the interval that biases are measured against, in (0, 1). @defaultValue 0.9 */
  readonly confidence?: number;
  /** Bootstrap replicates behind that interval. @defaultValue 200 */
  readonly replicates?: number;
  /** Key of the bootstrap. @defaultValue a fixed one */
  readonly key?: RandomKey;
}

/** What {@link magicBlend} found. */
export interface MagicBlend {
  readonly correctedSteps: readonly number[];
  /** Each estimate in the blend. */
  readonly estimates: Float64Array;
  /** Covariance of the estimates, [count · count]. */
  readonly covariance: Float64Array;
  /** How far each estimate is outside the interval of weighted doubly robust. */
  readonly bias: Float64Array;
  /** Weight of each estimate; >= 0, sum 1. */
  readonly weights: Float64Array;
  readonly terms: EstimatorTerms;
}

/**
 * MAGIC: a blend of partly corrected estimates, from the direct method to weighted doubly robust, whose weights x minimise
 * the estimated mean squared error `xᵀ (Ω + b bᵀ) x` over the simplex.
 *
 * Ω is the covariance of the estimates, bⱼ the distance of estimate j from a percentile-bootstrap interval of weighted
 * doubly robust. Consistent, as long as weighted doubly robust or the model is. The terms hold the weights fixed; make
 * them afresh for each policy.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every trajectory's weight is 0; `BAD_OPTION`
 * @see Thomas & Brunskill (2016), "Data-Efficient Off-Policy Policy Evaluation for Reinforcement Learning", section 7
 */
export function magic(log: ModelledTrajectoryLog, options: MagicOptions = {}): EstimatorTerms {
  return magicBlend(log, options).terms;
}

/** {@link magic} with the blend that it chose. */
export function magicBlend(log: ModelledTrajectoryLog, options: MagicOptions = {}): MagicBlend {
  const { confidence = 0.9, replicates = 200, key = deriveKey(rootKey(0), "magic") } = options;
  if (!(confidence > 0 && confidence < 1))
    throw new OffPolicyEvaluationError(
      "BAD_OPTION",
      `confidence is ${confidence}: it must be above 0 and below 1`,
    );
  checkCount("replicates", replicates);
  checkTrajectorySupport("magic", log);
  const correctedSteps =
    options.correctedSteps ?? Array.from({ length: log.horizon + 1 }, (_, steps) => steps);
  checkSteps(correctedSteps, log.horizon);

  const columns = weightedDoublyRobustColumns(log);
  const termsOf = (share: (t: number) => number): EstimatorTerms =>
    sumOfRatiosTerms(columns, weightedDoublyRobustParts(log.discount, log.discountFactor, share));
  const members = correctedSteps.map((steps) => termsOf((t) => (t < steps ? 1 : 0)));
  const means = columnMeans(members[0]!);
  const estimates = Float64Array.from(members, (terms) => terms.value(means));

  const whole = termsOf(() => 1);
  const resampled = resampledValues(whole, replicates, key);
  const centre = estimateValue(whole);
  const low = Math.min(centre, sortedQuantile(resampled, (1 - confidence) / 2));
  const high = Math.max(centre, sortedQuantile(resampled, (1 + confidence) / 2));
  const bias = estimates.map((estimate) => Math.max(low - estimate, estimate - high, 0));

  const covariance = estimateCovariance(log, columns, means, correctedSteps);
  const count = members.length;
  const error = covariance.map((entry, k) => entry + bias[Math.floor(k / count)]! * bias[k % count]!);
  const weights = minimizeOnSimplex(error, new Float64Array(count));
  const terms = termsOf((t) =>
    correctedSteps.reduce((sum, steps, j) => (t < steps ? sum + weights[j]! : sum), 0),
  );
  return { correctedSteps, estimates, covariance, bias, weights, terms };
}

function checkSteps(correctedSteps: readonly number[], horizon: number): void {
  const good = correctedSteps.every((steps) => Number.isSafeInteger(steps) && steps >= 0 && steps <= horizon);
  if (!good || correctedSteps.length === 0 || new Set(correctedSteps).size !== correctedSteps.length)
    throw new OffPolicyEvaluationError(
      "BAD_OPTION",
      `correctedSteps is [${correctedSteps.join(", ")}]: distinct whole numbers from 0 to ${horizon} are needed`,
    );
}

/** Values of bootstrap resamples of whole trajectories, sorted; those that drew no weight at some step are left out. */
function resampledValues(terms: EstimatorTerms, replicates: number, key: RandomKey): Float64Array {
  const width = terms.columns.length;
  const sums = new Float64Array(replicates * width);
  const totals = new Float64Array(replicates);
  const counts = new Uint8Array(replicates);
  const unitCount = terms.columns[0]!.length;
  for (let i = 0; i < unitCount; i++) {
    bootstrapCountsInto(counts, replicates, key, i);
    for (let r = 0; r < replicates; r++) {
      const times = counts[r]!;
      if (times === 0) continue;
      totals[r] = totals[r]! + times;
      for (let k = 0; k < width; k++)
        sums[r * width + k] = sums[r * width + k]! + times * terms.columns[k]![i]!;
    }
  }
  const values: number[] = [];
  for (let r = 0; r < replicates; r++) {
    const value = terms.value(sums.subarray(r * width, (r + 1) * width).map((sum) => sum / totals[r]!));
    if (Number.isFinite(value)) values.push(value);
  }
  if (values.length === 0)
    throw new OffPolicyEvaluationError(
      "NOT_COMPUTABLE",
      `magic: none of ${replicates} resamples of ${unitCount} trajectories has weight at every step`,
    );
  return Float64Array.from(values).sort();
}

/**
 * Covariance of the estimates as the paper has it: `n / (n − 1) Σᵢ (gᵢ − ḡ)(gᵢ − ḡ)ᵀ`, where gᵢ is what trajectory i adds
 * to each estimate, with the weights' means held fixed.
 */
function estimateCovariance(
  log: ModelledTrajectoryLog,
  columns: readonly Float64Array[],
  means: Float64Array,
  correctedSteps: readonly number[],
): Float64Array {
  const n = log.trajectoryCount;
  const count = correctedSteps.length;
  const covariance = new Float64Array(count * count);
  if (n === 1) return covariance;
  const shares = new Float64Array(n * count);
  const averages = new Float64Array(count);
  const partial = new Float64Array(log.horizon + 1);
  for (let i = 0; i < n; i++) {
    partial[0] = columns[3 * log.horizon]![i]! / n;
    for (let t = 0; t < log.horizon; t++) {
      const correction = columns[3 * t]![i]! + log.discountFactor * columns[3 * t + 2]![i]!;
      partial[t + 1] = partial[t]! + (log.discount[t]! * correction) / (means[3 * t + 1]! * n);
    }
    correctedSteps.forEach((steps, j) => {
      shares[i * count + j] = partial[steps]!;
      averages[j] = averages[j]! + partial[steps]! / n;
    });
  }
  for (let j = 0; j < count; j++)
    for (let k = 0; k <= j; k++) {
      let sum = 0;
      for (let i = 0; i < n; i++)
        sum += (shares[i * count + j]! - averages[j]!) * (shares[i * count + k]! - averages[k]!);
      covariance[j * count + k] = covariance[k * count + j] = (sum * n) / (n - 1);
    }
  return covariance;
}
