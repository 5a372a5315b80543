import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeFeatures, OffPolicyEvaluationError } from "../../src/index.ts";

/** Columns by name, as plain lists. */
function encoded(columns: Record<string, readonly unknown[]>): Record<string, number[]> {
  const rowCount = Object.values(columns)[0]?.length ?? 0;
  const { names, values } = encodeFeatures(columns, rowCount);
  expect(values).toHaveLength(names.length * rowCount);
  return Object.fromEntries(
    names.map((name, k) => [
      name,
      Array.from({ length: rowCount }, (_, row) => values[row * names.length + k]!),
    ]),
  );
}

describe("columns of a log as numbers", () => {
  test("numbers, numbers as text, and flags are taken as they are", () => {
    expect(encoded({ a: [1, -2.5, 3], b: ["1", " 2 ", "1e3"], c: [true, false, true] })).toEqual({
      a: [1, -2.5, 3],
      b: [1, 2, 1000],
      c: [1, 0, 1],
    });
  });

  test("what is missing is 0 beside a column that says so", () => {
    expect(encoded({ a: [1, null, undefined, "", NaN, Infinity] })).toEqual({
      a: [1, 0, 0, 0, 0, 0],
      "a missing": [0, 1, 1, 1, 1, 1],
    });
    expect(encoded({ a: [null, null] })).toEqual({ a: [0, 0], "a missing": [1, 1] });
  });

  test("text is one column a category, the most frequent first, ties by name; missing is one of them", () => {
    expect(encoded({ c: ["b", "a", "c", "b", null, "1"] })).toEqual({
      "c=b": [1, 0, 0, 1, 0, 0],
      "c=1": [0, 0, 0, 0, 0, 1],
      "c=a": [0, 1, 0, 0, 0, 0],
      "c=c": [0, 0, 1, 0, 0, 0],
      "c=missing": [0, 0, 0, 0, 1, 0],
    });
    expect(encoded({ o: [{ x: 1 }, { x: 2 }] })).toEqual({ 'o={"x":1}': [1, 0], 'o={"x":2}': [0, 1] });
  });

  test("categories after the fiftieth share a column, and each row is in exactly one", () => {
    const values = Array.from({ length: 70 }, (_, k) => `c${k}`).flatMap((name, k) =>
      k < 3 ? [name, name] : [name],
    );
    const columns = encoded({ c: values });
    expect(Object.keys(columns)).toHaveLength(51);
    expect(Object.keys(columns).slice(0, 3)).toEqual(["c=c0", "c=c1", "c=c2"]);
    expect(columns["c=others"]!.reduce((sum, flag) => sum + flag, 0)).toBe(20);
    values.forEach((_, row) => {
      expect(Object.values(columns).reduce((sum, flags) => sum + flags[row]!, 0)).toBe(1);
    });
  });

  test("lists are a column an entry; a row without one is 0", () => {
    expect(encoded({ x: [[1, 2], null, ["3", null]] })).toEqual({ "x[0]": [1, 0, 3], "x[1]": [2, 0, 0] });
    expect(encoded({ x: [[], []] })).toEqual({});
  });

  test.each([
    [[[1, 2], [1]], "feature x: kept row 2 has 1 entries where others have 2"],
    [[[1], 5], "feature x: kept row 2 has no list where others have 1"],
    [[[1], ["red"]], 'feature x: kept row 2, entry 0 is "red"; it must be a number'],
    [[[1], [[2]]], "feature x: kept row 2, entry 0 is [2]; it must be a number"],
  ])("%j is refused", (values, message) => {
    expect(() => encodeFeatures({ x: values }, values.length)).toThrow(
      new OffPolicyEvaluationError("BAD_VALUE", message),
    );
  });

  test("whatever a log holds becomes finite numbers, and no columns become none", () => {
    const value = fc.oneof(
      fc.double(),
      fc.string(),
      fc.boolean(),
      fc.constantFrom(null, undefined, "NaN", "__proto__", { a: 1 }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 20 }), (pairs) => {
        const { values } = encodeFeatures(
          { a: pairs.map(([a]) => a), b: pairs.map(([, b]) => b) },
          pairs.length,
        );
        for (const number of values) expect(Number.isFinite(number)).toBe(true);
      }),
    );
    expect(encodeFeatures({}, 3)).toEqual({ names: [], values: new Float64Array(0) });
  });
});
