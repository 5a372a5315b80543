import { expect, test } from "vitest";
import {
  box,
  contains,
  dict,
  discrete,
  explainMismatch,
  multiBinary,
  multiDiscrete,
  slate,
  spaceFromJson,
  spaceToJson,
  tuple,
  valueFromJson,
  valueSchema,
  valueToJson,
} from "../src/index.ts";

const everything = dict({
  context: box({ low: [-1, -Infinity], high: [1, Infinity] }),
  image: box({ low: 0, high: 255, shape: [2, 2], dataType: "uint8" }),
  pair: tuple([discrete(3), multiDiscrete([2, 4])]),
  mask: multiBinary(3),
  slate: slate({ slots: 2, candidates: 5 }),
});

test("a space goes through JSON text and comes back equal, infinite bounds included", () => {
  const text = JSON.stringify(spaceToJson(everything));
  expect(text).toContain('"-Infinity"');
  expect(spaceFromJson(JSON.parse(text))).toEqual(everything);
});

test("JSON of another shape is refused with its path", () => {
  expect(() => spaceFromJson({ kind: "discrete", size: 0 })).toThrow(/size/);
  expect(() => spaceFromJson({ kind: "dict", entries: { a: { kind: "cube" } } })).toThrow(/entries/);
  expect(() => spaceFromJson({ kind: "slate", slots: 3, candidates: 2 })).toThrow(
    "slots must be <= candidates",
  );
});

test("constructors refuse bounds and sizes that contradict each other", () => {
  expect(() => box({ low: 1, high: 0 })).toThrow("low[0] = 1 must be <= high[0] = 0");
  expect(() => box({ low: Number.NaN, high: 0 })).toThrow("must be <=");
  expect(() => box({ low: [0, 0], high: 1, shape: [3] })).toThrow("low has 2 values, the shape needs 3");
  expect(() => box({ low: 0, high: Infinity, dataType: "int32" })).toThrow("whole numbers");
  expect(() => discrete(2.5)).toThrow("whole number >= 1");
});

const member = {
  context: Float32Array.of(0.5, -1e9),
  image: Uint8Array.of(0, 1, 2, 255),
  pair: [2, Int32Array.of(1, 3)],
  mask: Uint8Array.of(1, 0, 1),
  slate: Int32Array.of(4, 0),
};

test("a member goes through JSON text and comes back with its array types", () => {
  expect(contains(everything, member)).toBe(true);
  expect(valueFromJson(everything, JSON.parse(JSON.stringify(valueToJson(member))))).toEqual(member);
});

test("what is no member is named by its path, in functions and in the zod schema alike", () => {
  const wrong: [unknown, string][] = [
    [{ ...member, slate: [4, 4] }, "value.slate[1] repeats position 4"],
    [{ ...member, slate: [4] }, "value.slate must be an array of 2 numbers"],
    [{ ...member, context: [2, 0] }, "value.context[0] must be from -1 to 1, got 2"],
    [{ ...member, context: [Number.NaN, 0] }, "got NaN"],
    [{ ...member, pair: [3, [0, 0]] }, "value.pair[0] must be a whole number from 0 to 2, got 3"],
    [{ ...member, mask: [1, 0, 2] }, "value.mask[2] must be a whole number from 0 to 1"],
    [{ ...member, extra: 1 }, "value.extra is not an entry"],
    [7, "must be a record"],
  ];
  for (const [value, message] of wrong) {
    expect(explainMismatch(everything, value)).toContain(message);
    expect(() => valueSchema(everything).parse(value)).toThrow(message);
    expect(() => valueFromJson(everything, value)).toThrow(message);
  }
  expect(valueSchema(discrete(2)).parse(1)).toBe(1);
});

test("a float32 equal to a bound after rounding is inside", () => {
  expect(contains(box({ low: -0.1, high: 0.1 }), Float32Array.of(0.1))).toBe(true);
  expect(Math.fround(0.1)).toBeGreaterThan(0.1);
  expect(contains(box({ low: -0.1, high: 0.1, dataType: "float64" }), [Math.fround(0.1)])).toBe(false);
});
