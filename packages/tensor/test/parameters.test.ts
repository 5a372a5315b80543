import { rootKey } from "@longview/statistics";
import { expect, test } from "vitest";
import * as t from "../src/index.ts";

const SPECIFICATIONS: t.ParameterSpecification[] = [
  { name: "tall", shape: [7, 3], initializer: { orthogonal: Math.SQRT2 } },
  { name: "bias", shape: [3], initializer: "zeros" },
  { name: "wide", shape: [3, 5], initializer: { orthogonal: 0.01 } },
  { name: "scale", shape: [2], initializer: "ones" },
  { name: "logStandardDeviation", shape: [2], initializer: { constant: -0.5 } },
];

test("a layout puts parameters after one another and takes them out again", async () => {
  const layout = t.parameterLayout(SPECIFICATIONS);
  expect(layout.size).toBe(21 + 3 + 15 + 2 + 2);
  expect(layout.entries.map(({ offset }) => offset)).toEqual([0, 21, 24, 39, 41]);
  const vector = t.input("vector", [layout.size]);
  const program = t.compile({ name: "unflatten", inputs: [vector], outputs: t.unflatten(vector, layout) });
  const session = await (await t.createExecutor()).load(program);
  const results = await session.run({
    vector: Float32Array.from({ length: layout.size }, (_, index) => index),
  });
  expect(results["wide"]!.shape).toEqual([3, 5]);
  expect([...results["wide"]!.data]).toEqual(Array.from({ length: 15 }, (_, index) => 24 + index));
  expect(() =>
    t.parameterLayout([
      { name: "a", shape: [1] },
      { name: "a", shape: [2] },
    ]),
  ).toThrow("two parameters are named a");
});

test("orthogonal starts have orthonormal columns or rows times the gain; the rest are constants", () => {
  const values = t.initializeParameters(SPECIFICATIONS, rootKey("start"));
  const inner = (rows: number[][], gain: number): void => {
    rows.forEach((row, i) =>
      rows.forEach((other, j) => {
        const product = row.reduce((total, value, index) => total + value * other[index]!, 0);
        expect(product / (gain * gain)).toBeCloseTo(i === j ? 1 : 0, 6);
      }),
    );
  };
  inner(
    [0, 1, 2].map((column) => Array.from({ length: 7 }, (_, row) => values[row * 3 + column]!)),
    Math.SQRT2,
  );
  inner(
    [0, 1, 2].map((row) => [...values.subarray(24 + row * 5, 29 + row * 5)]),
    0.01,
  );
  expect([...values.subarray(21, 24)]).toEqual([0, 0, 0]);
  expect([...values.subarray(39)]).toEqual([1, 1, -0.5, -0.5]);
});

test("the same key gives the same values; another key others", () => {
  expect(t.initializeParameters(SPECIFICATIONS, rootKey(1))).toEqual(
    t.initializeParameters(SPECIFICATIONS, rootKey(1)),
  );
  expect(t.initializeParameters(SPECIFICATIONS, rootKey(1))).not.toEqual(
    t.initializeParameters(SPECIFICATIONS, rootKey(2)),
  );
});
