import { ScorecardError } from "../error.ts";

/** Ascending copy of amounts that are finite and not negative. */
function ascending(where: string, amounts: ArrayLike<number>): Float64Array {
  const sorted = Float64Array.from(amounts);
  sorted.forEach((amount, at) => {
    if (!(amount >= 0 && amount < Infinity))
      throw new ScorecardError(
        "BAD_VALUE",
        `${where}: amount ${at} is ${amount}, allowed: finite and at least 0`,
      );
  });
  return sorted.sort();
}

const sumOf = (amounts: Float64Array): number => amounts.reduce((sum, amount) => sum + amount, 0);

/**
 * Gini coefficient `Σ (2i − n − 1) x₍ᵢ₎ / (n Σ x)` over ascending amounts: 0 when all have the same, (n − 1)/n when one has all.
 *
 * Exact on whole numbers (one rounding, in the last division) while n · Σ x stays below 2⁵³.
 *
 * @param amounts - at least 0 each, such as impressions of each creator
 * @returns in [0, 1); NaN when nothing is shared out
 * @throws ScorecardError `BAD_VALUE`
 * @see Lazovich et al. (2022), "Measuring disparate outcomes of content recommendation algorithms with distributional inequality metrics"
 * @example
 * gini([1, 0, 0, 0]); // => 0.75
 */
export function gini(amounts: ArrayLike<number>): number {
  const sorted = ascending("gini", amounts);
  const n = sorted.length;
  let weighted = 0;
  for (let i = 0; i < n; i++) weighted += (2 * i + 1 - n) * sorted[i]!;
  return weighted / (n * sumOf(sorted));
}

/**
 * Share of everything that the largest `share · n` amounts have; a part of an amount counts by that part, which is the Lorenz curve
 * between its corners: `1 − L(1 − share)`.
 *
 * @param share - in [0, 1]
 * @returns in [share, 1]; NaN when nothing is shared out
 * @throws ScorecardError `BAD_VALUE`, `BAD_OPTION`
 * @example
 * topShare([6, 2, 1, 1], 0.25); // => 0.6
 */
export function topShare(amounts: ArrayLike<number>, share: number): number {
  if (!(share >= 0 && share <= 1))
    throw new ScorecardError("BAD_OPTION", `topShare: share is ${share}, allowed: from 0 to 1`);
  const sorted = ascending("topShare", amounts);
  const n = sorted.length;
  const wanted = share * n;
  const whole = Math.floor(wanted);
  let top = 0;
  for (let i = 0; i < whole; i++) top += sorted[n - 1 - i]!;
  if (whole < n) top += (wanted - whole) * sorted[n - 1 - whole]!;
  return top / sumOf(sorted);
}

/**
 * Atkinson index `1 − (mean x^(1−ε))^(1/(1−ε)) / mean x`; for ε = 1 `1 − geometric mean / mean`: the share of the total that
 * could be given up if the rest were shared out evenly, to one who minds inequality by ε.
 *
 * @param aversion - ε > 0: the larger, the more the poorest weigh
 * @returns in [0, 1]; 1 for ε >= 1 where one has nothing; NaN when nothing is shared out
 * @throws ScorecardError `BAD_VALUE`, `BAD_OPTION`
 * @see Atkinson (1970), "On the measurement of inequality"
 */
export function atkinson(amounts: ArrayLike<number>, aversion: number): number {
  if (!(aversion > 0 && aversion < Infinity))
    throw new ScorecardError("BAD_OPTION", `atkinson: aversion is ${aversion}, allowed: above 0`);
  const sorted = ascending("atkinson", amounts);
  const n = sorted.length;
  const mean = sumOf(sorted) / n;
  const power = 1 - aversion;
  // Relative amounts: powers of large ones must not overflow.
  let sum = 0;
  for (let i = 0; i < n; i++) sum += power === 0 ? Math.log(sorted[i]! / mean) : (sorted[i]! / mean) ** power;
  return 1 - (power === 0 ? Math.exp(sum / n) : (sum / n) ** (1 / power));
}

/**
 * Herfindahl–Hirschman index `Σ sᵢ²` of the shares: 1/n when all have the same, 1 when one has all. Its inverse is the number of
 * equal shares that are as concentrated.
 *
 * @returns in [1/n, 1]; NaN when nothing is shared out
 * @throws ScorecardError `BAD_VALUE`
 */
export function herfindahl(amounts: ArrayLike<number>): number {
  const sorted = ascending("herfindahl", amounts);
  const total = sumOf(sorted);
  let squares = 0;
  for (const amount of sorted) squares += (amount / total) ** 2;
  return squares;
}

/**
 * Corners of the Lorenz curve: cumulative share of everything at 0, 1/n, …, 1 of those who have least.
 *
 * @returns n + 1 numbers from 0 to 1
 * @throws ScorecardError `BAD_VALUE`
 */
export function lorenzCurve(amounts: ArrayLike<number>): Float64Array {
  const sorted = ascending("lorenzCurve", amounts);
  const total = sumOf(sorted);
  const curve = new Float64Array(sorted.length + 1);
  let sum = 0;
  sorted.forEach((amount, i) => {
    sum += amount;
    curve[i + 1] = sum / total;
  });
  return curve;
}
