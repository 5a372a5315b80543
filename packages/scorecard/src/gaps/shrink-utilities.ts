/** Estimates after shrinkage. */
export interface ShrunkMeans {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  /** Variance between cells of one family, beyond their errors. */
  readonly withinFamilies: number;
  /** Variance between families. */
  readonly betweenFamilies: number;
}

/**
 * Empirical-Bayes shrinkage of noisy means in two levels: cells towards the mean of their family (a topic), families towards the
 * mean of all.
 *
 * `x_c ~ N(θ_c, s_c²)`, `θ_c ~ N(μ_f, τ²)`, `μ_f ~ N(μ, ω²)`; τ² and ω² by moments (DerSimonian–Laird, pooled over families).
 * Then with `B = s²/(s² + τ²)`: `E θ = (1 − B) x + B μ̂_f`, `Var θ = (1 − B) s² + B² Var μ̂_f`.
 *
 * @param estimates - x_c, finite
 * @param standardErrors - s_c, finite and ≥ 0; those below a millionth of the largest estimate are taken for it
 * @param families - family of each cell, from 0
 * @see DerSimonian & Laird (1986); Morris (1983), "Parametric Empirical Bayes Inference"
 */
export function shrinkMeans(
  estimates: ArrayLike<number>,
  standardErrors: ArrayLike<number>,
  families: ArrayLike<number>,
): ShrunkMeans {
  const count = estimates.length;
  let largest = 0;
  let familyCount = 0;
  for (let k = 0; k < count; k++) {
    largest = Math.max(largest, Math.abs(estimates[k]!));
    familyCount = Math.max(familyCount, families[k]! + 1);
  }
  const floor = (1e-6 * largest) ** 2 || Number.MIN_VALUE;
  const errors = Float64Array.from({ length: count }, (_, k) => Math.max(standardErrors[k]! ** 2, floor));
  const withinFamilies = varianceBetween(estimates, errors, families, familyCount);

  const precision = new Float64Array(familyCount);
  const center = new Float64Array(familyCount);
  for (let k = 0; k < count; k++) {
    const weight = 1 / (errors[k]! + withinFamilies);
    precision[families[k]!] = precision[families[k]!]! + weight;
    center[families[k]!] = center[families[k]!]! + weight * estimates[k]!;
  }
  const present = Array.from(precision.keys()).filter((family) => precision[family]! > 0);
  const familyMeans = Float64Array.from(present, (family) => center[family]! / precision[family]!);
  const familyErrors = Float64Array.from(present, (family) => 1 / precision[family]!);
  const betweenFamilies = varianceBetween(familyMeans, familyErrors, new Int32Array(present.length), 1);
  const familyMean = new Float64Array(familyCount);
  const familyVariance = new Float64Array(familyCount);
  let grandPrecision = 0;
  let grandMean = 0;
  present.forEach((_, k) => {
    const weight = 1 / (familyErrors[k]! + betweenFamilies);
    grandPrecision += weight;
    grandMean += weight * familyMeans[k]!;
  });
  grandMean /= grandPrecision;
  present.forEach((family, k) => {
    const toGrand = familyErrors[k]! / (familyErrors[k]! + betweenFamilies);
    familyMean[family] = (1 - toGrand) * familyMeans[k]! + toGrand * grandMean;
    familyVariance[family] = (1 - toGrand) * familyErrors[k]! + toGrand ** 2 / grandPrecision;
  });

  const mean = new Float64Array(count);
  const variance = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    const toFamily = errors[k]! / (errors[k]! + withinFamilies);
    mean[k] = (1 - toFamily) * estimates[k]! + toFamily * familyMean[families[k]!]!;
    variance[k] = (1 - toFamily) * errors[k]! + toFamily ** 2 * familyVariance[families[k]!]!;
  }
  return { mean, variance, withinFamilies, betweenFamilies };
}

/** DerSimonian and Laird's variance beyond the errors, around each family's own mean. */
function varianceBetween(
  estimates: ArrayLike<number>,
  errors: Readonly<Float64Array>,
  families: ArrayLike<number>,
  familyCount: number,
): number {
  const weights = new Float64Array(familyCount);
  const squaredWeights = new Float64Array(familyCount);
  const sums = new Float64Array(familyCount);
  for (let k = 0; k < errors.length; k++) {
    const family = families[k]!;
    const weight = 1 / errors[k]!;
    weights[family] = weights[family]! + weight;
    squaredWeights[family] = squaredWeights[family]! + weight * weight;
    sums[family] = sums[family]! + weight * estimates[k]!;
  }
  let statistic = 0;
  let free = errors.length;
  let scale = 0;
  for (let k = 0; k < errors.length; k++)
    statistic += (estimates[k]! - sums[families[k]!]! / weights[families[k]!]!) ** 2 / errors[k]!;
  for (let family = 0; family < familyCount; family++) {
    if (weights[family] === 0) continue;
    free--;
    scale += weights[family]! - squaredWeights[family]! / weights[family]!;
  }
  return scale > 0 ? Math.max(0, (statistic - free) / scale) : 0;
}
