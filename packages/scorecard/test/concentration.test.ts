import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { atkinson, gini, herfindahl, lorenzCurve, topShare } from "../src/measures/concentration.ts";

const CELLS = 20_000;

/** Means of Pareto(α) over `CELLS` equal cells of its quantiles: Q(u) = (1 − u)^(−1/α), whose integral is closed. */
function paretoCells(shape: number): Float64Array {
  const power = 1 - 1 / shape;
  const above = (i: number): number => (1 - i / CELLS) ** power / power;
  return new Float64Array(CELLS).map((_, i) => CELLS * (above(i) - above(i + 1)));
}

describe.each([1.16, 1.5, 2, 5])("of Pareto(%s)", (shape) => {
  const cells = paretoCells(shape);

  // Averaging inside cells takes away Σ (1/n) sᵢ Gᵢ, of which each Gᵢ < 1 and Σ sᵢ = 1: at most 1/n, and never adds.
  test("the Gini coefficient is 1/(2α − 1), less than 1/n below", () => {
    const lost = 1 / (2 * shape - 1) - gini(cells);
    expect(lost).toBeGreaterThan(-1e-12);
    expect(lost).toBeLessThan(1 / CELLS);
  });

  // p · n is whole, and there the cells' Lorenz curve is the true one.
  test("the top p has p^(1 − 1/α)", () => {
    for (const share of [0.001, 0.01, 0.1, 0.5])
      expect(topShare(cells, share)).toBeCloseTo(share ** (1 - 1 / shape), 9);
  });
});

test("the published pair at α = 1.5: Gini .5000, top 1 % have 21.54 %", () => {
  const cells = paretoCells(1.5);
  expect(gini(cells)).toBeCloseTo(0.5, 4);
  expect(topShare(cells, 0.01)).toBeCloseTo(0.2154, 4);
});

test("whole counts are exact: what is left is one division", () => {
  expect(gini([1, 2, 3, 4])).toBe(0.25);
  expect(gini([0, 0, 0, 7])).toBe(0.75);
  expect(gini([5, 5, 5])).toBe(0);
  const large = [2 ** 40, 2 ** 40 + 1, 2 ** 40 + 5];
  // (2 · (2⁴⁰ + 5) − 2 · 2⁴⁰) / (3 · sum) = 10 / (3 · sum)
  expect(gini(large)).toBe(10 / (3 * (3 * 2 ** 40 + 6)));
});

test("Gini is the mean absolute difference of all pairs over twice the mean", () => {
  fc.assert(
    fc.property(amounts, (values) => {
      let differences = 0;
      for (const a of values) for (const b of values) differences += Math.abs(a - b);
      const total = values.reduce((sum, a) => sum + a, 0);
      expect(gini(values)).toBeCloseTo(differences / (2 * values.length * total), 10);
    }),
    { seed: 1 },
  );
});

test("Atkinson of two amounts by hand, and its limits", () => {
  // ε = ½: (mean of roots)² / mean; roots of 1 and 9 are 1 and 3.
  expect(atkinson([1, 9], 0.5)).toBeCloseTo(1 - 4 / 5, 12);
  expect(atkinson([1, 9], 1)).toBeCloseTo(1 - 3 / 5, 12);
  expect(atkinson([1, 9], 2)).toBeCloseTo(1 - 1.8 / 5, 12);
  expect(atkinson([0, 9], 1)).toBe(1);
  expect(atkinson([0, 9], 2)).toBe(1);
  expect(herfindahl([1, 1, 1, 1])).toBe(0.25);
  expect(herfindahl([3, 1])).toBe(0.625);
});

const amounts = fc
  .array(fc.integer({ min: 0, max: 1000 }), { minLength: 2, maxLength: 30 })
  .filter((values) => values.some((value) => value > 0));

const indices = {
  gini,
  "top tenth": (values: ArrayLike<number>) => topShare(values, 0.1),
  "Atkinson ½": (values: ArrayLike<number>) => atkinson(values, 0.5),
  "Atkinson 1": (values: ArrayLike<number>) => atkinson(values, 1),
};

describe.each(Object.entries(indices))("%s", (_, index) => {
  test("does not depend on the scale, the order, or on how often the population is repeated", () => {
    fc.assert(
      fc.property(amounts, fc.double({ min: 0.01, max: 1e6, noNaN: true }), (values, factor) => {
        const value = index(values);
        expect(index(values.map((each) => each * factor))).toBeCloseTo(value, 9);
        expect(index(values.toReversed())).toBe(value);
        expect(index([...values, ...values, ...values])).toBeCloseTo(value, 9);
      }),
      { seed: 2 },
    );
  });

  test("never rises by a transfer from one who has more to one who has less (Pigou–Dalton)", () => {
    fc.assert(
      fc.property(
        amounts,
        fc.nat(),
        fc.nat(),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        (values, a, b, part) => {
          const [poor, rich] = [a % values.length, b % values.length].toSorted(
            (i, j) => values[i]! - values[j]!,
          );
          const moved = part * (values[rich!]! - values[poor!]!);
          const after = values.map((value, i) => value + (i === poor ? moved : 0) - (i === rich ? moved : 0));
          expect(index(poor === rich ? values : after)).toBeLessThanOrEqual(index(values) + 1e-9);
        },
      ),
      { seed: 3 },
    );
  });
});

test("HHI keeps scale and order and Pigou–Dalton, and halves when the population is doubled", () => {
  fc.assert(
    fc.property(amounts, (values) => {
      expect(herfindahl(values.map((value) => value * 3))).toBeCloseTo(herfindahl(values), 12);
      expect(herfindahl([...values, ...values])).toBeCloseTo(herfindahl(values) / 2, 12);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      expect(herfindahl(values.map(() => mean))).toBeLessThanOrEqual(herfindahl(values) + 1e-12);
    }),
    { seed: 4 },
  );
});

test("the area under the Lorenz curve gives the Gini coefficient, and its ends are 0 and 1", () => {
  const values = [3, 0, 7, 1, 1];
  const curve = lorenzCurve(values);
  let area = 0;
  for (let i = 1; i < curve.length; i++) area += (curve[i]! + curve[i - 1]!) / 2 / values.length;
  expect(1 - 2 * area).toBeCloseTo(gini(values), 12);
  expect([curve[0], curve.at(-1)]).toEqual([0, 1]);
});

test("what cannot be shared out is refused or has no index", () => {
  expect(() => gini([1, -1])).toThrow("gini: amount 1 is -1, allowed: finite and at least 0");
  expect(() => topShare([1], 2)).toThrow("topShare: share is 2, allowed: from 0 to 1");
  expect(() => atkinson([1], 0)).toThrow("atkinson: aversion is 0, allowed: above 0");
  expect(gini([0, 0])).toBeNaN();
});
