import fc from "fast-check";
import { expect, test } from "vitest";
import { RunningMoments } from "../src/index.ts";

const numbers = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 60 });

function direct(values: readonly number[]): [number, number] {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return [mean, values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length];
}

test("any split into batches and any merge gives the two-pass mean and variance", () => {
  fc.assert(
    fc.property(numbers, fc.nat(60), (values, cut) => {
      const at = Math.min(cut, values.length);
      const left = new RunningMoments(1);
      left.update(values.slice(0, at), at);
      const right = new RunningMoments(1);
      for (const value of values.slice(at)) right.update([value], 1);
      left.merge(right);
      const [mean, variance] = direct(values);
      expect(left.count).toBe(values.length);
      expect(left.mean[0]).toBeCloseTo(mean, 9);
      expect(Math.abs(left.variance() - variance)).toBeLessThan(1e-9 * (1 + variance));
    }),
  );
});

test("a large offset does not cancel the variance", () => {
  const moments = new RunningMoments(1);
  for (let i = 0; i < 1000; i++) moments.update([1e9 + (i % 2)], 1);
  expect(moments.variance()).toBeCloseTo(0.25, 6);
});

test("elements are apart, inactive rows are left out, a snapshot restores the exact bits", () => {
  const moments = new RunningMoments(2);
  moments.update([1, 10, 99, 99, 3, 30], 3, [1, 0, 1]);
  expect([...moments.mean]).toEqual([2, 20]);
  expect(moments.variance(1)).toBe(100);
  const copy = new RunningMoments(2);
  copy.restore(JSON.parse(JSON.stringify([...moments.snapshot()])) as number[]);
  moments.update([0.1, 0.2], 1);
  copy.update([0.1, 0.2], 1);
  expect(copy.snapshot()).toEqual(moments.snapshot());
  expect(() => copy.restore([1, 2])).toThrow("needs 5 numbers");
});
