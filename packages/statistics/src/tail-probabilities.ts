import betainc from "@stdlib/math-base-special-betainc";
import erfc from "@stdlib/math-base-special-erfc";
import { gammaTail } from "./incomplete-gamma.ts";

/** P(Z ≤ x) for a standard normal Z; relative accuracy holds in the lower tail. */
export function normalCumulative(x: number): number {
  return erfc(-x * Math.SQRT1_2) / 2;
}

/**
 * P(X > x) for X chi-squared.
 *
 * @param x - ≥ 0
 * @param degreesOfFreedom - > 0
 * @throws RangeError outside those ranges
 */
export function chiSquaredUpperTail(x: number, degreesOfFreedom: number): number {
  if (!(x >= 0)) throw new RangeError(`chiSquaredUpperTail: x must be >= 0, got ${x}`);
  if (!(degreesOfFreedom > 0))
    throw new RangeError(`chiSquaredUpperTail: degreesOfFreedom must be > 0, got ${degreesOfFreedom}`);
  return x === Infinity ? 0 : gammaTail(degreesOfFreedom / 2, x / 2, "upper");
}

/**
 * P(|T| > |t|) for T Student with `degreesOfFreedom`: the two-sided p-value of a t statistic.
 *
 * @throws RangeError when `t` is NaN or `degreesOfFreedom` is not > 0
 */
export function studentTwoSidedTail(t: number, degreesOfFreedom: number): number {
  if (Number.isNaN(t)) throw new RangeError("studentTwoSidedTail: t must be a number, got NaN");
  if (!(degreesOfFreedom > 0))
    throw new RangeError(`studentTwoSidedTail: degreesOfFreedom must be > 0, got ${degreesOfFreedom}`);
  if (!Number.isFinite(t)) return 0;
  return betainc(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5);
}
