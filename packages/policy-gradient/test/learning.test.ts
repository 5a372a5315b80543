import { makeVectorEnvironment } from "@longview/environment";
import { createPolicyInference } from "@longview/policies";
import { rootKey } from "@longview/statistics";
import { createExecutor, NonFiniteError } from "@longview/tensor";
import { expect, test } from "vitest";
import { decodeCheckpoint, encodeCheckpoint } from "../src/checkpoint.ts";
import {
  createPolicyActor,
  createRandomActor,
  createTrainer,
  evaluateActor,
  exportPolicy,
  modelOf,
  trainConfiguration,
} from "../src/index.ts";
import { registerIdentity } from "./helpers/environments.ts";

registerIdentity();

const cartPole = trainConfiguration.parse({
  seed: 1,
  environment: { id: "CartPole-v1" },
  algorithm: {
    name: "ppo",
    discountFactor: 0.98,
    gaeLambda: 0.8,
    learningRate: 0.001,
    minibatchSize: 256,
    epochs: 10,
  },
  training: { steps: 50_000, rowsPerShard: 8, rolloutLength: 32 },
});

test("PPO balances CartPole for 400 steps and more after 50,000 steps; random actions for about 22", async () => {
  const trainer = await createTrainer(cartPole);
  while (!trainer.finished) await trainer.iterate();
  const state = trainer.policy();
  await trainer.dispose();
  const { model } = modelOf(cartPole);
  const actor = await createPolicyActor({ model, state, mode: "greedy", key: rootKey(0) });
  const environment = makeVectorEnvironment("CartPole-v1", { rowCount: 10 });
  const key = rootKey("held out");
  const trained = await evaluateActor({ actor, environment, episodes: 20, key });
  const random = await evaluateActor({
    actor: createRandomActor({ key: rootKey(2) }),
    environment,
    episodes: 200,
    key,
  });
  expect(trained.mean).toBeGreaterThan(400);
  expect(Math.abs(random.mean - 22)).toBeLessThan(4); // standard deviation 12, 200 episodes
  await actor.dispose?.();

  // What is served is what was trained: the exported graph's logits against the rollout's, normaliser inside.
  const executor = await createExecutor("onnxruntime");
  const inference = await createPolicyInference({ model, executor, rows: 10, observationClip: 10 });
  inference.setPolicy(state);
  inference.inputs["observation"]!.set(environment.observation["observation"]!);
  const { logits } = await inference.run();
  const session = await executor.load(exportPolicy({ model, state, observationClip: 10 }));
  const served = await session.run({
    observation: { data: Float32Array.from(environment.observation["observation"]!), shape: [10, 4] },
  });
  for (let i = 0; i < 20; i++)
    expect(Math.abs(served["logits"]!.data[i]! - logits![i]!)).toBeLessThan(
      1e-6 * Math.max(1, Math.abs(logits![i]!)),
    );
  await executor.dispose();
}, 60_000);

test("continuous actions: Pendulum improves within 12,000 steps", async () => {
  const configuration = trainConfiguration.parse({
    seed: 2,
    environment: { id: "Pendulum-v1" },
    algorithm: { name: "ppo", discountFactor: 0.9, learningRate: 0.002, minibatchSize: 128, epochs: 10 },
    training: {
      steps: 12_000,
      rowsPerShard: 4,
      rolloutLength: 128,
      normaliseObservations: true,
      scaleRewards: true,
    },
  });
  const trainer = await createTrainer(configuration);
  const first = await trainer.iterate();
  let last = first;
  while (!trainer.finished) last = await trainer.iterate();
  expect(last.rewardPerDecision).toBeGreaterThan(first.rewardPerDecision);
  expect(last.explainedVariance).toBeGreaterThan(0);
  await trainer.dispose();
}, 60_000);

test("a loss that overflows is named with its step, nothing is written, and the last checkpoint stays good", async () => {
  const configuration = trainConfiguration.parse({
    environment: { id: "test/Identity-v0", rewardUnit: 1e25 }, // its square is beyond float32
    algorithm: { name: "ppo", minibatchSize: 32 },
    training: { steps: 1000, rowsPerShard: 4, rolloutLength: 16 },
  });
  const trainer = await createTrainer(configuration);
  const before = trainer.policy();
  const checkpoint = await trainer.checkpoint();
  const error: unknown = await trainer.iterate().catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(NonFiniteError);
  if (error instanceof NonFiniteError) {
    expect(error.step).toBe(0);
    expect(error.tensorName.length).toBeGreaterThan(0);
  }
  expect([...trainer.policy().parameters]).toEqual([...before.parameters]);
  await trainer.restore(checkpoint);
  expect(Buffer.from(await trainer.checkpoint()).equals(Buffer.from(checkpoint))).toBe(true);
  await trainer.dispose();
}, 30_000);

for (const workers of [1, 2])
  test(`a policy whose numbers are broken is named before it acts (workers ${workers})`, async () => {
    const configuration = trainConfiguration.parse({
      environment: { id: "test/Identity-v0" },
      workers,
      algorithm: { name: "ppo", minibatchSize: 32 },
      training: { steps: 1000, shards: 2, rowsPerShard: 4, rolloutLength: 16 },
    });
    const helpers = new URL("./helpers/environments.ts", import.meta.url).href;
    const trainer = await createTrainer(configuration, { environmentModules: [helpers] });
    const { header, sections } = decodeCheckpoint(await trainer.checkpoint());
    const broken = Object.fromEntries(sections);
    broken["parameters"]!.fill(NaN);
    await trainer.restore(encodeCheckpoint({ header, sections: broken }));
    await expect(trainer.iterate()).rejects.toThrow(/policy: logits is not finite at tick 0/);
    await trainer.dispose();
  }, 30_000);
