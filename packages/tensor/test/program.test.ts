import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as t from "../src/index.ts";
import { OPERATION_CASES } from "./helpers/operation-cases.ts";
import { differences, FLOAT32 } from "./helpers/close.ts";
import { stream, values } from "./helpers/random-values.ts";

function network(): t.ProgramDefinition {
  const observation = t.input("observation", ["batch", 5]);
  const parameters = t.input("parameters", [5 * 3 + 3]);
  const layout = t.parameterLayout([
    { name: "weight", shape: [5, 3] },
    { name: "bias", shape: [3] },
  ]);
  const p = t.unflatten(parameters, layout);
  const logits = t.add(t.matMul(observation, p["weight"]!), p["bias"]!);
  return {
    name: "network",
    inputs: [observation, parameters],
    outputs: { logits, probabilities: t.softmax(logits) },
  };
}

/** Operations of the ONNX graph, loop bodies included. */
function onnxOperations(graph: t.Program["graph"]): string[] {
  return graph.nodes.flatMap((node) => {
    const inner = Object.values(node.attributes).flatMap((attribute) =>
      attribute.kind === "graph" ? onnxOperations(attribute.value) : [],
    );
    return [node.operation, ...inner];
  });
}

test("the same definition built twice gives the same bytes and hash", () => {
  const [first, second] = [t.compile(network()), t.compile(network())];
  expect(first.onnx).toEqual(second.onnx);
  expect(first.hash).toBe(second.hash);
  expect(first.hash).toMatch(/^[0-9a-f]{64}$/);
});

test("equal parts are computed once and unused ones not at all", () => {
  const x = t.input("x", [4]);
  const unused = t.log(x);
  expect(unused.shape).toEqual([4]);
  const program = t.compile({
    name: "shared",
    inputs: [x],
    outputs: { y: t.add(t.exp(x), t.multiply(t.exp(x), 2)) },
  });
  expect(onnxOperations(program.graph).toSorted()).toEqual(["Add", "Exp", "Mul"]);
});

test("constants fold, neutral elements and broadcasts before elementwise operations vanish", () => {
  const x = t.input("x", [4, 3]);
  const scale = t.divide(t.exp(t.constant(0)), t.add(t.constant(1), 1));
  const y = t.multiply(t.multiply(t.add(x, 0), 1), t.broadcastTo(scale, [4, 3]));
  const program = t.compile({ name: "folded", inputs: [x], outputs: { y } });
  expect(onnxOperations(program.graph)).toEqual(["Mul"]);
});

test("a dense layer and its gradients are Gemm alone: no Transpose, Expand or ReduceSum of a bias", () => {
  const [x, w, b] = [t.input("x", [32, 4]), t.input("w", [4, 2]), t.input("b", [2])];
  const y = t.add(t.matMul(x, w), b);
  const [gw, gb, gx] = t.gradients(t.sum(t.square(y)), [w, b, x]);
  const program = t.compile({ name: "dense", inputs: [x, w, b], outputs: { gw: gw!, gb: gb!, gx: gx! } });
  expect(onnxOperations(program.graph).toSorted()).toEqual([
    "Gemm",
    "Gemm",
    "Gemm",
    "Gemm",
    "Mul",
    "Reshape",
  ]);
});

