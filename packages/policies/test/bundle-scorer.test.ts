import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  box,
  dict,
  discrete,
  multiBinary,
  multiDiscrete,
  slate,
  spaceToJson,
  type Space,
} from "@longview/environment";
import { sha256, writePolicyBundle } from "@longview/formats";
import { deriveKey, rootKey, uniform, uniformsInto } from "@longview/statistics";
import { createExecutor } from "@longview/tensor";
import {
  choiceLogProbability,
  createPolicyInference,
  createPolicyModel,
  exportPolicy,
  mixedChoiceProbability,
  openBundlePolicy,
  plackettLuceLogProbability,
  policySettings,
  sampleChoice,
  uniformChoiceProbability,
  type LoggedDecision,
  type PolicyModel,
  type PolicyState,
} from "../src/index.ts";

const key = rootKey("bundle scorer");
const CLIP = 10;
const folder = mkdtempSync(join(tmpdir(), "longview-bundle-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const real = (...shape: number[]): Space => box({ low: -5, high: 5, shape });
const slateSpace = dict({ context: real(3), candidates: real(6, 4), mask: multiBinary(6) });
const maskedSpace = dict({ observation: real(4), stage: discrete(3), mask: multiBinary(5) });

function modelOf(observationSpace: Space, actionSpace: Space): PolicyModel {
  return createPolicyModel({
    observationSpace,
    actionSpace,
    settings: policySettings.parse({ policyGain: 1, hiddenSizes: [16], itemSizes: [16, 8] }),
    valueNames: ["reward"],
  });
}

function stateOf(model: PolicyModel): PolicyState {
  const normaliser = Object.fromEntries(
    model.shape.observation
      .filter((entry) => entry.normalisedSize > 0)
      .map(({ name, normalisedSize }) => [
        name,
        {
          mean: new Float32Array(normalisedSize).fill(0.1),
          scale: new Float32Array(normalisedSize).fill(0.8),
        },
      ]),
  );
  return { parameters: model.initialize(deriveKey(key, "parameters")), normaliser };
}

async function bundle(
  name: string,
  model: PolicyModel,
  propensityFloor = 0,
  onnx?: Uint8Array,
): Promise<string> {
  const program = exportPolicy({ model, state: stateOf(model), observationClip: CLIP });
  const path = join(folder, name);
  const tensors = (specifications: typeof program.inputSpecifications) =>
    specifications.map(({ name: tensor, shape, dataType }) => ({
      name: tensor,
      shape: [...shape],
      dataType,
    }));
  await writePolicyBundle(path, {
    manifest: {
      schemaVersion: 1,
      policyId: name,
      environment: { id: "test-v0", options: {} },
      observation: Object.fromEntries(
        model.shape.observation.map((entry) => [entry.name, { shape: [...entry.rowShape], features: [] }]),
      ),
      actionSpace: spaceToJson(model.shape.actionSpace),
      distribution: model.shape.distribution,
      propensityFloor,
      objectives: [],
      costs: [],
      constraints: [],
      graph: {
        inputs: tensors(program.inputSpecifications),
        outputs: tensors(program.outputSpecifications),
      },
      lineage: {
        run: "test",
        seed: "1",
        code: { commit: null, modified: false, version: "0" },
        decisions: 0,
        configuration: sha256(""),
        logs: [],
      },
    },
    onnx: onnx ?? program.onnx,
    golden: { schemaVersion: 1, tolerance: 1e-5, requests: [] },
    modelCard: "",
  });
  return path;
}

const draws = (purpose: string, count: number): number[] => {
  const out = new Float64Array(count);
  const { first, second } = deriveKey(key, purpose);
  uniformsInto(out, 0, count, first, second, 0, 0);
  return Array.from(out, (u) => Math.fround(4 * u - 2));
};

function slateDecision(number: number, count: number): LoggedDecision {
  return {
    context: draws(`context ${number}`, 3),
    candidates: Array.from({ length: count }, (_, m) => ({
      item_id: `i${m}`,
      features: draws(`candidate ${number} ${m}`, 4),
    })),
  };
}

const slates = modelOf(slateSpace, slate({ slots: 2, candidates: 6 }));
let slateBundle = "";
beforeAll(async () => {
  slateBundle = await bundle("slates", slates);
});

test("a slate policy's scores are those of its training graph, whatever the number of candidates", async () => {
  const policy = await openBundlePolicy(slateBundle);
  expect(policy.manifest.policyId).toBe("slates");
  const decisions = [6, 4, 6, 2, 1].map((count, number) => slateDecision(number, count));
  const scores = await policy.scores(decisions);
  const inference = await createPolicyInference({
    model: slates,
    executor: await createExecutor("onnxruntime"),
    rows: decisions.length,
    observationClip: CLIP,
  });
  inference.setPolicy(stateOf(slates));
  const { context, candidates, mask } = inference.inputs;
  mask!.fill(0);
  decisions.forEach((decision, row) => {
    context!.set(decision.context, row * 3);
    decision.candidates.forEach(({ features }, m) => {
      candidates!.set(features, (row * 6 + m) * 4);
      mask![row * 6 + m] = 1;
    });
  });
  const trained = (await inference.run())["scores"]!;
  decisions.forEach((decision, row) => {
    expect(scores[row]).toHaveLength(decision.candidates.length);
    scores[row]!.forEach((score, m) => expect(Math.abs(score - trained[row * 6 + m]!)).toBeLessThan(2e-5));
  });
  await policy.dispose();
});

test("a decision's scores do not depend on what is scored with it, to the last bit", async () => {
  const policy = await openBundlePolicy(slateBundle);
  const decisions = Array.from({ length: 30 }, (_, number) => slateDecision(number, 2 + (number % 5)));
  const together = await policy.scores(decisions);
  for (const [number, decision] of decisions.entries())
    expect((await policy.scores([decision]))[0]).toEqual(together[number]);
  expect((await policy.scores(decisions.toReversed())).toReversed()).toEqual(together);
});

test("slate probabilities are Plackett–Luce's and sum to 1 over all slates; for slates of one they are the distribution", async () => {
  const policy = await openBundlePolicy(slateBundle);
  const decision = slateDecision(1, 5);
  const [scores] = await policy.scores([decision]);
  let sum = 0;
  for (let a = 0; a < 5; a++)
    for (let b = 0; b < 5; b++)
      if (a !== b) {
        const logProbability = policy.logProbability(decision, scores!, [a, b]);
        expect(logProbability).toBe(plackettLuceLogProbability(scores!, [a, b]));
        sum += Math.exp(logProbability);
      }
  expect(Math.abs(sum - 1)).toBeLessThan(1e-12);
  const distribution = policy.distribution(scores!);
  distribution.forEach((p, a) =>
    expect(Math.abs(p - Math.exp(policy.logProbability(decision, scores!, [a])))).toBeLessThan(1e-14),
  );
  expect(() => policy.logProbability(decision, scores!, [1, 1])).toThrow(/slot 1 holds 1/);
});

test("the propensity floor mixes the uniform policy in: (1 − ε) p + ε u", async () => {
  const [plain, floored] = await Promise.all([
    openBundlePolicy(slateBundle),
    openBundlePolicy(await bundle("floored", slates, 0.2)),
  ]);
  const decision = slateDecision(2, 4);
  const [scores] = await floored.scores([decision]);
  expect(scores).toEqual((await plain.scores([decision]))[0]);
  const p = Math.exp(plain.logProbability(decision, scores!, [3, 1]));
  const mixed = Math.exp(floored.logProbability(decision, scores!, [3, 1]));
  expect(Math.abs(mixed - (0.8 * p + 0.2 / 12))).toBeLessThan(1e-14);
  const distribution = floored.distribution(scores!);
  expect(Math.abs(distribution.reduce((a, b) => a + b, 0) - 1)).toBeLessThan(1e-14);
  expect(Math.abs(distribution[0]! - (0.8 * plain.distribution(scores!)[0]! + 0.05))).toBeLessThan(1e-14);
});

test("a mixture's position propensities multiply to its joint one, and both are shares of a sample", () => {
  const groups = [{ first: 0, candidates: 4, slots: 2 }];
  const scores = Float64Array.of(1, 0, -1, 2);
  const slateOf = [3, 0];
  const { joint, positions } = choiceLogProbability(scores, slateOf, groups);
  const policy = { joint: Math.exp(joint), positions: positions.map(Math.exp) };
  const mixed = mixedChoiceProbability(policy, uniformChoiceProbability(groups), 0.3);
  expect(Math.abs(mixed.positions[0]! * mixed.positions[1]! - mixed.joint)).toBeLessThan(1e-15);
  let first = 0;
  let both = 0;
  const samples = 40_000;
  const noise = new Float64Array(4);
  const { first: key0, second: key1 } = deriveKey(key, "mixture");
  for (let i = 0; i < samples; i++) {
    uniformsInto(noise, 0, 4, key0, key1, i, 2);
    const uniformly = uniform({ first: key0, second: key1 }, i, 0) < 0.3;
    const drawn = sampleChoice(uniformly ? new Float64Array(4) : scores, noise, groups);
    if (drawn[0] !== 3) continue;
    first++;
    if (drawn[1] === 0) both++;
  }
  // Four standard errors: a false alarm once in some 15,000 seeds, and the seed is fixed.
  const within = (share: number, expected: number, of: number): void =>
    expect(Math.abs(share - expected)).toBeLessThan(4 * Math.sqrt((expected * (1 - expected)) / of));
  within(both / samples, mixed.joint, samples);
  within(both / first, mixed.positions[1]!, first);
});

test("a categorical policy scores the actions that are allowed, from the parts of its observation", async () => {
  const model = modelOf(maskedSpace, discrete(5));
  const policy = await openBundlePolicy(await bundle("masked", model));
  const decision: LoggedDecision = {
    context: [...draws("observation", 4), 2],
    candidates: ["4", "0", "3"].map((item_id) => ({ item_id, features: [] })),
  };
  const [scores] = await policy.scores([decision]);
  const inference = await createPolicyInference({
    model,
    executor: await createExecutor("onnxruntime"),
    rows: 2,
    observationClip: CLIP,
  });
  inference.setPolicy(stateOf(model));
  inference.inputs["observation"]!.set(draws("observation", 4));
  inference.inputs["stage"]![0] = 2;
  const logits = (await inference.run())["logits"]!;
  [4, 0, 3].forEach((action, at) => expect(Math.abs(scores![at]! - logits[action]!)).toBeLessThan(2e-5));
  const expected = Math.exp(scores![1]!) / scores!.reduce((sum, score) => sum + Math.exp(score), 0);
  expect(Math.abs(policy.distribution(scores!)[1]! - expected)).toBeLessThan(1e-14);
  const strange = { ...decision, candidates: [{ item_id: "5", features: [] }] };
  expect(policy.explainMismatch(strange)).toBe('candidate "5" is no action of the policy\'s; allowed: 0 … 4');
});

test("a multi-categorical policy's probability is the product over its components", async () => {
  const policy = await openBundlePolicy(await bundle("parts", modelOf(real(4), multiDiscrete([2, 3]))));
  const candidates = ["0:0", "0:1", "1:0", "1:1", "1:2"].map((item_id) => ({ item_id, features: [] }));
  const decision: LoggedDecision = { context: draws("parts", 4), candidates };
  const [scores] = await policy.scores([decision]);
  let sum = 0;
  for (const a of [0, 1])
    for (const b of [2, 3, 4]) sum += Math.exp(policy.logProbability(decision, scores!, [a, b]));
  expect(Math.abs(sum - 1)).toBeLessThan(1e-12);
  expect(() => policy.logProbability(decision, scores!, [2, 0])).toThrow(RangeError);
});

test("what does not fit is one line that names it", async () => {
  const policy = await openBundlePolicy(slateBundle);
  const decision = slateDecision(0, 3);
  await expect(policy.scores([decision, { ...decision, context: [1] }])).rejects.toThrow(
    /^decision 1: context has 1 numbers, the policy reads 3$/,
  );
  const narrow = { ...decision, candidates: [{ item_id: "a", features: [1] }] };
  expect(policy.explainMismatch(narrow)).toBe("candidates.0 has 1 features, the policy reads 4");
});

test("a damaged bundle is one line that names the file", async () => {
  const damage = async (name: string, harm: (path: string) => void, message: RegExp): Promise<void> => {
    const path = await bundle(name, slates);
    harm(path);
    const error: unknown = await openBundlePolicy(path).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(Error);
    const text = error instanceof Error ? error.message : "";
    expect(text).toMatch(message);
    expect(text).not.toContain("\n");
  };
  await damage("no-manifest", (path) => rmSync(join(path, "manifest.json")), /manifest.json: not found/);
  await damage(
    "no-graph",
    (path) => rmSync(join(path, "policy.onnx")),
    /policy.onnx: listed in manifest.json/,
  );
  await damage(
    "flipped",
    (path) => {
      const bytes = readFileSync(join(path, "policy.onnx"));
      bytes[100]! ^= 1;
      writeFileSync(join(path, "policy.onnx"), bytes);
    },
    /policy.onnx: its SHA-256 is/,
  );
  await damage(
    "no-json",
    (path) => writeFileSync(join(path, "manifest.json"), "{\n"),
    /manifest.json: is no readable manifest: /,
  );
  await damage(
    "no-schema",
    (path) => writeFileSync(join(path, "manifest.json"), '{"schemaVersion": 2}'),
    /manifest.json: is no readable manifest: schemaVersion/,
  );
  const noModel = await bundle("no-model", slates, 0, new TextEncoder().encode("no model"));
  await expect(openBundlePolicy(noModel)).rejects.toThrow(/policy.onnx: /);
  const gaussian = await bundle("continuous", modelOf(real(4), box({ low: -1, high: 1, shape: [2] })));
  await expect(openBundlePolicy(gaussian)).rejects.toThrow(/continuous: its actions are continuous/);
});
