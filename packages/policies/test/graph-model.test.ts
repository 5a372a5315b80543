import type * as TensorFlow from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { box, dict, discrete, multiBinary, multiDiscrete, slate, type Space } from "@longview/environment";
import { deriveKey, rootKey, uniformsInto } from "@longview/statistics";
import {
  createExecutor,
  graphModelOf,
  type Program,
  type TensorData,
  type TensorValue,
  type ValueSpecification,
} from "@longview/tensor";
import {
  createPolicyModel,
  exportPolicy,
  policySettings,
  type PolicyModel,
  type PolicyState,
} from "../src/index.ts";

const key = rootKey("graph model");
const CLIP = 10;

let tf: typeof TensorFlow;
beforeAll(async () => {
  tf = await import("@tensorflow/tfjs");
  tf.enableProdMode();
  await tf.setBackend("cpu");
  await tf.ready();
});

function uniforms(purpose: string, count: number): Float64Array {
  const out = new Float64Array(count);
  const { first, second } = deriveKey(key, purpose);
  uniformsInto(out, 0, count, first, second, 0, 0);
  return out;
}

function exported(observationSpace: Space, actionSpace: Space, settings: object = {}): Program {
  const model: PolicyModel = createPolicyModel({
    observationSpace,
    actionSpace,
    settings: policySettings.parse({
      policyGain: 1,
      hiddenSizes: [16, 8],
      itemSizes: [16, 8],
      initialLogStandardDeviation: -0.5,
      ...settings,
    }),
    valueNames: ["reward"],
  });
  const moments = (name: string, size: number, low: number): Float32Array =>
    Float32Array.from(uniforms(name, size), (u) => low + u);
  const normaliser = Object.fromEntries(
    model.shape.observation
      .filter(({ normalisedSize }) => normalisedSize > 0)
      .map(({ name, normalisedSize }) => [
        name,
        {
          mean: moments(`${name} mean`, normalisedSize, -0.5),
          scale: moments(`${name} scale`, normalisedSize, 0.5),
        },
      ]),
  );
  const state: PolicyState = { parameters: model.initialize(deriveKey(key, "parameters")), normaliser };
  return exportPolicy({ model, state, observationClip: CLIP });
}

/** Random values of an input; some numbers lie beyond the clip, and a row may be masked whole. */
function valueOf(
  { name, shape, dataType }: ValueSpecification,
  lengths: Readonly<Record<string, number>>,
  seed: number,
): TensorValue {
  const actual = shape.map((length) => (typeof length === "number" ? length : lengths[length]!));
  const draws = uniforms(
    `${name} ${seed}`,
    actual.reduce((product, length) => product * length, 1),
  );
  const fill = (u: number): number => {
    if (name === "stage") return Math.floor(3 * u);
    return u > 0.98 ? 500 * (u - 0.99) : 6 * u - 3;
  };
  const data: TensorData =
    dataType === "bool" ? Uint8Array.from(draws, (u) => (u < 0.6 ? 1 : 0)) : Float32Array.from(draws, fill);
  return { data, shape: actual };
}

async function loaded(program: Program): Promise<TensorFlow.GraphModel> {
  const { modelJson, weights } = graphModelOf(program);
  const json: TensorFlow.io.ModelJSON = JSON.parse(modelJson);
  const artifacts = await tf.io.getModelArtifactsForJSON(json, async (manifest) => [
    manifest.flatMap((group) => group.weights),
    Uint8Array.from(weights).buffer,
  ]);
  return tf.loadGraphModel(tf.io.fromMemory(artifacts));
}

const real = (...shape: number[]): Space => box({ low: -5, high: 5, shape });
const slateSpace = dict({ context: real(3), candidates: real(6, 4), mask: multiBinary(6) });
const slates = slate({ slots: 2, candidates: 6 });
const maskedSpace = dict({ observation: real(4), stage: discrete(3), mask: multiBinary(5) });

describe.each([
  ["slate scorer", slateSpace, slates, {}],
  [
    "slate scorer with relu and a shared trunk",
    slateSpace,
    slates,
    { activation: "relu", sharedTrunk: true },
  ],
  ["slate scorer without relative features", slateSpace, slates, { relativeFeatures: false }],
  ["categorical policy", real(5), discrete(3), {}],
  ["categorical policy of parts with a mask", maskedSpace, discrete(5), { activation: "relu" }],
  ["categorical policy of a matrix", real(2, 3), discrete(2), { hiddenSizes: [] }],
  ["multi-categorical policy", real(4), multiDiscrete([2, 3]), { sharedTrunk: true }],
  ["Gaussian policy", real(4), box({ low: -1, high: 1, shape: [2] }), {}],
])("%s", (_name, observationSpace, actionSpace, settings) => {
  test("as a graph model equals ONNX Runtime to 2e-5 · max(1, |score|), whatever the batch and its masks", async () => {
    const program = exported(observationSpace, actionSpace, settings);
    const model = await loaded(program);
    const session = await (await createExecutor("onnxruntime")).load(program);
    const outputNames = program.outputSpecifications.map(({ name }) => name);
    expect(model.inputNodes).toEqual(program.inputSpecifications.map(({ name }) => name));
    expect(model.outputNodes).toEqual(outputNames);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 40 }),
        fc.nat(),
        async (batch, candidates, seed) => {
          const feeds = Object.fromEntries(
            program.inputSpecifications.map((specification) => [
              specification.name,
              valueOf(specification, { batch, candidates }, seed),
            ]),
          );
          const expected = await session.run(feeds);
          const actual = tf.tidy(() => {
            const fed = model.inputs.map(({ name, dtype }): [string, TensorFlow.Tensor] => {
              const { data, shape } = feeds[name]!;
              return [name, tf.tensor(data, [...shape], dtype)];
            });
            const result = model.predict(Object.fromEntries(fed));
            if (!Array.isArray(result) && !(result instanceof tf.Tensor))
              throw new TypeError("a map of outputs was not expected");
            return (Array.isArray(result) ? result : [result]).map((tensor) => ({
              shape: tensor.shape,
              data: tensor.dataSync(),
            }));
          });
          outputNames.forEach((name, index) => {
            const { data, shape } = expected[name]!;
            expect(actual[index]!.shape).toEqual(shape);
            const far = Array.from(data).filter(
              (score, at) =>
                !(Math.abs(score - actual[index]!.data[at]!) <= 2e-5 * Math.max(1, Math.abs(score))),
            );
            expect(far, name).toEqual([]);
          });
        },
      ),
      { numRuns: 25, seed: 17 },
    );
  });
});
