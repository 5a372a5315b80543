import fc from "fast-check";
import { expect, test } from "vitest";
import { vendiOfEigenvalues, vendiScore } from "../src/measures/vendi.ts";

const kernelOf = (values: readonly number[], similarity: (a: number, b: number) => number): number[] =>
  values.flatMap((a) => values.map((b) => similarity(a, b)));

test("the published examples: 2.9999 of six samples, 2.1573 of the three by three kernel (vertaix/Vendi-Score, README)", () => {
  const samples = kernelOf([0, 0, 10, 10, 20, 20], (a, b) => Math.exp(-Math.abs(a - b)));
  expect(vendiScore(samples)).toBeCloseTo(2.999999996, 9);
  expect(vendiScore([1, 0.9, 0, 0.9, 1, 0, 0, 0, 1])).toBeCloseTo(2.1573, 4);
});

test("order 1 of a block kernel is the exponential of the entropy by hand", () => {
  const shares = [1.9 / 3, 0.1 / 3, 1 / 3];
  const entropy = -shares.reduce((sum, p) => sum + p * Math.log(p), 0);
  expect(vendiScore([1, 0.9, 0, 0.9, 1, 0, 0, 0, 1])).toBeCloseTo(Math.exp(entropy), 12);
});

test.each([0, 0.5, 1, 2, Infinity])(
  "order %s: n different things count n, copies of one thing 1",
  (order) => {
    const identity = kernelOf([0, 1, 2, 3], (a, b) => (a === b ? 1 : 0));
    expect(vendiScore(identity, order)).toBeCloseTo(4, 9);
    expect(vendiScore(new Float64Array(16).fill(1), order)).toBeCloseTo(1, 9);
  },
);

test("order 2 needs no eigenvalues: n² over the squared entries of the kernel", () => {
  const kernel = kernelOf([0, 0.3, 1, 2.5], (a, b) => Math.exp(-((a - b) ** 2)));
  expect(vendiScore(kernel, 2)).toBeCloseTo(16 / kernel.reduce((sum, k) => sum + k * k, 0), 10);
});

test("repeating every sample, and reordering them, changes nothing; higher orders are never larger", () => {
  const points = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(points, (values) => {
      const similarity = (a: number, b: number): number => Math.exp(-Math.abs(a - b));
      const score = vendiScore(kernelOf(values, similarity));
      expect(vendiScore(kernelOf([...values, ...values], similarity))).toBeCloseTo(score, 8);
      expect(vendiScore(kernelOf(values.toReversed(), similarity))).toBeCloseTo(score, 8);
      const orders = [0.5, 1, 2, Infinity].map((order) => vendiScore(kernelOf(values, similarity), order));
      orders.forEach((value, i) =>
        expect(value).toBeLessThanOrEqual((orders[i - 1] ?? values.length) + 1e-9),
      );
      expect(orders.at(-1)).toBeGreaterThanOrEqual(1 - 1e-9);
    }),
    { seed: 5, numRuns: 60 },
  );
});

test("no spread at all has no score, and a kernel must be square", () => {
  expect(vendiOfEigenvalues([0, 0])).toBeNaN();
  expect(() => vendiScore([1, 2, 3])).toThrow("the kernel has 3 entries, allowed: n · n");
  expect(() => vendiScore([1], -1)).toThrow("order is -1, allowed: at least 0");
});