describe("shape errors name the operation and the shapes when the program is built", () => {
  const x = t.input("x", [3, 4]);
  const y = t.input("y", [5, 6]);
  const rows = t.input("rows", ["batch", 4]);
  test.each([
    ["matMul", () => t.matMul(x, y), "matMul: shapes [3, 4] and [5, 6] do not agree: inner lengths 4 and 5"],
    ["add", () => t.add(x, y), "add: shapes [3, 4] and [5, 6] do not broadcast: 3 against 5"],
    [
      "add of a named length",
      () => t.add(x, rows),
      "add: shapes [3, 4] and [batch, 4] do not broadcast: 3 against batch",
    ],
    ["reshape", () => t.reshape(x, [5, 2]), "reshape: [3, 4] has 12 elements, [5, 2] has 10"],
    ["reshape with −1", () => t.reshape(x, [5, -1]), "reshape: [3, 4] does not divide into [5, -1]"],
    [
      "concatenate",
      () => t.concatenate([x, y], 0),
      "concatenate: shapes [3, 4] and [5, 6] differ beside axis 0",
    ],
    [
      "slice",
      () => t.slice(x, { axis: 1, start: 2, end: 7 }),
      "slice: range 2 to 7 is outside axis 1 of [3, 4]",
    ],
    ["sum", () => t.sum(x, { axes: 2 }), "sum: axis 2 is outside the shape [3, 4]"],
    ["transpose", () => t.transpose(x, [0, 0]), "transpose: [0, 0] is no order of the axes of [3, 4]"],
    [
      "gradients",
      () => t.gradients(x, [x]),
      "gradients: the loss must be a float32 scalar, got float32 [3, 4]",
    ],
    ["gather", () => t.gather(x, y), "gather: data type float32 is not allowed here (int32)"],
    ["split", () => t.split(x, [1, 1]), "split: sizes [1, 1] do not fill axis 0 of [3, 4]"],
  ])("%s", (_name, build, message) => {
    expect(build).toThrow(message);
  });
});

test("feeds of a wrong shape, type or length are refused with the input's name", async () => {
  const session = await (await t.createExecutor()).load(t.compile(network()));
  const parameters = new Float32Array(18);
  await expect(session.run({ parameters })).rejects.toThrow("the input observation is not fed");
  await expect(session.run({ parameters, observation: new Float32Array(7) })).rejects.toThrow(
    "do not settle the shape [batch, 5] of observation",
  );
  await expect(
    session.run({ parameters, observation: { data: new Float32Array(8), shape: [2, 4] } }),
  ).rejects.toThrow("observation must be [batch, 5], got [2, 4]");
  await expect(session.run({ parameters, observation: new Int32Array(5) })).rejects.toThrow(
    "observation is float32, got Int32Array",
  );
});

test("outputs can be written into given arrays", async () => {
  const session = await (await t.createExecutor()).load(t.compile(network()));
  const draw = stream(3);
  const feeds = { observation: values(10, draw), parameters: values(18, draw) };
  const expected = await session.run(feeds);
  const logits = new Float32Array(6);
  const results = await session.run(feeds, { into: { logits } });
  expect(results["logits"]!.data).toBe(logits);
  expect(logits).toEqual(expected["logits"]!.data);
});

test("bound inputs become initialisers and give the same outputs; inputs and outputs keep their names", async () => {
  const definition = network();
  const draw = stream(5);
  const parameters = values(18, draw);
  const observation = values(15, draw);
  const bound = t.bindInputs(definition, { parameters });
  expect(bound.inputSpecifications).toEqual([
    { name: "observation", shape: ["batch", 5], dataType: "float32" },
  ]);
  expect(bound.outputSpecifications.map(({ name }) => name)).toEqual(["logits", "probabilities"]);
  expect(onnxOperations(bound.graph)).toEqual(["Gemm", "Softmax"]);
  expect(t.exportOnnx({ ...definition, parameters: { parameters } })).toEqual(bound.onnx);
  expect(bound.graph.initializers.map(({ name }) => name)).toEqual(["weight", "bias"]);
  for (const name of ["onnxruntime", "tensorflow"] as const) {
    const executor = await t.createExecutor(name);
    const free = await (await executor.load(t.compile(definition))).run({ observation, parameters });
    const fixed = await (await executor.load(bound)).run({ observation });
    expect(fixed["logits"]!.data).toEqual(free["logits"]!.data);
    expect(fixed["probabilities"]!.shape).toEqual([3, 3]);
  }
});

