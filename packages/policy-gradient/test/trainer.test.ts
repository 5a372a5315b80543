import { defineEnvironment, registerEnvironments } from "@longview/environment";
import { expect, test } from "vitest";
import { z } from "zod";
import {
  ConfigurationError,
  createPolicyActor,
  createTrainer,
  evaluateActor,
  modelOf,
  trainConfiguration,
  type IterationMetrics,
  type TrainConfiguration,
  type TrainConfigurationInput,
} from "../src/index.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../src/checkpoint.ts";
import { registerIdentity, scriptedEnvironment } from "./helpers/environments.ts";
import { rootKey } from "@longview/statistics";

registerIdentity();

const helpers = new URL("./helpers/environments.ts", import.meta.url).href;

function identity(changes: Partial<TrainConfigurationInput> = {}): TrainConfiguration {
  return trainConfiguration.parse({
    seed: "identity",
    environment: { id: "test/Identity-v0" },
    policy: { hiddenSizes: [16] },
    algorithm: { name: "ppo", discountFactor: 0.5, learningRate: 0.02, minibatchSize: 64, epochs: 4 },
    training: {
      steps: 1200,
      shards: 3,
      rowsPerShard: 4,
      rolloutLength: 16,
      normaliseObservations: true,
      scaleRewards: true,
    },
    ...changes,
  });
}

async function run(
  configuration: TrainConfiguration,
  iterations: number,
): Promise<{ metrics: IterationMetrics[]; bytes: Uint8Array }> {
  const trainer = await createTrainer(configuration, { environmentModules: [helpers] });
  const metrics: IterationMetrics[] = [];
  for (let i = 0; i < iterations; i++) metrics.push(await trainer.iterate());
  const bytes = await trainer.checkpoint();
  await trainer.dispose();
  return { metrics, bytes };
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.from(a).equals(Buffer.from(b));
}

for (const algorithm of [
  { name: "ppo" as const, discountFactor: 0.5, learningRate: 0.02, minibatchSize: 64, epochs: 4 },
  { name: "ppo-lagrangian" as const, discountFactor: 0.5, learningRate: 0.02, minibatchSize: 64, epochs: 4 },
  { name: "a2c" as const, discountFactor: 0.5, learningRate: 0.02, minibatchSize: 64 },
  { name: "reinforce" as const, discountFactor: 0.5, learningRate: 0.02, minibatchSize: 64 },
])
  test(`${algorithm.name} learns to name the symbol it sees, and never takes a masked action`, async () => {
    const configuration = identity({
      algorithm,
      training: { steps: 6000, shards: 1, rowsPerShard: 8, rolloutLength: 16 },
    });
    const trainer = await createTrainer(configuration);
    let last = 0;
    while (!trainer.finished) last = (await trainer.iterate()).rewardPerDecision; // the world throws at a masked action
    expect(last).toBeGreaterThan(0.9);
    const { environment, model } = modelOf(configuration);
    const actor = await createPolicyActor({
      model,
      state: trainer.policy(),
      mode: "greedy",
      key: rootKey(0),
    });
    const evaluation = await evaluateActor({ actor, environment, episodes: 20, key: rootKey("fresh") });
    expect(evaluation.mean * 20).toBe(evaluation.lengths.reduce((sum, length) => sum + length, 0));
    await actor.dispose?.();
    await trainer.dispose();
  });

test("the probability ratio is 1 at the first minibatch of an iteration", async () => {
  const { metrics } = await run(
    identity({ algorithm: { name: "ppo", minibatchSize: 192, epochs: 1, learningRate: 0.01 } }),
    4,
  );
  for (const { approximateKl, oldApproximateKl, clipFraction, gradientSteps } of metrics) {
    expect(gradientSteps).toBe(1);
    expect(Math.abs(approximateKl)).toBeLessThan(1e-6);
    expect(Math.abs(oldApproximateKl)).toBeLessThan(1e-6);
    expect(clipFraction).toBe(0);
  }
});

test("one worker and two give the same bytes, metrics and checkpoint alike", async () => {
  const alone = await run(identity(), 3);
  const together = await run(identity({ workers: 2 }), 3);
  expect(together.metrics).toEqual(alone.metrics);
  expect(same(together.bytes, alone.bytes)).toBe(true);
});

test("a run that is stopped and resumed ends in the bytes of one that was not", async () => {
  const configuration = identity();
  const whole = await run(configuration, 5);
  const first = await run(configuration, 2);
  const trainer = await createTrainer(configuration);
  await trainer.restore(first.bytes);
  expect(same(await trainer.checkpoint(), first.bytes)).toBe(true);
  const metrics: IterationMetrics[] = [];
  for (let i = 0; i < 3; i++) metrics.push(await trainer.iterate());
  expect(metrics).toEqual(whole.metrics.slice(2));
  expect(same(await trainer.checkpoint(), whole.bytes)).toBe(true);
  await trainer.dispose();
});

