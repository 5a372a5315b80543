import { expect, test } from "vitest";
import { poissonLimits } from "../src/index.ts";

test.each([
  [0, 0, 3.6889],
  [1, 0.0253, 5.5716],
  [2, 0.2422, 7.2247],
  [10, 4.7954, 18.3904],
  [100, 81.36399, 121.62679],
])("Garwood's table: %d events lie between %d and %d (four decimals)", (count, lower, upper) => {
  const [low, high] = poissonLimits(count, 0.95);
  expect(Math.abs(low - lower)).toBeLessThan(1e-4);
  expect(Math.abs(high - upper)).toBeLessThan(1e-4);
});

test("limits grow with the count between whole numbers, and a count below 0 is refused", () => {
  expect(poissonLimits(1.5, 0.95)[1]).toBeGreaterThan(poissonLimits(1, 0.95)[1]);
  expect(poissonLimits(1.5, 0.95)[1]).toBeLessThan(poissonLimits(2, 0.95)[1]);
  expect(() => poissonLimits(-1, 0.95)).toThrow(/count must be finite and >= 0, got -1/);
});
