import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type * as TensorFlow from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import * as t from "../src/index.ts";
import { differences } from "./helpers/close.ts";
import { loadGraphModel, plainTensorFlow, runGraphModel } from "./helpers/load-graph-model.ts";
import { type CaseInput, OPERATION_CASES, type OperationCase } from "./helpers/operation-cases.ts";
import { size, stream, values } from "./helpers/random-values.ts";

let tf: typeof TensorFlow;
beforeAll(async () => {
  tf = await plainTensorFlow();
});

// what serving promises: 2e-5 · max(1, |x|)
const SERVED = { absolute: 2e-5, relative: 2e-5 };

type Lengths = readonly [number, number, number];

function dataFor(spec: CaseInput, draw: () => number): t.TensorData {
  const count = size(spec.shape);
  if (spec.dataType === "int32")
    return Int32Array.from({ length: count }, () => Math.floor(draw() * (spec.below ?? 2)));
  if (spec.dataType === "bool") return Uint8Array.from({ length: count }, () => (draw() < 0.5 ? 0 : 1));
  return values(count, draw, spec.low ?? -1, spec.high ?? 1);
}

function programOf(operation: OperationCase, lengths: Lengths): t.Program {
  const inputs = operation
    .inputs([...lengths])
    .map((spec, index) => t.input(`x${index}`, spec.shape, spec.dataType ?? "float32"));
  return t.compile({
    name: "case",
    inputs,
    outputs: { output: operation.build(inputs, [...lengths]) },
  });
}

const refusedIn = (program: t.Program): string | undefined =>
  program.plan.nodes.find(({ operation }) => operation.graphModel === undefined)?.operation.name;

async function expectReference(program: t.Program, feeds: Record<string, t.TensorValue>): Promise<void> {
  const model = await loadGraphModel(tf, t.graphModelOf(program));
  const names = program.outputSpecifications.map(({ name }) => name);
  const before = tf.memory().numTensors;
  const actual = runGraphModel(tf, model, feeds, names);
  expect(tf.memory().numTensors).toBe(before);
  for (const [name, { data, shape }] of Object.entries(t.referenceEvaluate(program, feeds))) {
    expect(actual[name]!.shape, name).toEqual(shape);
    expect(differences(actual[name]!.data, data, SERVED), name).toEqual([]);
  }
  model.dispose();
}

describe.each(OPERATION_CASES.map((operation) => [operation.name, operation] as const))(
  "%s",
  (_name, operation) => {
    const length = fc.integer({ min: 1, max: 4 });
    test("as a graph model equals the float64 values, or is refused by name", async () => {
      await fc.assert(
        fc.asyncProperty(fc.tuple(length, length, length), fc.integer(), async (lengths, seed) => {
          const program = programOf(operation, lengths);
          const refused = refusedIn(program);
          if (refused !== undefined) {
            expect(() => t.graphModelOf(program)).toThrow(`a graph model cannot contain ${refused};`);
            return;
          }
          const draw = stream(seed);
          const feeds = operation
            .inputs(lengths)
            .map((spec, index): [string, t.TensorValue] => [
              `x${index}`,
              { data: dataFor(spec, draw), shape: spec.shape },
            ]);
          await expectReference(program, Object.fromEntries(feeds));
        }),
        { numRuns: 4, seed: 13 },
      );
    });
  },
);

test("every operation with a graph-model form is exercised by a case", () => {
  const seen = new Set<string>(["input", "constant", "named", "stopGradient"]);
  for (const operation of OPERATION_CASES) {
    const program = programOf(operation, [2, 3, 4]);
    if (refusedIn(program) === undefined)
      for (const { operation: used } of program.plan.nodes) seen.add(used.name);
  }
  const allowed = t.OPERATIONS.filter(({ graphModel }) => graphModel !== undefined).map(({ name }) => name);
  expect(allowed.filter((name) => !seen.has(name))).toEqual([]);
});

