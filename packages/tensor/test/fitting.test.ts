import { describe, expect, test } from "vitest";
import * as t from "../src/index.ts";
import { differences } from "./helpers/close.ts";
import { stream, values } from "./helpers/random-values.ts";

/** ½ Σ cⱼ (xⱼ − tⱼ)² with curvatures over six orders of magnitude, and its solution. */
const CURVATURE = Float64Array.of(1e-3, 1, 10, 1e3);
const TARGET = Float64Array.of(3, -1, 0.5, 2);
const quadratic: t.SmoothFunction = (gradient, point) => {
  let value = 0;
  point.forEach((x, j) => {
    gradient[j] = CURVATURE[j]! * (x - TARGET[j]!);
    value += 0.5 * gradient[j]! * (x - TARGET[j]!);
  });
  return value;
};
const rosenbrock: t.SmoothFunction = (gradient, [x = 0, y = 0]) => {
  gradient[0] = -2 * (1 - x) - 400 * x * (y - x * x);
  gradient[1] = 200 * (y - x * x);
  return (1 - x) ** 2 + 100 * (y - x * x) ** 2;
};

describe("minimize", () => {
  test("an ill-conditioned quadratic ends at its solution; with its curvature in one step", async () => {
    const plain = await t.minimize(quadratic, new Float64Array(4), { tolerance: 1e-20 });
    expect(plain.converged).toBe(true);
    expect(differences(plain.point, TARGET, { absolute: 1e-7, relative: 0 })).toEqual([]);
    const inverseCurvature = CURVATURE.map((c) => 1 / c);
    const scaled = await t.minimize(quadratic, new Float64Array(4), { tolerance: 1e-20, inverseCurvature });
    expect(scaled.steps).toBe(1);
    expect(differences(scaled.point, TARGET, { absolute: 1e-12, relative: 0 })).toEqual([]);
  });

  test("Rosenbrock's valley, also with values rounded to float32 above a large constant", async () => {
    const start = Float64Array.of(-1.2, 1);
    const exact = await t.minimize(rosenbrock, start, { tolerance: 1e-16 });
    expect(exact.steps).toBeLessThan(60);
    expect(differences(exact.point, [1, 1], { absolute: 1e-7, relative: 0 })).toEqual([]);
    const rounded: t.SmoothFunction = async (gradient, point) =>
      Math.fround(1e6 + (await rosenbrock(gradient, point)));
    const rough = await t.minimize(rounded, start, { tolerance: 1e-12, valueError: 1e-7 });
    expect(differences(rough.point, [1, 1], { absolute: 1e-4, relative: 0 })).toEqual([]);
  });

  test("ends at once at a minimum, and refuses a start where the function is not finite", async () => {
    const there = await t.minimize(quadratic, TARGET);
    expect(there).toMatchObject({ steps: 0, converged: true });
    await expect(t.minimize(() => NaN, new Float64Array(1))).rejects.toThrow("finite there");
  });
});

describe("RowObjective", () => {
  test("sums chunks to the loss and gradient of all rows, in float64", async () => {
    const draw = stream(7);
    const rowCount = 37;
    const chunkSize = 8;
    const x = values(rowCount * 3, draw);
    const target = values(rowCount, draw);
    const executor = await t.createExecutor();
    const objective = await t.RowObjective.load(executor, {
      name: "least_squares",
      layout: t.parameterLayout([
        { name: "w", shape: [3, 1] },
        { name: "b", shape: [1] },
      ]),
      fields: {
        x: { rowShape: [3], dataType: "float32" },
        target: { rowShape: [], dataType: "float32" },
        weight: { rowShape: [], dataType: "float32" },
      },
      chunkSize,
      loss: ({ parameters, rows }) => {
        const fitted = t.reshape(t.add(t.matMul(rows["x"]!, parameters["w"]!), parameters["b"]!), [-1]);
        const error = t.subtract(rows["target"]!, fitted);
        return t.multiply(t.sum(t.multiply(rows["weight"]!, t.square(error))), 0.5);
      },
    });
    const chunks = Array.from({ length: Math.ceil(rowCount / chunkSize) }, (_, k) => {
      const [first, last] = [k * chunkSize, (k + 1) * chunkSize];
      const padded = (source: Float32Array, width: number): Float32Array => {
        const out = new Float32Array(chunkSize * width);
        out.set(source.subarray(first * width, last * width));
        return out;
      };
      const ones = new Float32Array(rowCount).fill(1);
      return { x: padded(x, 3), target: padded(target, 1), weight: padded(ones, 1) };
    });
    const point = Float64Array.of(0.3, -0.2, 0.9, 0.1);
    const gradient = new Float64Array(4);
    const value = await objective.addInto(gradient, point, chunks);
    const expected = new Float64Array(4);
    let loss = 0;
    for (let i = 0; i < rowCount; i++) {
      const row = [...x.subarray(i * 3, i * 3 + 3), 1];
      const error = row.reduce((sum, value, j) => sum + value * point[j]!, 0) - target[i]!;
      loss += 0.5 * error * error;
      row.forEach((value, j) => {
        expected[j] = expected[j]! + error * value;
      });
    }
    expect(differences([value], [loss], { absolute: 0, relative: 2e-6 })).toEqual([]);
    expect(differences(gradient, expected, { absolute: 1e-5, relative: 2e-6 })).toEqual([]);

    const least = await t.minimize((out, at) => objective.addInto(out, at, chunks), new Float64Array(4), {
      tolerance: 1e-10,
    });
    const slope = new Float64Array(4);
    await objective.addInto(slope, least.point, chunks);
    expect(Math.max(...slope.map(Math.abs))).toBeLessThan(1e-4);
    await executor.dispose();
  });
});
