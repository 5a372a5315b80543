import fc from "fast-check";
import { expect, test } from "vitest";
import { deriveKey, foldIn, rootKey, shuffleInto, uniform, uniformsInto } from "../src/index.ts";

/** Upper 1e-6 point of chi-square with `df` degrees of freedom (Wilson & Hilferty): false alarm 1e-6, and seeds are fixed. */
function chiSquareLimit(df: number): number {
  return df * (1 - 2 / (9 * df) + 4.753424 * Math.sqrt(2 / (9 * df))) ** 3;
}

function chiSquare(counts: ArrayLike<number>, expected: number): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += (counts[i]! - expected) ** 2 / expected;
  return sum;
}

test("draws are uniform along draws, along entities, along folded keys and along purposes", () => {
  const key = rootKey("uniformity");
  const samples = 64_000;
  const ways: ((i: number) => number)[] = [
    (i) => uniform(key, 7, i),
    (i) => uniform(key, i, 0),
    (i) => uniform(key, i, 1),
    (i) => uniform(foldIn(key, i), 0, 0),
    (i) => uniform(deriveKey(key, `purpose ${i}`), 0, 0),
    (i) => uniform(rootKey(i % 4000), Math.floor(i / 4000), 0),
  ];
  for (const way of ways) {
    const counts = new Float64Array(64);
    for (let i = 0; i < samples; i++) {
      const bin = Math.floor(way(i) * 64);
      counts[bin] = counts[bin]! + 1;
    }
    expect(chiSquare(counts, samples / 64)).toBeLessThan(chiSquareLimit(63));
  }
});

test("neighbouring draws, entities and keys are independent: pairs fill an 8 × 8 table evenly", () => {
  const key = rootKey("pairs");
  const samples = 64_000;
  const pairs: ((i: number) => [number, number])[] = [
    (i) => [uniform(key, 3, i), uniform(key, 3, i + 1)],
    (i) => [uniform(key, i, 0), uniform(key, i + 1, 0)],
    (i) => [uniform(foldIn(key, i), 5, 0), uniform(foldIn(key, i + 1), 5, 0)],
    (i) => [uniform(foldIn(key, i), 5, 0), uniform(key, i, 0)],
    (i) => [uniform(deriveKey(key, "a"), i, 0), uniform(deriveKey(key, "b"), i, 0)],
  ];
  for (const pair of pairs) {
    const counts = new Float64Array(64);
    for (let i = 0; i < samples; i++) {
      const [a, b] = pair(i);
      const cell = Math.floor(a * 8) * 8 + Math.floor(b * 8);
      counts[cell] = counts[cell]! + 1;
    }
    expect(chiSquare(counts, samples / 64)).toBeLessThan(chiSquareLimit(63));
  }
});

test("a draw does not depend on the order, the number or the start of the draws around it", () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.nat(1000),
      fc.nat(40),
      fc.integer({ min: 1, max: 20 }),
      (seed, entity, half, count) => {
        const key = rootKey(seed);
        const forward = new Float64Array(count);
        uniformsInto(forward, 0, count, key.first, key.second, entity, 2 * half);
        for (let d = count - 1; d >= 0; d--) {
          uniform(key, entity + 1, d);
          expect(uniform(key, entity, 2 * half + d)).toBe(forward[d]);
        }
        for (const u of forward) expect(u > 0 && u < 1).toBe(true);
      },
    ),
  );
});

test("a shuffle is a permutation, and all 24 orders of four are equally likely", () => {
  const root = rootKey("shuffle");
  const samples = 24_000;
  const counts = new Map<string, number>();
  for (let i = 0; i < samples; i++) {
    const order = Int32Array.from([0, 1, 2, 3]);
    shuffleInto(order, foldIn(root, i));
    const name = order.join("");
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  expect(counts.size).toBe(24);
  expect(chiSquare([...counts.values()], samples / 24)).toBeLessThan(chiSquareLimit(23));
});
