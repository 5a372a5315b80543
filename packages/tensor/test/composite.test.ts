import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import * as t from "../src/index.ts";
import { differences, FLOAT32 } from "./helpers/close.ts";
import { size, stream, values } from "./helpers/random-values.ts";

/** A loss written twice: here in operations, and in TensorFlow.js, whose automatic gradients are the oracle. */
interface Composite {
  readonly name: string;
  readonly variables: Readonly<Record<string, readonly number[]>>;
  readonly data: Readonly<
    Record<string, { shape: readonly number[]; dataType: t.DataType; low?: number; high?: number }>
  >;
  readonly loss: (v: Record<string, t.Tensor>, d: Record<string, t.Tensor>) => t.Tensor;
  readonly oracle: (v: Record<string, tf.Tensor>, d: Record<string, tf.Tensor>) => tf.Tensor;
}

const ROWS = 7;
const dense = { w1: [5, 8], b1: [8], w2: [8, 4], b2: [4] } as const;
const head = (v: Record<string, t.Tensor>, x: t.Tensor): t.Tensor =>
  t.add(t.matMul(t.tanh(t.add(t.matMul(x, v["w1"]!), v["b1"]!)), v["w2"]!), v["b2"]!);
const oracleHead = (v: Record<string, tf.Tensor>, x: tf.Tensor): tf.Tensor =>
  tf.add(tf.matMul(tf.tanh(tf.add(tf.matMul(x, v["w1"]!), v["b1"]!)), v["w2"]!), v["b2"]!);
const observation = { shape: [ROWS, 5], dataType: "float32" } as const;
const action = { shape: [ROWS], dataType: "int32" } as const;
const column = { shape: [ROWS], dataType: "float32" } as const;

const takenLogProbability = (logits: t.Tensor, actions: t.Tensor): t.Tensor =>
  t.squeeze(t.gatherElements(t.logSoftmax(logits), t.expandDimensions(actions, 1), 1), 1);
const oracleTaken = (logits: tf.Tensor, actions: tf.Tensor): tf.Tensor =>
  tf.sum(tf.mul(tf.logSoftmax(logits), tf.oneHot(tf.cast(actions, "int32"), 4)), 1);

const COMPOSITES: readonly Composite[] = [
  {
    name: "a tanh network with softmax cross-entropy",
    variables: dense,
    data: { observation, action },
    loss: (v, d) => t.negate(t.mean(takenLogProbability(head(v, d["observation"]!), d["action"]!))),
    oracle: (v, d) => tf.neg(tf.mean(oracleTaken(oracleHead(v, d["observation"]!), d["action"]!))),
  },
  {
    name: "the log-probability of a diagonal Gaussian",
    variables: { ...dense, logStandardDeviation: [4] },
    data: { observation, action: { shape: [ROWS, 4], dataType: "float32" } },
    loss: (v, d) => {
      const deviation = t.divide(
        t.subtract(d["action"]!, head(v, d["observation"]!)),
        t.exp(v["logStandardDeviation"]!),
      );
      const each = t.subtract(
        t.multiply(t.square(deviation), -0.5),
        t.add(v["logStandardDeviation"]!, 0.5 * Math.log(2 * Math.PI)),
      );
      return t.mean(t.sum(each, { axes: 1 }));
    },
    oracle: (v, d) => {
      const deviation = tf.div(
        tf.sub(d["action"]!, oracleHead(v, d["observation"]!)),
        tf.exp(v["logStandardDeviation"]!),
      );
      const each = tf.sub(
        tf.mul(tf.square(deviation), -0.5),
        tf.add(v["logStandardDeviation"]!, 0.5 * Math.log(2 * Math.PI)),
      );
      return tf.mean(tf.sum(each, 1));
    },
  },
  {
    name: "the clipped loss of PPO",
    variables: dense,
    data: { observation, action, advantage: column, oldLogProbability: { ...column, low: -1.8, high: -1 } },
    loss: (v, d) => {
      const logProbability = takenLogProbability(head(v, d["observation"]!), d["action"]!);
      const ratio = t.exp(t.subtract(logProbability, d["oldLogProbability"]!));
      const clipped = t.clip(ratio, 0.8, 1.2);
      return t.negate(
        t.mean(t.minimum(t.multiply(ratio, d["advantage"]!), t.multiply(clipped, d["advantage"]!))),
      );
    },
    oracle: (v, d) => {
      const logProbability = oracleTaken(oracleHead(v, d["observation"]!), d["action"]!);
      const ratio = tf.exp(tf.sub(logProbability, d["oldLogProbability"]!));
      const clipped = tf.clipByValue(ratio, 0.8, 1.2);
      return tf.neg(tf.mean(tf.minimum(tf.mul(ratio, d["advantage"]!), tf.mul(clipped, d["advantage"]!))));
    },
  },
];

const executors: t.Executor[] = [];
beforeAll(async () => {
  executors.push(await t.createExecutor("onnxruntime"), await t.createExecutor("tensorflow"));
});