test("named lengths are found at run time: products, means and bool masks of any size", async () => {
  const candidates = t.input("candidates", ["B", "M", 2]);
  const mask = t.input("mask", ["B", "M"], "bool");
  const context = t.input("context", ["B", 2]);
  const flat = t.reshape(candidates, [-1, 2]);
  expect(flat.shape).toEqual(["B*M", 2]);
  const towers = t.reshape(t.tanh(flat), ["B", "M", 2]);
  const scores = t.squeeze(t.matMul(towers, t.expandDimensions(context, 2)), 2);
  const masked = t.where(mask, scores, -1e8);
  const loss = t.mean(t.logSumExp(masked, { axes: 1 }));
  const [gradient] = t.gradients(loss, [candidates]);
  const average = t.mean(t.broadcastTo(t.expandDimensions(context, 1), ["B", "M", 2]), { axes: [0, 1] });
  const program = t.compile({
    name: "named",
    inputs: [context, candidates, mask],
    outputs: { masked, loss, gradient: gradient!, average },
  });
  const draw = stream(9);
  for (const [b, m] of [
    [1, 1],
    [2, 3],
    [3, 2],
  ] as const) {
    const feeds = {
      context: { data: values(2 * b, draw), shape: [b, 2] },
      candidates: { data: values(2 * b * m, draw), shape: [b, m, 2] },
      mask: {
        data: Uint8Array.from({ length: b * m }, (_, index) => (index % m === 1 ? 0 : 1)),
        shape: [b, m],
      },
    };
    const expected = t.referenceEvaluate(program, feeds);
    for (const name of ["onnxruntime", "tensorflow"] as const) {
      const results = await (await (await t.createExecutor(name)).load(program)).run(feeds);
      for (const key of Object.keys(expected)) {
        expect(results[key]!.shape).toEqual([...expected[key]!.shape]);
        expect(differences(results[key]!.data, expected[key]!.data, FLOAT32), `${name} ${key}`).toEqual([]);
      }
    }
  }
});

test("log-sum-exp, softmax and their gradients stay finite and exact at masks of −1e8", async () => {
  const x = t.input("x", [3, 3]);
  const rows = Float32Array.of(-1e8, 2, 1, -1e8, -1e8, 0.5, -1e8, -1e8, -1e8);
  const total = t.logSumExp(x, { axes: 1 });
  const [gradient] = t.gradients(t.sum(total), [x]);
  const [logGradient] = t.gradients(t.sum(t.slice(t.logSoftmax(x), { axis: 1, start: 2 })), [x]);
  const program = t.compile({
    name: "masks",
    inputs: [x],
    outputs: { total, probabilities: t.softmax(x), gradient: gradient!, logGradient: logGradient! },
  });
  const e = Math.exp(1);
  for (const name of ["onnxruntime", "tensorflow"] as const) {
    const results = await (await (await t.createExecutor(name)).load(program)).run({ x: rows });
    expect(differences(results["total"]!.data, [1 + Math.log(1 + e), 0.5, -1e8], FLOAT32), name).toEqual([]);
    const share = [0, e / (1 + e), 1 / (1 + e), 0, 0, 1, 1 / 3, 1 / 3, 1 / 3];
    expect(differences(results["probabilities"]!.data, share, FLOAT32), name).toEqual([]);
    expect(differences(results["gradient"]!.data, share, FLOAT32), name).toEqual([]);
    expect(
      differences(
        results["logGradient"]!.data,
        [0, -e / (1 + e), 1 - 1 / (1 + e), 0, 0, 0, -1 / 3, -1 / 3, 2 / 3],
        FLOAT32,
      ),
      name,
    ).toEqual([]);
  }
});

