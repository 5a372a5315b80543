import { expect, test } from "vitest";
import * as t from "../src/index.ts";

test("a product with bias and tanh runs on both executors as the reference does", async () => {
  const x = t.input("x", ["batch", 3]);
  const w = t.input("w", [3, 2]);
  const b = t.input("b", [2]);
  const y = t.tanh(t.add(t.matMul(x, w), b));
  const loss = t.mean(t.square(y));
  const [gw, gb] = t.gradients(loss, [w, b]);
  const program = t.compile({ name: "first", inputs: [x, w, b], outputs: { y, loss, gw: gw!, gb: gb! } });
  const feeds = {
    x: { data: Float32Array.of(1, 2, 3, -1, 0.5, 0.25), shape: [2, 3] },
    w: { data: Float32Array.of(0.1, 0.2, -0.3, 0.4, 0.5, -0.6), shape: [3, 2] },
    b: { data: Float32Array.of(0.01, -0.02), shape: [2] },
  };
  const reference = t.referenceEvaluate(program, feeds);
  for (const name of ["onnxruntime", "tensorflow"] as const) {
    const executor = await t.createExecutor(name);
    const session = await executor.load(program);
    const outputs = await session.run(feeds);
    for (const key of Object.keys(reference)) {
      expect(outputs[key]!.shape).toEqual(reference[key]!.shape);
      outputs[key]!.data.forEach((value, index) =>
        expect(value).toBeCloseTo(reference[key]!.data[index]!, 5),
      );
    }
  }
});

test("an update fits a line", async () => {
  const specs = [
    { name: "w", shape: [1, 1], initializer: "zeros" as const },
    { name: "b", shape: [1], initializer: "zeros" as const },
  ];
  const layout = t.parameterLayout(specs);
  const program = t.compileUpdate({
    name: "line",
    layout,
    batch: { x: { rowShape: [1], dataType: "float32" }, y: { rowShape: [1], dataType: "float32" } },
    scalars: ["scale"],
    minibatchSize: 4,
    loss: ({ parameters, batch, scalars }) => {
      const prediction = t.add(t.matMul(batch["x"]!, parameters["w"]!), parameters["b"]!);
      const loss = t.multiply(t.mean(t.square(t.subtract(prediction, batch["y"]!))), scalars["scale"]!);
      return { loss, metrics: { bias: t.sum(parameters["b"]!) }, stop: t.less(loss, 1e-6) };
    },
    optimizer: { kind: "adam", epsilon: 1e-8, beta1: 0.9, beta2: 0.999 },
    maximumGradientNorm: 10,
  });
  for (const name of ["onnxruntime", "tensorflow"] as const) {
    const executor = await t.createExecutor(name);
    const update = await executor.loadUpdate(program);
    const parameters = t.initializeParameters(specs, { first: 1, second: 2 });
    const optimizer = t.createOptimizerState(layout.size);
    const x = Float32Array.of(-1, 0, 1, 2, 0.5, -0.5, 1.5, 3);
    const run = {
      parameters,
      optimizer,
      rowCount: 8,
      batch: { x, y: x.map((v) => 2 * v - 1) },
      minibatches: Int32Array.from({ length: 4 * 400 }, (_, i) => i % 8),
      scalars: { scale: 1 },
      learningRate: 0.05,
    };
    const result = await update.run(run);
    expect(result.metrics["loss"]!.length).toBe(result.stopped ? result.steps + 1 : 400);
    expect(parameters[0]).toBeCloseTo(2, 2);
    expect(parameters[1]).toBeCloseTo(-1, 2);
    expect(optimizer.step).toBe(result.steps);
    const before = parameters.slice();
    await expect(update.run({ ...run, scalars: { scale: Number.NaN } })).rejects.toThrow(/scalar.scale/);
    expect(parameters).toEqual(before);
  }
});
