import { rootKey } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import * as t from "../src/index.ts";
import { differences, FLOAT32 } from "./helpers/close.ts";
import { stream, values } from "./helpers/random-values.ts";

const executors = {
  onnxruntime: await t.createExecutor("onnxruntime"),
  tensorflow: await t.createExecutor("tensorflow"),
};

const ADAM: t.AdamSettings = { kind: "adam", epsilon: 1e-5, beta1: 0.9, beta2: 0.999 };

interface Linear {
  readonly stopAbove?: number;
  readonly maximumGradientNorm?: number;
}

/** loss = scale · mean(x · w): its gradient is scale times the mean row, whatever the parameters are. */
function linear({ stopAbove, maximumGradientNorm }: Linear = {}): t.UpdateProgram {
  return t.compileUpdate({
    name: "linear",
    layout: t.parameterLayout([
      { name: "w", shape: [2, 1] },
      { name: "unused", shape: [3] },
    ]),
    batch: { x: { rowShape: [2], dataType: "float32" }, label: { rowShape: [], dataType: "int32" } },
    scalars: ["scale"],
    minibatchSize: 2,
    loss: ({ parameters, batch, scalars }) => {
      const scores = t.named(t.matMul(batch["x"]!, parameters["w"]!), "scores");
      const loss = t.multiply(t.mean(t.log(t.named(t.exp(scores), "exponent"))), scalars["scale"]!);
      const labels = t.mean(t.cast(batch["label"]!, "float32"));
      return {
        loss,
        metrics: { labels },
        ...(stopAbove === undefined ? {} : { stop: t.greater(labels, stopAbove) }),
      };
    },
    optimizer: ADAM,
    ...(maximumGradientNorm === undefined ? {} : { maximumGradientNorm }),
  });
}

const X = Float32Array.of(1, 2, 3, -4, 0.5, 0.25, -2, 1);
const LABELS = Int32Array.of(0, 2, 5, 7);
const MINIBATCHES = Int32Array.of(0, 1, 2, 3, 3, 0);

function updateInput(overrides: Partial<t.UpdateInput> = {}): t.UpdateInput {
  return {
    parameters: Float32Array.of(0.1, -0.2, 7, 8, 9),
    optimizer: t.createOptimizerState(5),
    batch: { x: X, label: LABELS },
    rowCount: 4,
    minibatches: MINIBATCHES,
    scalars: { scale: 3 },
    learningRate: 0.01,
    ...overrides,
  };
}

/** Adam as PyTorch writes it, in float64, for the update above. */
function adamByHand(
  start: readonly number[],
  scale: number,
  learningRate: number,
  maximumNorm = Infinity,
  firstStep = 0,
) {
  const w = [...start];
  const m = [0, 0];
  const v = [0, 0];
  const norms: number[] = [];
  for (let step = 0; step < 3; step += 1) {
    const rows = [MINIBATCHES[2 * step]!, MINIBATCHES[2 * step + 1]!];
    const raw = [0, 1].map((k) => (scale * (X[2 * rows[0]! + k]! + X[2 * rows[1]! + k]!)) / 2);
    const norm = Math.hypot(...raw);
    norms.push(norm);
    const g = raw.map((value) => value * Math.min(1, maximumNorm / (norm + 1e-6)));
    const time = firstStep + step + 1;
    for (const k of [0, 1]) {
      m[k] = 0.9 * m[k]! + 0.1 * g[k]!;
      v[k] = 0.999 * v[k]! + 0.001 * g[k]! ** 2;
      const mHat = m[k]! / (1 - 0.9 ** time);
      const vHat = v[k]! / (1 - 0.999 ** time);
      w[k]! -= (learningRate * mHat) / (Math.sqrt(vHat) + 1e-5);
    }
  }
  return { w, m, v, norms };
}

