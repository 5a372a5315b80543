import fc from "fast-check";
import { expect, test } from "vitest";
import {
  dominates,
  expectedUtility,
  hypervolume,
  invertedGenerationalDistance,
  paretoFront,
  simplexWeights,
  sparsity,
} from "../src/index.ts";

/** Points with whole coordinates from 0 to 4: ties and dominated points are common. */
const wholePoints = fc.integer({ min: 1, max: 5 }).chain((size) =>
  fc.array(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: size, maxLength: size }), {
    minLength: 1,
    maxLength: 7,
  }),
);

test("hypervolume counts the unit cells below at least one point, in 1 to 5 objectives", () => {
  fc.assert(
    fc.property(wholePoints, (points) => {
      const size = points[0]!.length;
      const cells = Array.from({ length: 4 ** size }, (_, code) =>
        Array.from({ length: size }, (_each, k) => Math.floor(code / 4 ** k) % 4),
      );
      const covered = cells.filter((cell) => points.some((point) => cell.every((c, k) => c < point[k]!)));
      expect(hypervolume(points, new Array<number>(size).fill(0))).toBe(covered.length);
    }),
    { numRuns: 150 },
  );
});

test("hypervolume of real points is inclusion and exclusion's, and does not depend on their order or place", () => {
  const point = fc.array(
    fc.integer({ min: -1000, max: 3000 }).map((whole) => whole / 1000),
    { minLength: 3, maxLength: 3 },
  );
  fc.assert(
    fc.property(fc.array(point, { minLength: 1, maxLength: 6 }), (points) => {
      let expected = 0;
      for (let bits = 1; bits < 2 ** points.length; bits++) {
        const chosen = points.filter((_, i) => ((bits >> i) & 1) === 1);
        const corner = [0, 1, 2].map((k) => Math.max(0, Math.min(...chosen.map((p) => p[k]!))));
        expected += (chosen.length % 2 === 1 ? 1 : -1) * corner.reduce((a, b) => a * b, 1);
      }
      // Volumes up to 27, each term rounded: 63 terms.
      expect(Math.abs(hypervolume(points, [0, 0, 0]) - expected)).toBeLessThan(1e-11);
      expect(Math.abs(hypervolume([...points].reverse(), [0, 0, 0]) - expected)).toBeLessThan(1e-11);
      const moved = points.map((p) => p.map((value) => value + 8));
      expect(Math.abs(hypervolume(moved, [8, 8, 8]) - expected)).toBeLessThan(1e-11);
    }),
    { numRuns: 100 },
  );
});

test("a front holds one of each point that nothing dominates, and what it leaves out is dominated by it or equal to it", () => {
  fc.assert(
    fc.property(wholePoints, (points) => {
      const front = paretoFront(points);
      for (const i of front) expect(points.some((other) => dominates(other, points[i]!))).toBe(false);
      points.forEach((point, i) => {
        if (!front.includes(i))
          expect(
            front.some(
              (j) => dominates(points[j]!, point) || points[j]!.every((value, k) => value === point[k]),
            ),
          ).toBe(true);
      });
      expect(new Set(front.map((i) => points[i]!.join())).size).toBe(front.length);
    }),
  );
  expect(dominates([1, 1], [1, 1])).toBe(false);
  expect(paretoFront([])).toEqual([]);
});

test("distance, utility and sparsity are those computed by hand", () => {
  const front = [
    [0, 4],
    [3, 0],
  ];
  expect(invertedGenerationalDistance(front, front)).toBe(0);
  // (0, 4) and (3, 0) are 5 apart: one is found, the other missed by 5.
  expect(invertedGenerationalDistance([[3, 0]], front)).toBe(2.5);
  // Weights (0, 1), (½, ½), (1, 0): 4, 2 and 3.
  expect(expectedUtility(front, simplexWeights(2, 2))).toBe(3);
  // Gaps 3 and 1 in the first objective, 1 and 3 in the second, over two intervals.
  expect(
    sparsity([
      [4, 0],
      [0, 4],
      [3, 3],
    ]),
  ).toBe((9 + 1 + 9 + 1) / 2);
  expect(sparsity([[1, 2]])).toBe(0);
});

test("a front has at least the expected utility of any part of it, and is no farther from any front", () => {
  fc.assert(
    fc.property(wholePoints, (points) => {
      const weights = simplexWeights(points[0]!.length, 4);
      const part = points.slice(0, Math.max(1, points.length - 2));
      expect(expectedUtility(points, weights)).toBeGreaterThanOrEqual(expectedUtility(part, weights));
      const front = points.map((point) => point.map((value) => value + 1));
      expect(invertedGenerationalDistance(points, points)).toBe(0);
      expect(invertedGenerationalDistance(points, front)).toBeLessThanOrEqual(
        invertedGenerationalDistance(part, front),
      );
    }),
  );
});

test("simplex weights are all lattice points once", () => {
  const weights = simplexWeights(3, 4);
  expect(weights.length).toBe(15);
  expect(new Set(weights.map((row) => row.join())).size).toBe(15);
  for (const row of weights) expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
  expect(() => simplexWeights(2, 0)).toThrow("whole numbers >= 1, got 2 and 0");
});

test("points of different lengths, of no length, or not finite are refused in one line", () => {
  expect(() => hypervolume([[1, 2, 3]], [0, 0])).toThrow(
    "hypervolume: point 1 must have 2 objectives, has 3",
  );
  expect(() => paretoFront([[1, NaN]])).toThrow("paretoFront: point 0 must be finite, got NaN");
  expect(() => sparsity([[]])).toThrow("sparsity: point 0 must have 1 objectives, has 0");
  expect(() => expectedUtility([], [[1]])).toThrow("needs at least one point and one weight");
  expect(() => invertedGenerationalDistance([[1]], [])).toThrow("needs at least one point");
});
