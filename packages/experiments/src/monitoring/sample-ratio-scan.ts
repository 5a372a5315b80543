import { adjustedPValues, chiSquaredUpperTail, sampleRatioTest } from "@longview/statistics";
import { checkedCount } from "../checks.ts";

/** Where the arms' counts leave their shares. */
export interface SampleRatioScan {
  /** P-value of each period by itself, corrected for the number of periods (Holm); 1 for a period without units. */
  readonly periodPValues: Float64Array;
  /** P-value of all periods together, at a number of units fixed beforehand. */
  readonly pValue: number;
  /** The same, which may be looked at any number of times. */
  readonly anytimePValue: number;
  /**
   * The stretch of periods `[start, end)` that fits its shares worst (largest likelihood ratio of its own shares against the expected
   * ones). Its start is the change point when the arms have been wrong ever since.
   */
  readonly worst: {
    readonly start: number;
    readonly end: number;
    /** Shares of the arms in it. */
    readonly shares: Float64Array;
    /** Corrected for all stretches that were looked at (Bonferroni, and so conservative). */
    readonly pValue: number;
  };
}

/**
 * Sample-ratio check blocked by time: is the allocation right, in which periods is it not, and since when.
 *
 * @param counts - units by period and arm, `periods × arms`, row-major, whole numbers
 * @param shares - expected shares of the arms, > 0; scaled to sum 1
 * @throws RangeError for counts or shares that are not allowed, or no units at all
 * @see Fabijan et al. (2019), "Diagnosing sample ratio mismatch"; Kulldorff (1997), "A spatial scan statistic"
 */
export function sampleRatioScan(counts: ArrayLike<number>, shares: ArrayLike<number>): SampleRatioScan {
  const where = "sampleRatioScan";
  const arms = checkedCount(`${where}: number of shares`, shares.length, 2);
  const periods = checkedCount(`${where}: number of counts over number of shares`, counts.length / arms);
  const sums = new Float64Array((periods + 1) * arms);
  for (let i = 0; i < counts.length; i++) {
    checkedCount(`${where}: count ${i}`, counts[i]!, 0);
    sums[arms + i] = sums[i]! + counts[i]!;
  }
  const all = sampleRatioTest(sums.subarray(periods * arms), shares);
  const single = new Float64Array(periods);
  for (let period = 0; period < periods; period++) {
    const own = Float64Array.from({ length: arms }, (_, arm) => counts[period * arms + arm]!);
    single[period] = own.every((count) => count === 0) ? 1 : sampleRatioTest(own, shares).pValue;
  }

  let shareTotal = 0;
  for (let arm = 0; arm < arms; arm++) shareTotal += shares[arm]!;
  let [start, end, largest] = [0, periods, -1];
  for (let from = 0; from < periods; from++)
    for (let to = from + 1; to <= periods; to++) {
      let total = 0;
      for (let arm = 0; arm < arms; arm++) total += sums[to * arms + arm]! - sums[from * arms + arm]!;
      let ratio = 0;
      for (let arm = 0; arm < arms; arm++) {
        const count = sums[to * arms + arm]! - sums[from * arms + arm]!;
        if (count > 0) ratio += count * Math.log((count * shareTotal) / (total * shares[arm]!));
      }
      if (ratio > largest) [start, end, largest] = [from, to, ratio];
    }
  const worstCounts = Float64Array.from(
    { length: arms },
    (_, arm) => sums[end * arms + arm]! - sums[start * arms + arm]!,
  );
  const total = worstCounts.reduce((sum, count) => sum + count, 0);
  const stretches = (periods * (periods + 1)) / 2;
  return {
    periodPValues: adjustedPValues(single, "holm"),
    pValue: all.pValue,
    anytimePValue: all.anytimePValue,
    worst: {
      start,
      end,
      shares: worstCounts.map((count) => count / total),
      pValue: Math.min(1, stretches * chiSquaredUpperTail(2 * Math.max(0, largest), arms - 1)),
    },
  };
}
