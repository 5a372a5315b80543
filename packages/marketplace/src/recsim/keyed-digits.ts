/**
 * How many independent digits of a base one 32-bit word yields by repeated multiplication.
 *
 * The joint law of the digits is within `base^count / 2³² ≤ 2⁻¹⁰` (relative, each outcome) of uniform, and each
 * digit's own law far closer: the roundings of neighbouring cells cancel.
 *
 * @param base - at least 2
 */
export function digitsInWord(base: number): number {
  return Math.max(1, Math.floor((22 * Math.LN2) / Math.log(base) + 1e-9));
}

/** The first digit, in `[0, base)`, of a 32-bit word read as a fraction; the rest is `Math.imul(word, base)`. */
export function firstDigit(word: number, base: number): number {
  return Math.floor((word >>> 0) * base * 2 ** -32);
}
