import { box, discrete, slate, type Space } from "@longview/environment";
import { deriveKey, rootKey, uniformsInto } from "@longview/statistics";
import { createExecutor, referenceEvaluate } from "@longview/tensor";
import { expect, test } from "vitest";
import {
  createPolicyInference,
  createPolicyModel,
  exportPolicy,
  exportPolicyOnnx,
  inferenceProgram,
  MASKED_SCORE,
  policySettings,
  type PolicyModel,
  type PolicyState,
} from "../src/index.ts";

const key = rootKey("policy model");
const CLIP = 10;

function numbers(purpose: string, count: number, spread = 4): Float32Array {
  const out = new Float64Array(count);
  const { first, second } = deriveKey(key, purpose);
  uniformsInto(out, 0, count, first, second, 0, 0);
  return Float32Array.from(out, (u) => (u - 0.5) * spread);
}

function modelFor(observationSpace: Space, actionSpace: Space, settings: object = {}): PolicyModel {
  return createPolicyModel({
    observationSpace,
    actionSpace,
    settings: policySettings.parse({ policyGain: 1, ...settings }),
    valueNames: ["reward", "harm"],
  });
}

function stateOf(model: PolicyModel): PolicyState {
  const normaliser = Object.fromEntries(
    model.shape.observation
      .filter((entry) => entry.normalisedSize > 0)
      .map(({ name, normalisedSize }) => [
        name,
        {
          mean: numbers(`${name} mean`, normalisedSize, 1),
          scale: numbers(`${name} scale`, normalisedSize, 1).map((x) => 1 + x),
        },
      ]),
  );
  return { parameters: model.initialize(deriveKey(key, "parameters")), normaliser };
}

const slateSpace: Space = {
  kind: "dict",
  entries: {
    context: box({ low: -5, high: 5, shape: [3] }),
    candidates: box({ low: -5, high: 5, shape: [6, 4] }),
    mask: { kind: "multiBinary", size: 6 },
  },
};
const slates = modelFor(slateSpace, slate({ slots: 2, candidates: 6 }), {
  hiddenSizes: [16],
  itemSizes: [16, 8],
});
const ROWS = 4;
const feeds = {
  context: numbers("context", ROWS * 3),
  candidates: numbers("candidates", ROWS * 6 * 4),
  mask: Uint8Array.from({ length: ROWS * 6 }, (_, i) => (i % 5 === 0 ? 0 : 1)),
};

async function inferSlates(input: typeof feeds): Promise<{ scores: Float32Array; values: Float32Array }> {
  const inference = await createPolicyInference({
    model: slates,
    executor: await createExecutor("onnxruntime"),
    rows: ROWS,
    observationClip: CLIP,
  });
  inference.setPolicy(stateOf(slates));
  for (const [name, data] of Object.entries(input)) inference.inputs[name]!.set(data);
  const outputs = await inference.run();
  const result = { scores: outputs["scores"]!.slice(), values: outputs["values"]!.slice() };
  return result;
}

test("the exported slate policy equals the trainer's scores to 1e-6, and a float64 evaluation to 2e-5 · max(1, |score|)", async () => {
  const state = stateOf(slates);
  const { scores } = await inferSlates(feeds);
  const program = exportPolicy({ model: slates, state, observationClip: CLIP });
  expect(program.inputSpecifications.map(({ name }) => name)).toEqual(["context", "candidates", "mask"]);
  const session = await (await createExecutor("onnxruntime")).load(program);
  const exported = await session.run({
    context: { data: feeds.context, shape: [ROWS, 3] },
    candidates: { data: feeds.candidates, shape: [ROWS, 6, 4] },
    mask: { data: feeds.mask, shape: [ROWS, 6] },
  });
  const vector = (data: Float32Array) => ({ data, shape: [data.length] });
  const values = Object.entries(state.normaliser).flatMap(([name, { mean, scale }]) => [
    [`${name}.mean`, vector(mean)] as const,
    [`${name}.scale`, vector(scale)] as const,
  ]);
  const float64 = referenceEvaluate(inferenceProgram(slates, ROWS, CLIP), {
    parameters: vector(state.parameters),
    context: { data: feeds.context, shape: [ROWS, 3] },
    candidates: { data: feeds.candidates, shape: [ROWS, 6, 4] },
    mask: { data: feeds.mask, shape: [ROWS, 6] },
    ...Object.fromEntries(values),
  });
  for (let i = 0; i < ROWS * 6; i++) {
    const score = exported["scores"]!.data[i]!;
    if (feeds.mask[i] === 0) expect(score).toBe(Math.fround(MASKED_SCORE));
    else {
      expect(Math.abs(score - scores[i]!)).toBeLessThan(1e-6);
      const exact = float64["scores"]!.data[i]!;
      expect(Math.abs(score - exact)).toBeLessThan(2e-5 * Math.max(1, Math.abs(exact)));
    }
  }
});

test("exporting twice gives the same bytes", () => {
  const options = { model: slates, state: stateOf(slates), observationClip: CLIP };
  expect(Buffer.from(exportPolicyOnnx(options)).equals(Buffer.from(exportPolicyOnnx(options)))).toBe(true);
});

test("permuting the candidates permutes the scores and leaves the values", async () => {
  const order = [3, 0, 5, 1, 4, 2];
  const permuted = {
    context: feeds.context,
    candidates: Float32Array.from(feeds.candidates, (_, at) => {
      const row = Math.floor(at / 24);
      const candidate = Math.floor((at % 24) / 4);
      return feeds.candidates[row * 24 + order[candidate]! * 4 + (at % 4)]!;
    }),
    mask: Uint8Array.from(feeds.mask, (_, at) => feeds.mask[Math.floor(at / 6) * 6 + order[at % 6]!]!),
  };
  const plain = await inferSlates(feeds);
  const moved = await inferSlates(permuted);
  for (let at = 0; at < ROWS * 6; at++)
    expect(moved.scores[at]).toBeCloseTo(plain.scores[Math.floor(at / 6) * 6 + order[at % 6]!]!, 5);
  for (let i = 0; i < ROWS * 2; i++) expect(moved.values[i]).toBeCloseTo(plain.values[i]!, 5);
});

