import { ScorecardError } from "../error.ts";

/**
 * Mean of the smallest `share` of values (conditional value at risk): `1/(share · n)` times the sum of the smallest `share · n`,
 * where a part of a value counts by that part.
 *
 * @param values - finite; sorted in place
 * @param share - in (0, 1]
 * @returns NaN for no values
 * @throws ScorecardError `BAD_OPTION`
 * @see Rockafellar & Uryasev (2000), "Optimization of conditional value-at-risk"
 */
export function worstTailMeanInPlace(values: Float64Array, share: number): number {
  if (!(share > 0 && share <= 1))
    throw new ScorecardError("BAD_OPTION", `worst tail: share is ${share}, allowed: above 0, at most 1`);
  values.sort();
  const wanted = share * values.length;
  const whole = Math.floor(wanted);
  let sum = 0;
  for (let i = 0; i < whole; i++) sum += values[i]!;
  if (whole < values.length) sum += (wanted - whole) * values[whole]!;
  return sum / wanted;
}
