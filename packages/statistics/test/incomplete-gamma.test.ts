import { expect, test } from "vitest";
import { chiSquaredUpperTail, gammaExponentialLogWealth, skewedMeanBounds } from "../src/index.ts";
import { gammaTail } from "../src/incomplete-gamma.ts";

test("gamma tails of large shapes meet SciPy's (scipy.special 1.17), where @stdlib misses by up to 2 %", () => {
  for (const [shape, x, lower, upper] of [
    [1000, 1003.1622776601683, 0.5439670835408074, 0.4560329164591926],
    [1000, 1094.8683298050514, 0.9982527544985349, 0.0017472455014651367],
    [10_000, 9990, 0.4614824257093641, 0.5385175742906359],
    [1e6, 1_001_000, 0.8413447863683402, 0.15865521363165976],
    [1e8, 100_050_000, 0.9999997121570313, 2.878429686852779e-7],
  ] as const) {
    expect(Math.abs(gammaTail(shape, x, "lower") / lower - 1)).toBeLessThan(1e-12);
    expect(Math.abs(gammaTail(shape, x, "upper") / upper - 1)).toBeLessThan(1e-10);
  }
});

test("the tails join where the expansion takes over, add up to 1, and tend to the normal's", () => {
  for (const k of [-6, -2, -0.1, 0, 0.5, 3, 6]) {
    const at = (shape: number): number => gammaTail(shape, shape + k * Math.sqrt(shape), "upper");
    // The next shape's tail differs by its derivative, of order 1e-5 of it, and by nothing that jumps.
    const jump = at(500) - at(499.999999);
    const step = at(499.999999) - at(499.999998);
    expect(Math.abs(jump - step)).toBeLessThan(1e-11 * at(500) + 1e-14);
    for (const shape of [500, 4000, 1e7])
      expect(
        gammaTail(shape, shape + k * Math.sqrt(shape), "lower") +
          gammaTail(shape, shape + k * Math.sqrt(shape), "upper"),
      ).toBeCloseTo(1, 13);
  }
  expect(gammaTail(1e14, 1e14 + 1e7, "upper")).toBeCloseTo(0.15865525393145707, 7);
  // Of a chi-squared with 2,000 degrees: scipy.stats.chi2.sf(2006.3245553203367, 2000).
  expect(Math.abs(chiSquaredUpperTail(2 * 1003.1622776601683, 2000) / 0.4560329164591926 - 1)).toBeLessThan(
    1e-12,
  );
});

test("gamma–exponential wealth meets 60-digit arithmetic (mpmath), also where its large terms cancel", () => {
  for (const [excess, variation, expected] of [
    [30, 150, 0.49558518465252164],
    [50, 9998.5, -4.4706003044635152],
    [50, 1e4, -4.4707130054201224],
    [500, 2e4, 1.5730697817724187],
    [1e3, 1e6, -6.2032294747519702],
    [-300, 2e4, -6.3997393519749909],
  ] as const)
    expect(gammaExponentialLogWealth(excess, variation)).toBeCloseTo(expected, 9);
});

test("the gamma pivot of small skewness is the quantile of the gamma distribution", () => {
  // Skewness 2/√1000 and no larger value: the pivot is (q − 1000)/√1000 with scipy.special.gammaincinv(1000, 0.975).
  const count = 1e9;
  const [, above] = skewedMeanBounds(
    { count, second: 1, third: 1 / Math.sqrt(1000), fourth: 0, smallest: -1, largest: 0 },
    0.95,
  );
  const pivot = (1063.0858532672817 / (1 + 0.00015495226734740797) - 1000) / Math.sqrt(1000);
  expect(above * Math.sqrt(count * (count - 1))).toBeCloseTo(pivot, 7);
});