describe.each(COMPOSITES.map((composite) => [composite.name, composite] as const))(
  "%s",
  (_name, composite) => {
    test.each([1, 2, 3])("has TensorFlow.js's value and gradients (draw %i)", async (seed) => {
      const draw = stream(seed);
      const variables = Object.entries(composite.variables).map(([name, shape]) => ({
        name,
        shape,
        data: values(size(shape), draw),
      }));
      const data = Object.entries(composite.data).map(([name, { shape, dataType, low, high }]) => ({
        name,
        shape,
        dataType,
        data:
          dataType === "int32"
            ? Int32Array.from({ length: size(shape) }, () => Math.floor(4 * draw()))
            : values(size(shape), draw, low, high),
      }));
      const inputs: Record<string, t.Tensor> = Object.fromEntries([
        ...variables.map(({ name, shape }) => [name, t.input(name, shape)]),
        ...data.map(({ name, shape, dataType }) => [name, t.input(name, shape, dataType)]),
      ]);
      const loss = composite.loss(inputs, inputs);
      const slopes = t.gradients(
        loss,
        variables.map(({ name }) => inputs[name]!),
      );
      const program = t.compile({
        name: "composite",
        inputs: Object.values(inputs),
        outputs: {
          loss,
          ...Object.fromEntries(slopes.map((slope, index) => [`d_${variables[index]!.name}`, slope])),
        },
      });
      const feeds: Record<string, t.TensorValue> = Object.fromEntries(
        [...variables, ...data].map(({ name, shape, data: array }) => [name, { data: array, shape }]),
      );

      const oracleData = Object.fromEntries(
        data.map(({ name, shape, data: array, dataType }) => [name, tf.tensor(array, [...shape], dataType)]),
      );
      const named = (list: tf.Tensor[]): Record<string, tf.Tensor> =>
        Object.fromEntries(variables.map(({ name }, index) => [name, list[index]!]));
      const oracleVariables = variables.map(({ shape, data: array }) => tf.tensor(array, [...shape]));
      const oracle = tf.valueAndGrads((...list: tf.Tensor[]) =>
        composite.oracle(named(list), oracleData).asScalar(),
      );
      const { value, grads } = oracle(oracleVariables);

      const reference = t.referenceEvaluate(program, feeds);
      const check = (results: Record<string, { data: ArrayLike<number> }>, what: string): void => {
        expect(differences(results["loss"]!.data, value.dataSync(), FLOAT32), `${what} loss`).toEqual([]);
        grads.forEach((grad, index) =>
          expect(
            differences(results[`d_${variables[index]!.name}`]!.data, grad.dataSync(), FLOAT32),
            `${what} ${variables[index]!.name}`,
          ).toEqual([]),
        );
      };
      check(reference, "reference");
      for (const executor of executors) check(await (await executor.load(program)).run(feeds), executor.name);
    });
  },
);

test("a Hessian-vector product equals the Hessian found by differences of the gradient", () => {
  const [w, x, v] = [t.input("w", [6]), t.input("x", [4, 3]), t.input("v", [6])];
  const logits = t.matMul(t.tanh(x), t.reshape(w, [3, 2]));
  const loss = t.mean(t.logSumExp(t.square(logits), { axes: 1 }));
  const [gradient] = t.gradients(loss, [w]);
  const [product] = t.gradients(t.sum(t.multiply(gradient!, v)), [w]);
  const program = t.compile({
    name: "hessian",
    inputs: [w, x, v],
    outputs: { gradient: gradient!, product: product! },
  });
  const draw = stream(21);
  const feeds = {
    w: { data: Float64Array.from(values(6, draw)), shape: [6] },
    x: { data: values(12, draw), shape: [4, 3] },
    v: { data: values(6, draw), shape: [6] },
  };
  const gradientAt = (index: number, offset: number): Float64Array => {
    const data = feeds.w.data.slice();
    data[index]! += offset;
    return t.referenceEvaluate(program, { ...feeds, w: { data, shape: [6] } })["gradient"]!.data;
  };
  const expected = new Float64Array(6);
  for (let column = 0; column < 6; column += 1) {
    const [above, below] = [gradientAt(column, 1e-5), gradientAt(column, -1e-5)];
    for (let row = 0; row < 6; row += 1)
      expected[row]! += ((above[row]! - below[row]!) / 2e-5) * feeds.v.data[column]!;
  }
  expect(
    differences(t.referenceEvaluate(program, feeds)["product"]!.data, expected, {
      absolute: 1e-8,
      relative: 1e-8,
    }),
  ).toEqual([]);
});

test("TensorFlow leaves no tensors behind", async () => {
  const x = t.input("x", [3]);
  const { state } = t.loop({
    count: 5,
    state: { x },
    body: (_iteration, { x: value }) => ({ state: { x: t.tanh(value!) } }),
  });
  const program = t.compile({
    name: "memory",
    inputs: [x],
    outputs: { y: state["x"]!, same: t.named(x, "same") },
  });
  const session = await executors[1]!.load(program);
  await session.run({ x: Float32Array.of(1, 2, 3) });
  const before = tf.memory().numTensors;
  await session.run({ x: Float32Array.of(1, 2, 3) });
  expect(tf.memory().numTensors).toBe(before);
});
