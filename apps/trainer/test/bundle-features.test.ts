import { expect, test } from "vitest";
import { makeVectorEnvironment } from "@longview/environment";
import { featureReferenceSchema } from "@longview/formats";
import { createPolicyModel, policySettings, type PolicyModel } from "@longview/policies";
import { createPolicyActor } from "@longview/policy-gradient";
import { deriveKey, rootKey, uniformsInto } from "@longview/statistics";
import type { VectorEnvironment } from "@longview/environment";
import { featureReference } from "../src/bundle/feature-reference.ts";
import { FeatureSample } from "../src/bundle/feature-sample.ts";
import { slateBandit } from "./helpers/simulation.ts";

const key = rootKey("bundle features");

function drawn(count: number, width: number): Float32Array {
  const uniforms = new Float64Array(count * width);
  uniformsInto(uniforms, 0, uniforms.length, key.first, key.second, 1, 0);
  return Float32Array.from(uniforms, (u, i) => (i % width === 0 ? 10 * u - 3 : u ** 3));
}

function sampleOf(values: Float32Array, width: number, capacity?: number): FeatureSample {
  const names = Array.from({ length: width }, (_, i) => `f${i}`);
  const sample = new FeatureSample(names, key, capacity);
  for (let at = 0; at < values.length; at += width) sample.add(values.subarray(at, at + width));
  return sample;
}

/** Quantile by the definition: NumPy's default, linear between the order statistics. */
function exactQuantile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = p * (sorted.length - 1);
  const low = sorted[Math.floor(position)]!;
  return low + (position - Math.floor(position)) * (sorted[Math.ceil(position)]! - low);
}

test("what fits is described exactly: extremes, moments and 101 quantiles against a plain computation", () => {
  const values = drawn(1234, 2);
  sampleOf(values, 2)
    .distributions()
    .forEach((feature, column) => {
      const own = Array.from(values).filter((_, i) => i % 2 === column);
      const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
      const squares = own.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      expect(feature.name).toBe(`f${column}`);
      expect(feature.count).toBe(1234);
      expect([feature.minimum, feature.maximum]).toEqual([Math.min(...own), Math.max(...own)]);
      expect(Math.abs(feature.mean - mean)).toBeLessThan(1e-12);
      expect(Math.abs(feature.standardDeviation - Math.sqrt(squares / own.length))).toBeLessThan(1e-12);
      expect(feature.quantiles).toHaveLength(101);
      feature.quantiles.forEach((quantile, q) =>
        expect(Math.abs(quantile - exactQuantile(own, q / 100))).toBeLessThan(1e-12),
      );
    });
});

test("of a longer stream the moments stay exact and the quantiles are a uniform sample's, the same every time", () => {
  const count = 40_000;
  const capacity = 2000;
  const values = drawn(count, 2);
  const sample = sampleOf(values, 2, capacity);
  const whole = sampleOf(values, 2, count).distributions();
  const some = sample.distributions();
  expect(sampleOf(values, 2, capacity).distributions()).toEqual(some);
  some.forEach((feature, column) => {
    const { quantiles: _, ...exact } = whole[column]!;
    expect(feature).toMatchObject(exact);
    const own = Array.from(values)
      .filter((_value, i) => i % 2 === column)
      .sort((a, b) => a - b);
    // Dvoretzky–Kiefer–Wolfowitz at 1e-6, and the grid's own step.
    const bound = Math.sqrt(Math.log(2 / 1e-6) / (2 * capacity)) + 1 / capacity;
    feature.quantiles.forEach((quantile, q) => {
      const below = own.filter((value) => value <= quantile).length / count;
      expect(Math.abs(below - q / 100)).toBeLessThan(bound);
    });
    expect(feature.quantiles[0]).toBe(own[0]);
    expect(feature.quantiles[100]).toBe(own.at(-1));
  });
});

