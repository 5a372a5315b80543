import { normalQuantile } from "@longview/statistics";

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);
const HALF_LOG_TWO_PI_E = 0.5 * Math.log(2 * Math.PI * Math.E);

/**
 * Draws `mean + exp(logStandardDeviation) · z`, one uniform a dimension (inverse normal distribution function).
 *
 * @param out - receives the action; its length is the number of dimensions
 * @param uniforms - in (0, 1), at least one a dimension
 */
export function sampleDiagonalGaussianInto(
  out: Float64Array,
  mean: Readonly<Float64Array>,
  logStandardDeviation: Readonly<Float64Array>,
  uniforms: Readonly<Float64Array>,
): void {
  for (let i = 0; i < out.length; i++) {
    out[i] = mean[i]! + Math.exp(logStandardDeviation[i]!) * normalQuantile(uniforms[i]!);
  }
}

/** Natural log of the density at `action`: Σ −½((a − μ)/σ)² − log σ − ½ log 2π. */
export function diagonalGaussianLogProbability(
  action: Readonly<Float64Array>,
  mean: Readonly<Float64Array>,
  logStandardDeviation: Readonly<Float64Array>,
): number {
  let sum = 0;
  for (let i = 0; i < action.length; i++) {
    const standardised = (action[i]! - mean[i]!) * Math.exp(-logStandardDeviation[i]!);
    sum -= 0.5 * standardised * standardised + logStandardDeviation[i]! + HALF_LOG_TWO_PI;
  }
  return sum;
}

/** Differential entropy in nats: Σ log σ + ½ log 2πe. */
export function diagonalGaussianEntropy(logStandardDeviation: Readonly<Float64Array>): number {
  let sum = 0;
  for (let i = 0; i < logStandardDeviation.length; i++) sum += logStandardDeviation[i]! + HALF_LOG_TWO_PI_E;
  return sum;
}
