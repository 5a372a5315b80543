import fc from "fast-check";
import { rootKey, foldIn } from "@longview/statistics";
import { expect, expectTypeOf, test } from "vitest";
import {
  box,
  contains,
  dict,
  discrete,
  flatten,
  flattenedSize,
  multiBinary,
  multiDiscrete,
  sample,
  slate,
  tuple,
  unflatten,
  type Space,
} from "../src/index.ts";

const leaf: fc.Arbitrary<Space> = fc.oneof(
  fc.integer({ min: 1, max: 9 }).map(discrete),
  fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }).map(multiDiscrete),
  fc.integer({ min: 1, max: 6 }).map(multiBinary),
  fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 4 }))
    .map(([slots, more]) => slate({ slots, candidates: slots + more })),
  fc
    .tuple(
      fc.constantFrom(-Infinity, -3, 0),
      fc.constantFrom(0.1, 5, Infinity),
      fc.constantFrom("float32", "float64"),
    )
    .map(([low, high, dataType]) => box({ low, high, shape: [2, 3], dataType })),
  fc.constant(box({ low: 0, high: 255, shape: [4], dataType: "uint8" })),
);
const spaces: fc.Arbitrary<Space> = fc.oneof(
  leaf,
  fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), leaf, { minKeys: 1, maxKeys: 3 }).map(dict),
  fc.array(leaf, { minLength: 1, maxLength: 3 }).map(tuple),
  fc
    .array(leaf, { minLength: 1, maxLength: 2 })
    .map((items) => dict({ nested: tuple(items), bits: multiBinary(2) })),
);

test("a sample is a member, depends on its key alone, and survives flattening", () => {
  fc.assert(
    fc.property(spaces, fc.nat(), (space, seed) => {
      const value = sample(space, rootKey(seed));
      expect(contains(space, value)).toBe(true);
      expect(sample(space, rootKey(seed))).toEqual(value);
      const flat = flatten(space, value);
      expect(flat.length).toBe(flattenedSize(space));
      expect(unflatten(space, flat)).toEqual(value);
    }),
    { numRuns: 300 },
  );
});

test("masked samples are allowed ones, all of them equally likely (chi-square, false alarm 1e-6, fixed seed)", () => {
  const key = rootKey("mask");
  const counts = new Float64Array(5);
  for (let i = 0; i < 9000; i++) {
    const value = sample(discrete(5), foldIn(key, i), [1, 0, 1, 1, 0]);
    counts[value] = counts[value]! + 1;
  }
  expect([counts[1], counts[4]]).toEqual([0, 0]);
  const chiSquare = [0, 2, 3].reduce((sum, i) => sum + (counts[i]! - 3000) ** 2 / 3000, 0);
  expect(chiSquare).toBeLessThan(27.6);
  expect(sample(multiDiscrete([2, 3]), key, [0, 1, 0, 0, 1])).toEqual(Int32Array.of(1, 2));
  expect(sample(multiBinary(3), key, [0, 0, 0])).toEqual(new Uint8Array(3));
  expect(sample(dict({ a: discrete(3) }), key, { a: [0, 0, 1] })).toEqual({ a: 2 });
  expect(() => sample(discrete(2), key, [0, 0])).toThrow("forbids every value");
  expect(() => sample(discrete(2), key, [1])).toThrow("must have 2 flags");
  expect(() => sample(slate({ slots: 2, candidates: 3 }), key, [1, 0, 0])).toThrow(
    "leaves 1 candidates for 2 slots",
  );
});

test("ordered slates of 2 of 4 under a mask of 3 are the 6 possible ones, equally likely", () => {
  const key = rootKey("slates");
  const counts = new Map<string, number>();
  for (let i = 0; i < 12000; i++) {
    const name = sample(slate({ slots: 2, candidates: 4 }), foldIn(key, i), [1, 1, 0, 1]).join(",");
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  expect([...counts.keys()].sort()).toEqual(["0,1", "0,3", "1,0", "1,3", "3,0", "3,1"]);
  // 5 degrees of freedom, upper 1e-6 point 35.9.
  expect([...counts.values()].reduce((sum, n) => sum + (n - 2000) ** 2 / 2000, 0)).toBeLessThan(35.9);
});

test("the flat form is one-hot where values are names, and the type of a sample follows the space", () => {
  expect([...flatten(discrete(3), 1)]).toEqual([0, 1, 0]);
  expect([...flatten(slate({ slots: 2, candidates: 3 }), [2, 0])]).toEqual([0, 0, 1, 1, 0, 0]);
  expect([
    ...flatten(dict({ a: discrete(2), b: box({ low: 0, high: 9, shape: [2] }) }), { b: [3, 4], a: 0 }),
  ]).toEqual([1, 0, 3, 4]);
  expect(() => flatten(discrete(3), 3)).toThrow("flatten: value must be a whole number from 0 to 2, got 3");
  expect(() => unflatten(discrete(3), [0, 0, 0])).toThrow("no 1 among the 3 numbers");
  expectTypeOf(sample(discrete(2), rootKey(1))).toEqualTypeOf<number>();
  expectTypeOf(sample(slate({ slots: 1, candidates: 2 }), rootKey(1))).toEqualTypeOf<Int32Array>();
});
