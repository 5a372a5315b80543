import fc from "fast-check";
import { expect, test } from "vitest";
import { mixRate } from "../src/movement/mix-rate.ts";
import { shapleyValues } from "../src/movement/shapley.ts";

const sums = (numerator: readonly number[], denominator: readonly number[]) => ({
  numerator: Float64Array.from(numerator),
  denominator: Float64Array.from(denominator),
});

const segment = fc.tuple(fc.double({ min: -100, max: 100, noNaN: true }), fc.nat({ max: 1000 }));
const table = fc
  .array(segment, { minLength: 1, maxLength: 8 })
  .filter((rows) => rows.some(([, below]) => below > 0))
  .map((rows) =>
    sums(
      rows.map(([rate, below]) => rate * below),
      rows.map(([, below]) => below),
    ),
  );

test("mix and rate add up to the change to 1e-12, with segments that come and go", () => {
  fc.assert(
    fc.property(table, table, (before, after) => {
      const found = mixRate(before, after);
      const size = Math.max(1, Math.abs(found.before), Math.abs(found.after), 100);
      expect(Math.abs(found.mix + found.rate - (found.after - found.before))).toBeLessThan(1e-12 * size);
      const back = mixRate(after, before);
      expect(Math.abs(back.mix + found.mix)).toBeLessThan(1e-12 * size);
    }),
    { seed: 11, numRuns: 500 },
  );
});

test("Simpson's trap: every segment gets better and the whole gets worse, which is all mix", () => {
  // Phones 20 % → 25 %, desktops 60 % → 65 %, while phones grow from a fifth of the pages to four fifths.
  const found = mixRate(sums([40, 480], [200, 800]), sums([200, 130], [800, 200]));
  expect(found.before).toBeCloseTo(0.52, 12);
  expect(found.after).toBeCloseTo(0.33, 12);
  expect(found.rate).toBeCloseTo(0.05, 12);
  expect(found.mix).toBeCloseTo(-0.24, 12);
  for (const { change } of found.segments) expect(change).toBeGreaterThan(0);
});

test("equal shares leave only rates, equal rates only mix, and a new segment like the whole moves nothing", () => {
  expect(mixRate(sums([1, 4], [10, 10]), sums([2, 6], [10, 10])).mix).toBeCloseTo(0, 14);
  expect(mixRate(sums([1, 4], [10, 10]), sums([3, 4], [30, 10])).rate).toBeCloseTo(0, 14);
  const grown = mixRate(sums([5], [10]), sums([5, 5], [10, 10]));
  expect(grown.segments[1]).toEqual({ share: [0, 0.5], rate: [null, 0.5], mix: 0, change: 0 });
});

test("nothing to divide by is refused", () => {
  expect(() => mixRate(sums([1], [0]), sums([1], [1]))).toThrow(
    "denominators add up to 0 and 1, allowed: above 0",
  );
});

/** Mean marginal contribution over all orders, one by one. */
function byOrders(players: number, worth: (coalition: number) => number): number[] {
  const sum = Array.from({ length: players }, () => 0);
  let orders = 0;
  const walk = (inside: number): void => {
    if (inside === 2 ** players - 1) orders++;
  };
  const visit = (inside: number, path: readonly (readonly [number, number])[]): void => {
    walk(inside);
    if (inside === 2 ** players - 1) for (const [i, gain] of path) sum[i]! += gain;
    for (let i = 0; i < players; i++)
      if ((inside & (1 << i)) === 0)
        visit(inside | (1 << i), [...path, [i, worth(inside | (1 << i)) - worth(inside)]]);
  };
  visit(0, []);
  return sum.map((each) => each / orders);
}

test("Shapley values are the means over all orders, and sum to the whole to 1e-12", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 32, maxLength: 32 }),
      (players, table) => {
        const worth = (coalition: number): number => table[coalition]!;
        const found = shapleyValues(players, worth);
        byOrders(players, worth).forEach((value, i) => expect(found[i]).toBeCloseTo(value, 12));
        const total = found.reduce((sum, each) => sum + each, 0);
        expect(Math.abs(total - (worth(2 ** players - 1) - worth(0)))).toBeLessThan(1e-12);
      },
    ),
    { seed: 12, numRuns: 60 },
  );
});

test("twelve players: the glove game by its closed form, symmetric players alike, a dummy gets nothing", () => {
  // One left glove, ten right ones, one dummy: the left glove's owner gets 10/11, each right one 1/110.
  const found = shapleyValues(12, (coalition) =>
    (coalition & 1) !== 0 && (coalition & 0b11111111110) !== 0 ? 1 : 0,
  );
  expect(found[0]).toBeCloseTo(10 / 11, 12);
  for (let i = 1; i <= 10; i++) expect(found[i]).toBeCloseTo(1 / 110, 12);
  expect(found[11]).toBe(0);
  expect(() => shapleyValues(13, () => 0)).toThrow("found 13 players, allowed: a whole number from 0 to 12");
});
