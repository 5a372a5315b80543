import fc from "fast-check";
import { expect, test } from "vitest";
import { distance, effectiveNumber, searchCumulative } from "../../src/recsimng/geometry.ts";

test("distance is Euclid's", () => {
  expect(distance(Float64Array.of(9, 0, 3), 1, Float64Array.of(4, 0), 0, 2)).toBe(5);
});

test("searching cumulative weights finds what a walk from the first finds", () => {
  const weights = fc.array(fc.constantFrom(0, 0.5, 1, 3), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(weights, fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }), (given, uniform) => {
      const all = [...given, 1];
      let total = 0;
      const cumulative = Float64Array.from(all, (weight) => (total += weight));
      let walked = 0;
      while (cumulative[walked]! <= uniform * total) walked++;
      expect(searchCumulative(cumulative, 0, all.length, uniform)).toBe(walked);
    }),
  );
});

test("the effective number is n for n equal shares, 1 for one, 0 for none, and does not depend on the unit", () => {
  expect(effectiveNumber(Float64Array.of(2, 2, 0, 2, 2), 0, 5)).toBeCloseTo(4, 12);
  expect(effectiveNumber(Float64Array.of(0, 7), 0, 2)).toBe(1);
  expect(effectiveNumber(new Float64Array(3), 0, 3)).toBe(0);
  const once = effectiveNumber(Float64Array.of(1, 2, 5), 0, 3);
  expect(effectiveNumber(Float64Array.of(10, 20, 50), 0, 3)).toBeCloseTo(once, 12);
});