const PYTHON = "/usr/bin/python3";
function hasChecker(): boolean {
  if (!existsSync(PYTHON)) return false;
  try {
    execFileSync(PYTHON, ["-c", "import onnx"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

test.skipIf(!hasChecker())(
  "the onnx package's full check accepts every operation and a loop (skipped without python3-onnx)",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "longview-onnx-"));
    OPERATION_CASES.forEach((operation, index) => {
      const lengths = [2, 3, 4] as const;
      const inputs = operation
        .inputs(lengths)
        .map((spec, position) => t.input(`x${position}`, spec.shape, spec.dataType ?? "float32"));
      const output = operation.build(inputs, lengths);
      const variables = inputs.filter((tensor) => tensor.dataType === "float32");
      const slopes = t.gradients(t.sum(output), variables);
      const outputs = {
        output,
        ...Object.fromEntries(slopes.map((slope, position) => [`slope${position}`, slope])),
      };
      writeFileSync(join(folder, `${index}.onnx`), t.compile({ name: "case", inputs, outputs }).onnx);
    });
    const start = t.input("start", [2]);
    const { state, outputs, iterations } = t.loop({
      count: 3,
      state: { x: start },
      body: (iteration, { x }) => ({
        state: { x: t.multiply(x!, 2) },
        outputs: { x: x! },
        stop: t.greater(t.sum(x!), t.cast(iteration, "float32")),
      }),
    });
    const program = t.compile({
      name: "loop",
      inputs: [start],
      outputs: { last: state["x"]!, all: outputs["x"]!, iterations },
    });
    writeFileSync(join(folder, "loop.onnx"), program.onnx);
    const script = [
      "import onnx, sys, glob",
      "for path in glob.glob(sys.argv[1] + '/*.onnx'):",
      "    model = onnx.load(path)",
      "    onnx.checker.check_model(model, full_check=True)",
      "    assert model.ir_version == 8 and model.opset_import[0].version == 17, path",
      "    assert model.producer_version == '' and model.doc_string == ''",
      "print('accepted', len(glob.glob(sys.argv[1] + '/*.onnx')))",
    ].join("\n");
    const report = execFileSync(PYTHON, ["-c", script, folder], { encoding: "utf8" });
    expect(report.trim()).toBe(`accepted ${OPERATION_CASES.length + 1}`);
  },
);

test("a layer under extra axes is one Gemm with its bias and activation next to it", () => {
  const [x, w, b] = [t.input("x", [8, 5, 4]), t.input("w", [4, 3]), t.input("b", [3])];
  const y = t.tanh(t.add(t.matMul(x, w), b));
  const forward = t.compile({ name: "layer", inputs: [x, w, b], outputs: { y } });
  expect(onnxOperations(forward.graph)).toEqual(["Reshape", "Gemm", "Tanh", "Reshape"]);
  const [gb] = t.gradients(t.sum(t.square(y)), [b]);
  const backward = t.compile({ name: "layer", inputs: [x, w, b], outputs: { gb: gb! } });
  expect(onnxOperations(backward.graph)).not.toContain("ReduceSum");
});

test("feeds and outputs may lie in shared memory; calls at the same time do not disturb each other", async () => {
  const x = t.input("x", ["n"]);
  const program = t.compile({ name: "shared_memory", inputs: [x], outputs: { y: t.multiply(x, 2) } });
  for (const name of ["onnxruntime", "tensorflow"] as const) {
    const session = await (await t.createExecutor(name)).load(program);
    const data = new Float32Array(new SharedArrayBuffer(12));
    const y = new Float32Array(new SharedArrayBuffer(12));
    for (const start of [1, 4]) {
      data.set([start, start + 1, start + 2]);
      await session.run({ x: data }, { into: { y } });
      expect([...y]).toEqual([2 * start, 2 * start + 2, 2 * start + 4]);
    }
    const first = session.run({ x: data });
    data.fill(0);
    const second = session.run({ x: data });
    expect([...(await first)["y"]!.data]).toEqual([8, 10, 12]);
    expect([...(await second)["y"]!.data]).toEqual([0, 0, 0]);
  }
});

test("the executor keeps one session a program until it is disposed", async () => {
  const executor = await t.createExecutor();
  const first = await executor.load(t.compile(network()));
  expect(await executor.load(t.compile(network()))).toBe(first);
  await first.dispose();
  const second = await executor.load(t.compile(network()));
  expect(second).not.toBe(first);
  const results = await second.run({ observation: new Float32Array(5), parameters: new Float32Array(18) });
  expect([...results["logits"]!.data]).toEqual([0, 0, 0]);
  await executor.dispose();
});

test("names that the compiler uses itself are refused", () => {
  const x = t.input("_1", [2]);
  expect(() => t.compile({ name: "reserved", inputs: [x], outputs: { y: t.exp(x) } })).toThrow(
    "_1 is a name of the compiler's own",
  );
});