/** Operations whose nodes depend on which lengths are known, over a batch and a count that are not. */
function dynamicProgram(): t.Program {
  const x = t.input("x", ["batch", "count", 4]);
  const row = t.input("row", ["batch", 3]);
  const mask = t.input("mask", ["batch", "count"], "bool");
  const index = t.input("index", [], "int32");
  const unused = t.input("unused", ["batch"]);
  const rows = t.reshape(x, [-1, 4]);
  const [head, tail] = t.split(x, [1, 3], 2);
  const weight = t.constant(values(12, stream(3)), [4, 3]);
  const side = t.reshape(t.matMul(t.expandDimensions(row, 2), t.expandDimensions(row, 1)), ["batch", 9]);
  return t.compile({
    name: "dynamic",
    inputs: [x, row, mask, index, unused],
    outputs: {
      restored: t.tanh(t.reshape(t.matMul(rows, weight), ["batch", "count", 3])),
      repeated: t.broadcastTo(t.expandDimensions(row, 1), ["batch", "count", 3]),
      flags: t.broadcastTo(t.expandDimensions(mask, 2), ["batch", "count", 2]),
      chosen: t.where(t.expandDimensions(mask, 2), x, -1e8),
      parts: t.concatenate([t.exp(tail!), t.negate(head!)], 2),
      longer: t.concatenate([t.square(x), t.exp(x)], 1),
      doubled: t.broadcastTo(t.expandDimensions(row, 1), ["batch", "count+count", 3]),
      wide: t.reshape(x, ["batch", -1]),
      sliced: t.slice(x, { axis: 2, start: 1, end: 3 }),
      products: t.matMul(x, t.transpose(t.exp(x))),
      crossed: t.matMul(t.reshape(row, ["batch", 1, 1, 3]), t.constant(values(30, stream(4)), [5, 3, 2])),
      side,
      picked: t.gather(x, index, 1),
      normal: t.logSoftmax(t.where(mask, t.sum(x, { axes: 2 }), -1e8)),
      total: t.logSumExp(x, { axes: [1, 2] }),
      masked: t.cast(mask, "float32"),
      same: row,
      again: row,
      fixed: t.constant([1, 2]),
    },
  });
}

const dynamicFeeds = (batch: number, count: number, seed: number): Record<string, t.TensorValue> => {
  const draw = stream(seed);
  const real = (...shape: number[]): t.TensorValue => ({ data: values(size(shape), draw, -2, 2), shape });
  return {
    x: real(batch, count, 4),
    row: real(batch, 3),
    mask: {
      data: Uint8Array.from({ length: batch * count }, () => (draw() < 0.5 ? 0 : 1)),
      shape: [batch, count],
    },
    index: { data: Int32Array.of(Math.floor(draw() * count)), shape: [] },
    unused: real(batch),
  };
};

test("lengths that are known only when the model runs are read from its inputs", async () => {
  const program = dynamicProgram();
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 6 }),
      fc.integer(),
      async (batch, count, seed) => expectReference(program, dynamicFeeds(batch, count, seed)),
    ),
    { numRuns: 8, seed: 5 },
  );
});

test("int32 arithmetic is exact, and a quotient is cut towards zero as in ONNX", async () => {
  const [x, y] = [t.input("x", [4], "int32"), t.input("y", [4], "int32")];
  const program = t.compile({
    name: "integers",
    inputs: [x, y],
    outputs: {
      quotient: t.divide(x, y),
      mixed: t.add(t.multiply(t.sign(x), t.abs(y)), t.subtract(t.negate(x), t.square(y))),
      total: t.sum(t.maximum(x, t.minimum(y, 3))),
      below: t.less(x, y),
    },
  });
  const feeds = {
    x: { data: Int32Array.of(-7, 7, 9, 0), shape: [4] },
    y: { data: Int32Array.of(2, -2, 4, 5), shape: [4] },
  };
  const model = await loadGraphModel(tf, t.graphModelOf(program));
  const actual = runGraphModel(tf, model, feeds, ["quotient", "mixed", "total", "below"]);
  const session = await (await t.createExecutor("onnxruntime")).load(program);
  const expected = await session.run(feeds);
  expect([...expected["quotient"]!.data]).toEqual([-3, -3, 2, 0]);
  for (const [name, { data }] of Object.entries(expected))
    expect(differences(actual[name]!.data, data, { absolute: 0, relative: 0 }), name).toEqual([]);
});