test("a masked candidate's features change nobody else's score", async () => {
  const changed = { ...feeds, candidates: feeds.candidates.slice() };
  changed.candidates.fill(4.5, 0, 4); // row 0, candidate 0: masked
  const plain = await inferSlates(feeds);
  const after = await inferSlates(changed);
  expect([...after.scores.subarray(1)]).toEqual([...plain.scores.subarray(1)]);
  expect([...after.values]).toEqual([...plain.values]);
});

test("a row's bits do not depend on the rows asked with it", async () => {
  const alone = {
    context: new Float32Array(ROWS * 3).fill(9),
    candidates: new Float32Array(ROWS * 24).fill(-3),
    mask: new Uint8Array(ROWS * 6).fill(1),
  };
  alone.context.set(feeds.context.subarray(0, 3));
  alone.candidates.set(feeds.candidates.subarray(0, 24));
  alone.mask.set(feeds.mask.subarray(0, 6));
  const together = await inferSlates(feeds);
  const apart = await inferSlates(alone);
  expect([...apart.scores.subarray(0, 6)]).toEqual([...together.scores.subarray(0, 6)]);
});

test("orthogonal initialisation has the stated gains", () => {
  const model = modelFor(box({ low: -1, high: 1, shape: [5] }), discrete(3), { policyGain: 0.01 });
  const parameters = model.initialize(key);
  const norm = (name: string): number[] => {
    const { offset, shape } = model.layout.entries.find((entry) => entry.name === name)!;
    const [rows, columns] = [shape[0]!, shape[1]!];
    // Squared lengths along the shorter side are gain².
    const short = Math.min(rows, columns);
    return Array.from({ length: short }, (_, i) => {
      let sum = 0;
      for (let j = 0; j < Math.max(rows, columns); j++) {
        const at = rows < columns ? i * columns + j : j * columns + i;
        sum += parameters[offset + at]! ** 2;
      }
      return Math.sqrt(sum);
    });
  };
  for (const length of norm("policy.0.weight")) expect(length).toBeCloseTo(Math.SQRT2, 5);
  for (const length of norm("policy.logits.weight")) expect(length).toBeCloseTo(0.01, 6);
  for (const length of norm("value.heads.weight")) expect(length).toBeCloseTo(1, 5);
});

test("discrete observations are shown one-hot, and shared trunks have one stack", async () => {
  const model = modelFor(discrete(3), discrete(2), { hiddenSizes: [], sharedTrunk: true });
  expect(model.parameters.map(({ name }) => name)).toEqual([
    "policy.logits.weight",
    "policy.logits.bias",
    "value.heads.weight",
    "value.heads.bias",
  ]);
  const inference = await createPolicyInference({
    model,
    executor: await createExecutor("onnxruntime"),
    rows: 3,
    observationClip: CLIP,
  });
  const state = stateOf(model);
  inference.setPolicy(state);
  inference.inputs["observation"]!.set([2, 0, 1]);
  const { logits } = await inference.run();
  // Without hidden layers the logits of category c are row c of the weight matrix.
  expect([...logits!]).toEqual([...state.parameters.subarray(4, 6), ...state.parameters.subarray(0, 4)]);
});

test("spaces without a distribution or network are refused in one line", () => {
  expect(() => modelFor(box({ low: 0, high: 1 }), { kind: "multiBinary", size: 2 })).toThrow(
    /use discrete, multiDiscrete, box or slate/,
  );
  expect(() => modelFor(box({ low: 0, high: 1 }), slate({ slots: 1, candidates: 2 }))).toThrow(
    /context is missing/,
  );
});

test("exports of continuous and of masked discrete policies have the stated signatures, for any batch", async () => {
  const executor = await createExecutor("onnxruntime");
  const box4 = box({ low: -1, high: 1, shape: [4] });
  const gaussian = modelFor(box4, box({ low: -2, high: 2, shape: [2] }), {
    initialLogStandardDeviation: -0.5,
  });
  const program = exportPolicy({ model: gaussian, state: stateOf(gaussian), observationClip: CLIP });
  expect(program.inputSpecifications.map(({ name }) => name)).toEqual(["observation"]);
  const session = await executor.load(program);
  for (const rows of [1, 5]) {
    const outputs = await session.run({ observation: { data: numbers("box", rows * 4), shape: [rows, 4] } });
    expect(outputs["mean"]!.shape).toEqual([rows, 2]);
    expect([...outputs["logStandardDeviation"]!.data]).toEqual(new Array(rows * 2).fill(-0.5));
  }
  const masked = modelFor(
    { kind: "dict", entries: { observation: box4, mask: { kind: "multiBinary", size: 3 } } },
    discrete(3),
  );
  const served = await executor.load(
    exportPolicy({ model: masked, state: stateOf(masked), observationClip: CLIP }),
  );
  const { logits } = await served.run({
    observation: { data: numbers("box", 8), shape: [2, 4] },
    mask: { data: Uint8Array.of(1, 0, 1, 0, 1, 1), shape: [2, 3] },
  });
  expect([...logits!.data].map((logit) => logit === Math.fround(MASKED_SCORE))).toEqual([
    false,
    true,
    false,
    true,
    false,
    false,
  ]);
  await executor.dispose();
});
