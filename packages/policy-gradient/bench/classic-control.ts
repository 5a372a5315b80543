/**
 * Trains a configuration of examples/classic-control over seeds and prints one JSON line a seed.
 *
 * node --import tsx packages/policy-gradient/bench/classic-control.ts cartpole-rl-zoo 1 2 3
 */
import { readFileSync } from "node:fs";
import { makeVectorEnvironment } from "@longview/environment";
import { deriveKey, rootKey } from "@longview/statistics";
import { parse } from "yaml";
import {
  createPolicyActor,
  createTrainer,
  evaluateActor,
  modelOf,
  trainConfiguration,
} from "../src/index.ts";

const [name = "cartpole-rl-zoo", ...seeds] = process.argv.slice(2);
const file = new URL(`../../../examples/classic-control/${name}.yaml`, import.meta.url);
const { name: _name, evaluation, ...rest } = parse(readFileSync(file, "utf8"));

for (const seed of seeds.length > 0 ? seeds : ["1"]) {
  const configuration = trainConfiguration.parse({ ...rest, seed });
  const trainer = await createTrainer(configuration);
  const start = process.hrtime.bigint();
  while (!trainer.finished) await trainer.iterate();
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const { model } = modelOf(configuration);
  const actor = await createPolicyActor({
    model,
    state: trainer.policy(),
    mode: "greedy",
    key: rootKey(0),
    observationClip: configuration.training.observationClip,
  });
  const { id, ...options } = configuration.environment;
  const result = await evaluateActor({
    actor,
    environment: makeVectorEnvironment(id, { ...options, rowCount: 20 }),
    episodes: evaluation.episodes,
    key: deriveKey(rootKey(seed), "evaluation"),
  });
  console.log(
    JSON.stringify({
      name,
      seed,
      steps: trainer.steps,
      greedyMean: result.mean,
      greedyDeviation: result.standardDeviation,
      last100Training: trainer.recentReturn,
      seconds,
      stepsPerSecond: Math.round(trainer.steps / seconds),
    }),
  );
  await actor.dispose?.();
  await trainer.dispose();
}