describe.each(["onnxruntime", "tensorflow"] as const)("on %s", (name) => {
  test.each([
    ["unclipped", undefined],
    ["clipped to a global norm of 0.5", 0.5],
    ["with a norm too long to bind", 1e3],
  ])("three steps are Adam's, %s, as computed by hand", async (_title, maximumGradientNorm) => {
    const program = linear(maximumGradientNorm === undefined ? {} : { maximumGradientNorm });
    const update = await executors[name].loadUpdate(program);
    const input = updateInput();
    const result = await update.run(input);
    const expected = adamByHand([0.1, -0.2], 3, 0.01, maximumGradientNorm);
    expect(differences(input.parameters, [...expected.w, 7, 8, 9], FLOAT32), "parameters").toEqual([]);
    expect(
      differences(input.optimizer.firstMoment, [...expected.m, 0, 0, 0], FLOAT32),
      "first moment",
    ).toEqual([]);
    expect(
      differences(input.optimizer.secondMoment, [...expected.v, 0, 0, 0], FLOAT32),
      "second moment",
    ).toEqual([]);
    expect(
      differences(result.metrics["gradientNorm"]!, expected.norms, FLOAT32),
      "norm before clipping",
    ).toEqual([]);
    expect([...result.metrics["labels"]!]).toEqual([1, 6, 3.5]);
    expect(result).toMatchObject({ steps: 3, stopped: false });
    expect(input.optimizer.step).toBe(3);
  });

  test("two calls continue as one call does, bit for bit", async () => {
    const update = await executors[name].loadUpdate(linear({ maximumGradientNorm: 0.5 }));
    const whole = updateInput();
    await update.run(whole);
    const parts = updateInput();
    await update.run({ ...parts, minibatches: MINIBATCHES.slice(0, 2) });
    await update.run({ ...parts, minibatches: MINIBATCHES.slice(2) });
    expect(parts.parameters).toEqual(whole.parameters);
    expect(parts.optimizer).toEqual(whole.optimizer);
  });

  test("a stop leaves that minibatch's step out and reports its metrics", async () => {
    const update = await executors[name].loadUpdate(linear({ stopAbove: 5 }));
    const stopped = updateInput();
    const result = await update.run(stopped);
    expect(result).toMatchObject({ steps: 1, stopped: true });
    expect([...result.metrics["labels"]!]).toEqual([1, 6]);
    const single = updateInput({ minibatches: MINIBATCHES.slice(0, 2) });
    await update.run(single);
    expect(stopped.parameters).toEqual(single.parameters);
    expect(stopped.optimizer).toEqual(single.optimizer);
  });

  test.each([
    [
      "batch.x",
      {
        batch: {
          x: Float32Array.from(X, (value, index) => (index === 4 ? Number.NaN : value)),
          label: LABELS,
        },
      },
      1,
    ],
    ["scalar.scale", { scalars: { scale: Infinity } }, 0],
    ["w", { parameters: Float32Array.of(Number.NaN, 0, 1, 1, 1) }, 0],
    ["exponent", { parameters: Float32Array.of(100, 0, 1, 1, 1) }, 0],
  ] as const)(
    "the first tensor that is not finite is named: %s; nothing is written",
    async (tensorName, overrides, step) => {
      const update = await executors[name].loadUpdate(linear());
      const input = updateInput(overrides);
      const before = structuredClone({ parameters: input.parameters, optimizer: input.optimizer });
      const failure = await update.run(input).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(t.NonFiniteError);
      expect(failure).toMatchObject({ tensorName, step });
      expect(input.parameters).toEqual(before.parameters);
      expect(input.optimizer).toEqual(before.optimizer);
    },
  );

  test("moments too small to matter vanish before they become subnormal", async () => {
    const update = await executors[name].loadUpdate(linear());
    const input = updateInput();
    input.optimizer.firstMoment.set([0.5, 0.5, 1e-31, -1e-31, 1e-20]);
    input.optimizer.secondMoment.set([0.5, 0.5, 1e-37, 1e-38, 1e-20]);
    await update.run(input);
    expect([...input.optimizer.firstMoment.subarray(2, 4)]).toEqual([0, 0]);
    expect([...input.optimizer.secondMoment.subarray(2, 4)]).toEqual([0, 0]);
    expect(input.optimizer.firstMoment[4]).toBeCloseTo(0.729e-20, 24);
    expect([...input.parameters.subarray(2, 4)]).toEqual([7, 8]);
  });

  test("no minibatches change nothing", async () => {
    const update = await executors[name].loadUpdate(linear());
    const input = updateInput({ minibatches: new Int32Array(0) });
    expect(await update.run(input)).toMatchObject({ steps: 0, stopped: false });
    expect([...input.parameters]).toEqual([...updateInput().parameters]);
  });
});

