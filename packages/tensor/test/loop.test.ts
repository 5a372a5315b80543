import { expect, test } from "vitest";
import * as t from "../src/index.ts";

async function onBoth(
  program: t.Program,
  feeds: t.Feeds,
  check: (results: Record<string, t.TensorValue>) => void,
): Promise<void> {
  for (const name of ["onnxruntime", "tensorflow"] as const) {
    check(await (await (await t.createExecutor(name)).load(program)).run(feeds));
  }
}

test("a loop carries state, stacks outputs and captures what lies outside", async () => {
  const factor = t.input("factor", []);
  const doubled = t.multiply(factor, 2);
  const { state, outputs, iterations } = t.loop({
    count: 4,
    state: { value: t.constant(1), other: t.constant([0, 0]) },
    body: (iteration, { value, other }) => {
      const next = t.multiply(value!, doubled);
      return {
        state: { value: next, other: t.add(other!, t.cast(iteration, "float32")) },
        outputs: { value: next, index: iteration },
      };
    },
  });
  const program = t.compile({
    name: "powers",
    inputs: [factor],
    outputs: {
      last: state["value"]!,
      other: state["other"]!,
      all: outputs["value"]!,
      index: outputs["index"]!,
      iterations,
    },
  });
  await onBoth(program, { factor: Float32Array.of(1.5) }, (results) => {
    expect([...results["all"]!.data]).toEqual([3, 9, 27, 81]);
    expect([...results["last"]!.data]).toEqual([81]);
    expect([...results["other"]!.data]).toEqual([6, 6]);
    expect([...results["index"]!.data]).toEqual([0, 1, 2, 3]);
    expect([...results["iterations"]!.data]).toEqual([4]);
  });
});

test("the iteration that stops is the last one and counts; a count of zero runs nothing", async () => {
  const count = t.input("count", [], "int32");
  const { state, outputs, iterations } = t.loop({
    count,
    state: { total: t.constant(0) },
    body: (_iteration, { total }) => {
      const next = t.add(total!, 2);
      return { state: { total: next }, outputs: { next }, stop: t.greaterOrEqual(next, 6) };
    },
  });
  const program = t.compile({
    name: "stops",
    inputs: [count],
    outputs: { total: state["total"]!, steps: outputs["next"]!, iterations },
  });
  await onBoth(program, { count: Int32Array.of(100) }, (results) => {
    expect([...results["steps"]!.data]).toEqual([2, 4, 6]);
    expect([...results["iterations"]!.data]).toEqual([3]);
  });
  await onBoth(program, { count: Int32Array.of(0) }, (results) => {
    expect([...results["total"]!.data]).toEqual([0]);
    expect(results["steps"]!.shape).toEqual([0]);
    expect([...results["iterations"]!.data]).toEqual([0]);
  });
});

test("a loop inside a loop captures from both levels", async () => {
  const unit = t.input("unit", []);
  const outer = t.loop({
    count: 3,
    state: { total: t.constant(0) },
    body: (row, { total }) => {
      const weight = t.multiply(t.cast(row, "float32"), unit);
      const inner = t.loop({
        count: 2,
        state: { sum: total! },
        body: (column, { sum }) => ({
          state: { sum: t.add(sum!, t.add(weight, t.cast(column, "float32"))) },
        }),
      });
      return { state: { total: inner.state["sum"]! } };
    },
  });
  const program = t.compile({ name: "nested", inputs: [unit], outputs: { total: outer.state["total"]! } });
  // Σ over rows 0..2 and columns 0..1 of (10·row + column) = 2·30 + 3
  await onBoth(program, { unit: Float32Array.of(10) }, (results) =>
    expect([...results["total"]!.data]).toEqual([63]),
  );
});

test("gradients are taken inside a loop's body, not through the loop", async () => {
  const start = t.input("start", [2]);
  const { state } = t.loop({
    count: 50,
    state: { x: start },
    body: (_iteration, { x }) => {
      const [slope] = t.gradients(t.sum(t.square(t.subtract(x!, 3))), [x!]);
      return { state: { x: t.subtract(x!, t.multiply(slope!, 0.2)) } };
    },
  });
  const program = t.compile({ name: "descent", inputs: [start], outputs: { x: state["x"]! } });
  await onBoth(program, { start: Float32Array.of(-4, 10) }, (results) => {
    for (const value of results["x"]!.data) expect(value).toBeCloseTo(3, 5);
  });
  expect(() => t.gradients(t.sum(state["x"]!), [start])).toThrow("loop: no gradient passes through a loop");
});

test("a state that changes its shape is refused when the loop is built", () => {
  const build = (): unknown =>
    t.loop({
      count: 2,
      state: { x: t.constant([1, 2]) },
      body: (_iteration, { x }) => ({ state: { x: t.sum(x!) } }),
    });
  expect(build).toThrow("loop: state x changes from float32 [2] to float32 []");
});