test("every part of a stream is as likely to be kept: late values are not left out", () => {
  const count = 30_000;
  const sample = sampleOf(
    Float32Array.from({ length: count }, (_, i) => i),
    1,
    1000,
  );
  const [feature] = sample.distributions();
  expect(Math.abs(feature!.quantiles[50]! / count - 0.5)).toBeLessThan(0.08);
  expect(Math.abs(feature!.quantiles[90]! / count - 0.9)).toBeLessThan(0.05);
});

function policyOf(environment: VectorEnvironment): {
  model: PolicyModel;
  state: {
    parameters: Float32Array;
    normaliser: Record<string, { mean: Float32Array; scale: Float32Array }>;
  };
} {
  const model = createPolicyModel({
    observationSpace: environment.observationSpace,
    actionSpace: environment.actionSpace,
    settings: policySettings.parse({ policyGain: 1, hiddenSizes: [8], itemSizes: [8, 4] }),
    valueNames: ["reward"],
  });
  const normaliser = Object.fromEntries(
    model.shape.observation
      .filter(({ normalisedSize }) => normalisedSize > 0)
      .map(({ name, normalisedSize }) => [
        name,
        { mean: new Float32Array(normalisedSize), scale: new Float32Array(normalisedSize).fill(1) },
      ]),
  );
  return { model, state: { parameters: model.initialize(key), normaliser } };
}

test("a slate policy's reference has each context feature, and of each decision one candidate that is allowed", async () => {
  const environment = slateBandit(64);
  // The second candidate is forbidden everywhere: its features (0, 1) must not appear.
  for (let row = 0; row < 64; row++) environment.observation["mask"]![3 * row + 1] = 0;
  const reference = await featureReference({
    ...policyOf(environment),
    environment,
    observationClip: 10,
    observation: {
      context: { shape: [1], features: ["hour"] },
      candidates: { shape: [3, 2], features: ["price", "age"] },
      mask: { shape: [3], features: [] },
    },
  });
  expect(featureReferenceSchema.parse(reference)).toEqual(reference);
  expect(reference.decisions).toBeGreaterThanOrEqual(20_000);
  expect(reference.context).toHaveLength(1);
  expect(reference.context[0]).toMatchObject({
    name: "hour",
    minimum: 0.5,
    maximum: 0.5,
    standardDeviation: 0,
  });
  const [price, age] = reference.candidates;
  expect(price).toMatchObject({ name: "price", count: reference.decisions, minimum: -1, maximum: 1 });
  expect(age).toMatchObject({ name: "age", minimum: 0, maximum: 0.5 });
  // Both allowed candidates half of the time: four standard errors.
  expect(Math.abs(price!.mean)).toBeLessThan(4 / Math.sqrt(reference.decisions));
  expect(new Set(price!.quantiles)).toEqual(new Set([-1, 1]));
});

test("an action policy's reference is of the policy's own decisions, in the order of its context", async () => {
  const make = (): VectorEnvironment => makeVectorEnvironment("CartPole-v1", { rowCount: 16 });
  const names = ["position", "velocity", "angle", "angularVelocity"];
  const observation = { observation: { shape: [4], features: names } };
  const { model, state } = policyOf(make());
  const options = { model, state, observationClip: 10, observation };
  const reference = await featureReference({ ...options, environment: make() });
  expect(reference.context.map(({ name }) => name)).toEqual(names);
  expect(reference.candidates).toEqual([]);
  expect(await featureReference({ ...options, environment: make() })).toEqual(reference);

  // The same roll-out by hand.
  const environment = make();
  const root = rootKey("feature reference");
  const actor = await createPolicyActor({
    model,
    state,
    mode: "explore",
    key: deriveKey(root, "actions"),
    executor: "onnxruntime",
    rows: 16,
  });
  environment.reset({ key: deriveKey(root, "environment") });
  const angles: number[] = [];
  while (angles.length < reference.decisions) {
    for (let row = 0; row < 16; row++) angles.push(environment.observation["observation"]![4 * row + 2]!);
    await actor.act(environment);
    environment.step();
  }
  await actor.dispose?.();
  reference.context[2]!.quantiles.forEach((quantile, q) =>
    expect(Math.abs(quantile - exactQuantile(angles, q / 100))).toBeLessThan(1e-12),
  );
});
