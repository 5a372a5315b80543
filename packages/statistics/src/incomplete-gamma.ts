import erfc from "@stdlib/math-base-special-erfc";
import gammainc from "@stdlib/math-base-special-gammainc";

/** From this shape on tails near the middle are Temme's: there the library's miss by up to 2 % (x ≥ 1000; version 0.2). */
const LARGE_SHAPE = 500;

/** Coefficients of η⁰, η¹, … in each term of Temme's expansion, as Boost 1.83 (`igamma_large.hpp`) and DLMF 8.12 give them. */
const TEMME = [
  [
    -1 / 3,
    1 / 12,
    -2 / 135,
    1 / 864,
    1 / 2835,
    -0.00017875514403292181,
    0.39192631785224378e-4,
    -0.21854485106799922e-5,
    -0.185406221071516e-5,
    0.8296711340953086e-6,
    -0.17665952736826079e-6,
    0.67078535434014986e-8,
    0.10261809784240308e-7,
  ],
  [
    -1 / 540,
    -1 / 288,
    1 / 378,
    -0.00099022633744855967,
    0.00020576131687242798,
    -0.40187757201646091e-6,
    -0.18098550334489978e-4,
  ],
  [0.0041335978835978836, -0.0026813271604938272, 0.00077160493827160494],
] as const;

/** `u − ln(1 + u)`, with all its digits for small u too. */
export function excessOverLogarithm(u: number): number {
  if (Math.abs(u) > 0.01) return u - Math.log1p(u);
  let sum = 0;
  for (let k = 10; k >= 2; k--) sum = (k % 2 === 0 ? 1 : -1) / k + u * sum;
  return u * u * sum;
}

/**
 * Regularised incomplete gamma functions: P(G ≤ x) and P(G > x) for a gamma variable of this shape and scale 1.
 *
 * @param shape - > 0
 * @param x - ≥ 0
 * @see Temme (1979), "The asymptotic expansion of the incomplete gamma functions"
 */
export function gammaTail(shape: number, x: number, side: "lower" | "upper"): number {
  const u = (x - shape) / shape;
  const exponent = excessOverLogarithm(u);
  if (shape < LARGE_SHAPE || !(exponent < 0.5)) return gammainc(x, shape, true, side === "upper");
  const eta = Math.sign(u) * Math.sqrt(2 * exponent);
  let series = 0;
  TEMME.forEach((coefficients, k) => {
    series += coefficients.reduceRight((sum, c) => c + eta * sum, 0) / shape ** k;
  });
  const sign = side === "upper" ? 1 : -1;
  return (
    erfc(sign * eta * Math.sqrt(shape / 2)) / 2 +
    (sign * Math.exp(-shape * exponent) * series) / Math.sqrt(2 * Math.PI * shape)
  );
}