test("both executors train an embedding and a network to the same parameters (float32, 20 steps: 2e-4)", async () => {
  const specifications: t.ParameterSpecification[] = [
    { name: "embedding", shape: [5, 4], initializer: { orthogonal: 1 } },
    { name: "weight", shape: [4, 3], initializer: { orthogonal: 1 } },
    { name: "bias", shape: [3], initializer: "zeros" },
  ];
  const program = t.compileUpdate({
    name: "embedding",
    layout: t.parameterLayout(specifications),
    batch: { item: { rowShape: [2], dataType: "int32" }, label: { rowShape: [], dataType: "int32" } },
    scalars: [],
    minibatchSize: 20,
    loss: ({ parameters: p, batch }) => {
      const items = t.mean(t.gather(p["embedding"]!, batch["item"]!, 0), { axes: 1 });
      const logits = t.add(t.matMul(t.tanh(items), p["weight"]!), p["bias"]!);
      const taken = t.gatherElements(t.logSoftmax(logits), t.expandDimensions(batch["label"]!, 1), 1);
      return { loss: t.negate(t.mean(taken)), metrics: {} };
    },
    optimizer: ADAM,
    maximumGradientNorm: 0.5,
  });
  const trained = await Promise.all(
    Object.values(executors).map(async (executor) => {
      const draw = stream(4);
      const parameters = t.initializeParameters(specifications, rootKey(3));
      const result = await (
        await executor.loadUpdate(program)
      ).run({
        parameters,
        optimizer: t.createOptimizerState(parameters.length),
        batch: {
          item: Int32Array.from({ length: 80 }, () => Math.floor(5 * draw())),
          label: Int32Array.from({ length: 40 }, () => Math.floor(3 * draw())),
        },
        rowCount: 40,
        minibatches: Int32Array.from({ length: 400 }, (_, index) => index % 40),
        scalars: {},
        learningRate: 0.01,
      });
      return { parameters, loss: result.metrics["loss"]! };
    }),
  );
  expect(
    differences(trained[0]!.parameters, trained[1]!.parameters, { absolute: 2e-4, relative: 2e-4 }),
  ).toEqual([]);
  expect(trained[0]!.loss.at(-1)!).toBeLessThan(trained[0]!.loss[0]!);
});

test("misuse is refused in one line", async () => {
  const update = await executors.onnxruntime.loadUpdate(linear());
  await expect(update.run(updateInput({ minibatches: Int32Array.of(0, 1, 2) }))).rejects.toThrow(
    "linear: 3 row numbers are no whole minibatches of 2",
  );
  await expect(update.run(updateInput({ minibatches: Int32Array.of(0, 4) }))).rejects.toThrow(
    "linear: row 4 is outside 0 to 3",
  );
  await expect(update.run(updateInput({ scalars: {} }))).rejects.toThrow(
    "linear: the scalar scale is missing",
  );
  await expect(update.run(updateInput({ learningRate: Number.NaN }))).rejects.toThrow(
    "linear: the learning rate is NaN",
  );
  await expect(update.run(updateInput({ parameters: values(4, stream(1)) }))).rejects.toThrow("parameters");
});