test("a checkpoint of another configuration, a damaged one and a cut one are refused", async () => {
  const { bytes } = await run(identity(), 1);
  const other = await createTrainer(identity({ seed: "other" }));
  await expect(other.restore(bytes)).rejects.toThrow(/another configuration/);
  await expect(other.restore(bytes.subarray(0, bytes.length - 100))).rejects.toThrow(/cut short|another/);
  await expect(other.restore(new Uint8Array(100))).rejects.toThrow(/not a checkpoint/);
  await other.dispose();
});

test("a checkpoint with one bit altered anywhere, or an array of another length, is refused", async () => {
  const { bytes } = await run(identity(), 1);
  const trainer = await createTrainer(identity());
  for (const at of [9, 41, 60, Math.floor(bytes.length / 2), bytes.length - 9]) {
    const altered = bytes.slice();
    altered[at]! ^= 1;
    await expect(trainer.restore(altered), `byte ${at}`).rejects.toThrow(/damaged or cut short/);
  }
  const { header, sections } = decodeCheckpoint(bytes);
  for (const name of ["parameters", "secondMoment", "returns.0"]) {
    const shorter = new Map(sections).set(name, sections.get(name)!.slice(1));
    const encoded = encodeCheckpoint({ header, sections: Object.fromEntries(shorter) });
    await expect(trainer.restore(encoded), name).rejects.toThrow(
      new RegExp(`section ${name} must hold \\d+ float`),
    );
  }
  await trainer.restore(bytes);
  expect(same(await trainer.checkpoint(), bytes)).toBe(true);
  await trainer.dispose();
});

test("KL early stopping leaves the rest of the update out", async () => {
  const algorithm = {
    name: "ppo" as const,
    minibatchSize: 64,
    epochs: 20,
    learningRate: 0.05,
    targetKl: 0.001,
  };
  const { metrics } = await run(identity({ algorithm }), 2);
  expect(metrics[0]!.gradientSteps).toBeGreaterThan(0);
  expect(metrics[0]!.gradientSteps).toBeLessThan(60);
});

test("configurations that contradict the environment are refused with the key's path", async () => {
  const algorithm = { name: "ppo-lagrangian" as const, minibatchSize: 64 };
  const cases: [TrainConfiguration, RegExp][] = [
    [identity({ constraints: { masked: { limit: 1 } } }), /^constraints: ppo holds no constraints/],
    [identity({ algorithm, constraints: { harm: { limit: 1 } } }), /^constraints.harm: .* it has masked$/],
    [
      identity({ algorithm: { name: "ppo", minibatchSize: 100_000 } }),
      /^algorithm.minibatchSize: 100000 is more/,
    ],
  ];
  for (const [configuration, message] of cases) {
    const error: unknown = await createTrainer(configuration).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(String(error instanceof Error ? error.message : error)).toMatch(message);
  }
});

test("the second executor learns the same within float32 rounding", async () => {
  const first = await run(identity(), 2);
  const second = await run(identity({ executor: "tensorflow" }), 2);
  first.metrics.forEach((metrics, i) => {
    expect(Math.abs(second.metrics[i]!.policyLoss - metrics.policyLoss)).toBeLessThan(1e-3);
    expect(Math.abs(second.metrics[i]!.valueLoss - metrics.valueLoss)).toBeLessThan(1e-3);
    expect(Math.abs(second.metrics[i]!.entropy - metrics.entropy)).toBeLessThan(1e-3);
  });
}, 60_000);

test("an evaluation keeps each episode's own costs and decisions", async () => {
  const quiet = { active: false, cost: 0.5 };
  const environment = scriptedEnvironment([
    [{ active: true, cost: 1 }, quiet, { active: true, cost: 2, terminated: true }],
    [{ active: true, cost: 4, truncated: true }],
  ]);
  const evaluation = await evaluateActor({
    actor: { act: async () => {} },
    environment,
    episodes: 3,
    key: rootKey(1),
  });
  // Row 0 plays two episodes, row 1 one; what row 1 goes on to do counts for nobody.
  expect(evaluation.episodeCosts).toEqual({ harm: Float64Array.of(3.5, 3.5, 4) });
  expect(evaluation.decisions).toEqual(Float64Array.of(2, 2, 1));
  expect(evaluation.costs["harm"]).toBeCloseTo(11 / 3, 12);
});

test("a rollout that brings fewer decisions than a minibatch stops the run and says how many there were", async () => {
  registerEnvironments([
    defineEnvironment({
      id: "test/MostlyResting-v0",
      summary: "one row of two rests",
      optionsSchema: z.strictObject({}),
      make: () => scriptedEnvironment([[{ active: true, reward: 1, terminated: true }], [{ active: false }]]),
    }),
  ]);
  const trainer = await createTrainer(
    identity({
      environment: { id: "test/MostlyResting-v0" },
      training: { steps: 1000, shards: 1, rowsPerShard: 2, rolloutLength: 40 },
    }),
  );
  const failure: unknown = await trainer.iterate().catch((error: unknown) => error);
  await trainer.dispose();
  expect(failure).toBeInstanceOf(ConfigurationError);
  expect(failure).toMatchObject({
    path: "algorithm.minibatchSize",
    message: expect.stringMatching(
      /^algorithm\.minibatchSize: 64 is more than the 40 decisions .*iteration 1 /,
    ),
  });
});
