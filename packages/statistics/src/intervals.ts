import { uniformsInto } from "./random-draws.ts";
import type { RandomKey } from "./random-key.ts";
import { studentQuantile } from "./student-quantile.ts";

/** Options of {@link meanInterval} and {@link meanUpperBound}. */
export interface IntervalOptions {
  /** Probability that the interval covers the true mean, in (0, 1). @defaultValue 0.95 */
  readonly confidence?: number;
}

/** Options of {@link bootstrapMeanInterval}. */
export interface BootstrapOptions extends IntervalOptions {
  /** Resamples. @defaultValue 2000 */
  readonly replicates?: number;
  /** Decides every resample. */
  readonly key: RandomKey;
}

function checkedConfidence(where: string, options: IntervalOptions): number {
  const { confidence = 0.95 } = options;
  if (!(confidence > 0 && confidence < 1))
    throw new RangeError(`${where}: confidence must be between 0 and 1, got ${confidence}`);
  return confidence;
}

/** Mean and standard error of the mean (denominator n − 1), in two passes. */
function moments(
  where: string,
  values: ArrayLike<number>,
  minimum: number,
): { mean: number; standardError: number } {
  const n = values.length;
  if (n < minimum) throw new RangeError(`${where}: needs at least ${minimum} independent values, got ${n}`);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    if (!Number.isFinite(values[i]))
      throw new RangeError(`${where}: value ${i} must be finite, got ${values[i]}`);
    sum += values[i]!;
  }
  const mean = sum / n;
  let squares = 0;
  let residue = 0;
  for (let i = 0; i < n; i++) {
    const deviation = values[i]! - mean;
    squares += deviation * deviation;
    residue += deviation;
  }
  return { mean, standardError: Math.sqrt(Math.max(0, squares - (residue * residue) / n) / (n - 1) / n) };
}

/**
 * Student t interval of the mean of independent values, such as one return a world: `mean ± t · s / √n`.
 *
 * Exact for normal values; users who share a world are not independent, so pass one value a world.
 *
 * @param values - at least 2, finite
 * @throws RangeError for fewer than 2 values, one that is not finite, or a confidence outside (0, 1)
 * @example
 * meanInterval([1, 2, 3]).mean; // => 2
 */
export function meanInterval(
  values: ArrayLike<number>,
  options: IntervalOptions = {},
): { mean: number; interval: [number, number]; standardError: number } {
  const confidence = checkedConfidence("meanInterval", options);
  const { mean, standardError } = moments("meanInterval", values, 2);
  const half = studentQuantile(0.5 + confidence / 2, values.length - 1) * standardError;
  return { mean, interval: [mean - half, mean + half], standardError };
}

/**
 * One-sided upper confidence bound of the mean of independent values: `mean + t · s / √n`; below it with
 * probability `confidence`. What a cost must stay under is compared with this.
 *
 * @throws RangeError as {@link meanInterval}
 */
export function meanUpperBound(values: ArrayLike<number>, options: IntervalOptions = {}): number {
  const confidence = checkedConfidence("meanUpperBound", options);
  const { mean, standardError } = moments("meanUpperBound", values, 2);
  return mean + studentQuantile(confidence, values.length - 1) * standardError;
}

/**
 * Studentised (bootstrap-t) interval of the mean: resamples whole values, and inverts the quantiles of
 * `(mean* − mean) / standardError*`. Second-order correct for skewed values, where {@link meanInterval} is not.
 *
 * A resample of one value repeated has no standard error and is left out.
 *
 * @param values - at least 4 (fewer have too few distinct resamples), finite, independent: one a world
 * @throws RangeError for fewer than 4 values, one that is not finite, a confidence outside (0, 1), or replicates that
 * cannot reach the quantile (`replicates + 1` must be at least `2 / (1 − confidence)`)
 * @see Efron & Tibshirani (1993), "An Introduction to the Bootstrap", section 12.5
 */
export function bootstrapMeanInterval(
  values: ArrayLike<number>,
  options: BootstrapOptions,
): { mean: number; interval: [number, number] } {
  const confidence = checkedConfidence("bootstrapMeanInterval", options);
  const { replicates = 2000, key } = options;
  if (!Number.isSafeInteger(replicates) || replicates + 1 < 2 / (1 - confidence))
    throw new RangeError(
      `bootstrapMeanInterval: replicates must be a whole number >= ${Math.ceil(2 / (1 - confidence)) - 1} at confidence ${confidence}, got ${replicates}`,
    );
  const { mean, standardError } = moments("bootstrapMeanInterval", values, 4);
  const n = values.length;
  if (standardError === 0) return { mean, interval: [mean, mean] };
  const uniforms = new Float64Array(n);
  const ratios = new Float64Array(replicates);
  let count = 0;
  for (let b = 0; b < replicates; b++) {
    uniformsInto(uniforms, 0, n, key.first, key.second, b, 0);
    // Deviations from the mean keep the one-pass sum of squares from cancelling.
    let sum = 0;
    let squares = 0;
    let constant = true;
    const first = Math.floor(uniforms[0]! * n);
    for (let i = 0; i < n; i++) {
      const drawn = Math.floor(uniforms[i]! * n);
      const deviation = values[drawn]! - mean;
      if (constant && values[drawn] !== values[first]) constant = false;
      sum += deviation;
      squares += deviation * deviation;
    }
    if (constant) continue;
    const variance = (squares - (sum * sum) / n) / (n - 1);
    if (variance > 0) ratios[count++] = sum / n / Math.sqrt(variance / n);
  }
  const sorted = ratios.subarray(0, count).sort();
  const tail = (1 - confidence) / 2;
  const rank = Math.max(1, Math.floor((count + 1) * tail + 1e-9));
  const low = sorted[rank - 1]!;
  const high = sorted[count - rank]!;
  return { mean, interval: [mean - high * standardError, mean - low * standardError] };
}