test("inputs and outputs keep their names, their order and their shapes, whatever the names are", async () => {
  const first = t.input("what: a name", ["batch", 2]);
  const second = t.input("MatMul", ["batch", 2], "bool");
  const program = t.compile({
    name: "names",
    inputs: [first, second],
    outputs: { _z: t.where(second, first, 0), a: t.matMul(first, t.named(t.constant([1, 2], [2, 1]), "a")) },
  });
  const model = await loadGraphModel(tf, t.graphModelOf(program));
  expect(model.inputNodes).toEqual(["what: a name", "MatMul"]);
  expect(model.outputNodes).toEqual(["_z", "a"]);
  expect(model.inputs.map(({ dtype, shape }) => [dtype, shape])).toEqual([
    ["float32", [-1, 2]],
    ["bool", [-1, 2]],
  ]);
  const outputs = tf.tidy(() => {
    const result = model.predict({
      "what: a name": tf.tensor2d([[3, 4]]),
      MatMul: tf.tensor2d([[1, 0]], [1, 2], "bool"),
    });
    if (!Array.isArray(result)) throw new TypeError("two outputs were expected");
    return result.map((tensor) => [...tensor.dataSync()]);
  });
  expect(outputs).toEqual([[3, 0], [11]]);
});

test("the same program gives the same bytes", () => {
  const [first, second] = [t.graphModelOf(dynamicProgram()), t.graphModelOf(dynamicProgram())];
  expect(first.modelJson).toBe(second.modelJson);
  expect(Buffer.compare(first.weights, second.weights)).toBe(0);
});

test("a loop is refused in one line that names it", () => {
  const start = t.input("start", [2]);
  const { state } = t.loop({
    count: 3,
    state: { x: start },
    body: (_iteration, { x }) => ({ state: { x: t.multiply(x!, 2) } }),
  });
  const program = t.compile({ name: "repeated", inputs: [start], outputs: { end: state["x"]! } });
  expect(() => t.graphModelOf(program)).toThrow(
    /^graphModelOf repeated: a graph model cannot contain loop; allowed are [^\n]*$/,
  );
});

test("the written files load without this package", async () => {
  const folder = mkdtempSync(join(tmpdir(), "graph-model-"));
  const program = dynamicProgram();
  const { modelJson, weights } = t.graphModelOf(program);
  const path = join(folder, "model.json");
  writeFileSync(path, modelJson);
  writeFileSync(join(folder, "weights.bin"), weights);
  const model = await tf.loadGraphModel({
    load: async () => {
      const json: TensorFlow.io.ModelJSON = JSON.parse(readFileSync(path, "utf8"));
      return tf.io.getModelArtifactsForJSON(json, async (manifest) => {
        const files = manifest
          .flatMap(({ paths }) => paths)
          .map((file) => readFileSync(join(dirname(path), file)));
        return [manifest.flatMap((group) => group.weights), Uint8Array.from(Buffer.concat(files)).buffer];
      });
    },
  });
  rmSync(folder, { recursive: true });
  const feeds = dynamicFeeds(3, 2, 1);
  const actual = runGraphModel(tf, model, feeds, ["restored"]);
  const expected = t.referenceEvaluate(program, feeds);
  expect(differences(actual["restored"]!.data, expected["restored"]!.data, SERVED)).toEqual([]);
});
