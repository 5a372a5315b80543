import { checkOption } from "../log/checks.ts";

/** Maps an importance weight (>= 0, finite) to the weight that an estimator uses: never NaN, for any weight. */
export type WeightTransform = (weight: number) => number;

/** `min(w, λ)`, λ in [0, ∞]; ∞ keeps every weight. */
export function clipped(maximumWeight: number): WeightTransform {
  checkOption("maximumWeight", maximumWeight, 0, Infinity);
  return (weight) => (weight < maximumWeight ? weight : maximumWeight);
}

/** `w` where `w <= λ`, else 0; λ in [0, ∞]: 0 leaves the model alone, ∞ keeps every weight. */
export function switchedOff(threshold: number): WeightTransform {
  checkOption("threshold", threshold, 0, Infinity);
  return (weight) => (weight <= threshold ? weight : 0);
}

/** `λw / (w² + λ)`, λ in [0, ∞]: its limits are 0 at λ = 0 (also for `w = 0`) and `w` at ∞. */
export function shrunk(shrinkage: number): WeightTransform {
  checkOption("shrinkage", shrinkage, 0, Infinity);
  if (shrinkage === 0) return () => 0;
  // w / (w²/λ + 1): the same, and right for λ = ∞; w · (w/λ) does not overflow before the weight itself is lost.
  return (weight) => weight / (weight * (weight / shrinkage) + 1);
}

/** `w / (1 − λ + λw)`, λ in [0, 1]: `w` at 0; at 1 its limit, 1 where `w > 0` and 0 where `w = 0`. */
export function subGaussian(smoothing: number): WeightTransform {
  checkOption("smoothing", smoothing, 0, 1);
  if (smoothing === 1) return (weight) => (weight > 0 ? 1 : 0);
  return (weight) => weight / (1 - smoothing + smoothing * weight);
}

/** Weights after the transform. */
export function transformed(weight: Float64Array, transform: WeightTransform): Float64Array {
  return weight.map((value) => transform(value));
}
