import { normalCumulative, normalQuantileInPlace } from "@longview/statistics";

/** Numbers of a law in the arrays of {@link writeTruncatedNormal}. */
export const TRUNCATED_NORMAL_SIZE = 4;

/**
 * Writes the law of `mean + deviation · Z`, Z standard normal, given that it lies in `[low, high]`: the mean and deviation
 * before the cut, and the probabilities below `low` and within the bounds.
 */
export function writeTruncatedNormal(
  laws: Float64Array,
  start: number,
  mean: number,
  deviation: number,
  low: number,
  high: number,
): void {
  const below = normalCumulative((low - mean) / deviation);
  laws[start] = mean;
  laws[start + 1] = deviation;
  laws[start + 2] = below;
  laws[start + 3] = normalCumulative((high - mean) / deviation) - below;
}

/** Turns the uniform at `values[index]` into a draw of the law at `laws[start …]`, by inversion. */
export function truncatedNormalInPlace(
  values: Float64Array,
  index: number,
  laws: Float64Array,
  start: number,
): void {
  values[index] = laws[start + 2]! + laws[start + 3]! * values[index]!;
  normalQuantileInPlace(values, index);
  values[index] = laws[start]! + laws[start + 1]! * values[index]!;
}
