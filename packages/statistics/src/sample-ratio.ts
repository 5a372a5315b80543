import gammaln from "@stdlib/math-base-special-gammaln";
import { chiSquaredUpperTail } from "./tail-probabilities.ts";

/** Result of a test of observed counts against expected shares. */
export interface SampleRatioResult {
  /** Pearson's statistic. */
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  /** P-value at a sample size fixed beforehand. */
  readonly pValue: number;
  /** P-value that may be looked at any number of times. */
  readonly anytimePValue: number;
}

/**
 * Tests whether counts come in their expected shares: the sample-ratio mismatch test of experiments.
 *
 * The anytime p-value is the inverse Bayes factor of a Dirichlet–multinomial alternative around the expected shares: under
 * the right shares it is ≤ α at any time ever with probability ≤ α.
 *
 * @param observed - counts, whole numbers >= 0, at least 2 groups, not all 0
 * @param expectedShares - shares > 0; scaled to sum 1
 * @param concentration - weight of the alternative's prior, in observations. @defaultValue 10 000
 * @throws RangeError for wrong lengths, counts or shares
 * @see Fabijan et al. (2019), "Diagnosing sample ratio mismatch"; Lindon & Malek (2022), "Anytime-valid inference for multinomial count data"
 */
export function sampleRatioTest(
  observed: ArrayLike<number>,
  expectedShares: ArrayLike<number>,
  concentration = 10_000,
): SampleRatioResult {
  const groups = observed.length;
  if (groups < 2 || expectedShares.length !== groups)
    throw new RangeError(
      `sampleRatioTest: needs as many shares as counts, at least 2; got ${groups} counts and ${expectedShares.length} shares`,
    );
  let total = 0;
  let shareTotal = 0;
  for (let i = 0; i < groups; i++) {
    if (!(Number.isSafeInteger(observed[i]) && observed[i]! >= 0))
      throw new RangeError(`sampleRatioTest: count ${i} must be a whole number >= 0, got ${observed[i]}`);
    if (!(expectedShares[i]! > 0 && expectedShares[i]! < Infinity))
      throw new RangeError(`sampleRatioTest: share ${i} must be finite and > 0, got ${expectedShares[i]}`);
    total += observed[i]!;
    shareTotal += expectedShares[i]!;
  }
  if (total === 0) throw new RangeError("sampleRatioTest: needs at least one observation, got none");
  let statistic = 0;
  let logBayesFactor = gammaln(concentration) - gammaln(concentration + total);
  for (let i = 0; i < groups; i++) {
    const share = expectedShares[i]! / shareTotal;
    const expected = total * share;
    statistic += (observed[i]! - expected) ** 2 / expected;
    const prior = concentration * share;
    logBayesFactor += gammaln(prior + observed[i]!) - gammaln(prior) - observed[i]! * Math.log(share);
  }
  return {
    statistic,
    degreesOfFreedom: groups - 1,
    pValue: chiSquaredUpperTail(statistic, groups - 1),
    anytimePValue: Math.min(1, Math.exp(-logBayesFactor)),
  };
}
