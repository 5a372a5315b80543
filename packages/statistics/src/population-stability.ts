/** Options of {@link populationStabilityIndex}. */
export interface PopulationStabilityOptions {
  /** Observations behind the expected shares. @defaultValue Infinity: they are known exactly */
  readonly referenceCount?: number;
  /** Observations added to each bin on either side, so that an empty bin stays finite. @defaultValue 0.5 */
  readonly smoothing?: number;
}

/**
 * Population stability index of observed counts against expected shares: `Σ (o − e) ln(o / e)` over bins, where o and e are
 * the smoothed shares `(count + s) / (total + s · bins)`. It is the symmetrised Kullback–Leibler divergence of the two
 * histograms: 0 when they are the same, and unbounded.
 *
 * By custom below 0.1 is stable, 0.1 to 0.25 a moderate shift, above 0.25 a large one. Sampling alone gives about
 * {@link expectedPopulationStability}, so few observations say nothing.
 *
 * @param expectedShares - one share a bin, ≥ 0, at least one > 0; scaled to sum 1
 * @param observedCounts - one count a bin, finite, ≥ 0
 * @throws RangeError for wrong lengths, shares, counts or options; for a share of 0 that nothing smooths
 * @see Siddiqi (2006), "Credit Risk Scorecards"; Yurdakul (2018), "Statistical properties of population stability index"
 * @example
 * populationStabilityIndex([0.5, 0.5], [25, 75], { smoothing: 0 }); // 0.25 · ln 3 = 0.2747
 */
export function populationStabilityIndex(
  expectedShares: ArrayLike<number>,
  observedCounts: ArrayLike<number>,
  options: PopulationStabilityOptions = {},
): number {
  const { referenceCount = Infinity, smoothing = 0.5 } = options;
  const bins = expectedShares.length;
  if (bins === 0 || observedCounts.length !== bins)
    throw new RangeError(
      `populationStabilityIndex: needs as many counts as shares, at least 1; got ${observedCounts.length} counts and ${bins} shares`,
    );
  if (!(referenceCount > 0))
    throw new RangeError(`populationStabilityIndex: referenceCount must be > 0, got ${referenceCount}`);
  if (!(smoothing >= 0 && smoothing < Infinity))
    throw new RangeError(`populationStabilityIndex: smoothing must be finite and >= 0, got ${smoothing}`);
  let shareTotal = 0;
  let total = 0;
  for (let i = 0; i < bins; i++) {
    const share = expectedShares[i]!;
    const observed = observedCounts[i]!;
    if (!(share >= 0 && share < Infinity))
      throw new RangeError(`populationStabilityIndex: share ${i} must be finite and >= 0, got ${share}`);
    if (!(observed >= 0 && observed < Infinity))
      throw new RangeError(`populationStabilityIndex: count ${i} must be finite and >= 0, got ${observed}`);
    shareTotal += share;
    total += observed;
  }
  if (shareTotal === 0) throw new RangeError("populationStabilityIndex: needs a share above 0, got none");
  if (total === 0) return 0;
  const expectedSmoothing = smoothing / referenceCount;
  let index = 0;
  for (let i = 0; i < bins; i++) {
    const expected = (expectedShares[i]! / shareTotal + expectedSmoothing) / (1 + expectedSmoothing * bins);
    const observed = (observedCounts[i]! + smoothing) / (total + smoothing * bins);
    if (expected === observed) continue;
    if (expected === 0)
      throw new RangeError(
        `populationStabilityIndex: share ${i} is 0 but was observed; give a finite referenceCount, or leave that bin out`,
      );
    index += (observed - expected) * Math.log(observed / expected);
  }
  return index;
}

/**
 * Mean population stability index when nothing drifts: `(bins − 1) (1 / count + 1 / referenceCount)`, for bins that are not
 * nearly empty. The index over `1 / count + 1 / referenceCount` is then about chi-squared with bins − 1 degrees of freedom.
 *
 * @param bins - at least 1
 * @param count - observations, > 0
 * @param referenceCount - observations behind the expected shares. @defaultValue Infinity
 * @throws RangeError outside those ranges
 * @see Yurdakul (2018), "Statistical properties of population stability index"
 */
export function expectedPopulationStability(bins: number, count: number, referenceCount = Infinity): number {
  if (!(Number.isSafeInteger(bins) && bins >= 1))
    throw new RangeError(`expectedPopulationStability: bins must be a whole number >= 1, got ${bins}`);
  if (!(count > 0)) throw new RangeError(`expectedPopulationStability: count must be > 0, got ${count}`);
  if (!(referenceCount > 0))
    throw new RangeError(`expectedPopulationStability: referenceCount must be > 0, got ${referenceCount}`);
  return (bins - 1) * (1 / count + 1 / referenceCount);
}
