import { rootKey } from "@longview/statistics";
import { expect, test } from "vitest";
import {
  createPolicyActor,
  createTrainer,
  evaluateActor,
  modelOf,
  trainConfiguration,
} from "../src/index.ts";
import { registerSlateBandit } from "./helpers/slate-bandit.ts";

registerSlateBandit();

test("the slate scorer learns what only context × candidate tells, and never shows a masked candidate", async () => {
  const configuration = trainConfiguration.parse({
    seed: 5,
    environment: { id: "test/SlateBandit-v0" },
    policy: { hiddenSizes: [16], itemSizes: [16, 16] },
    algorithm: { name: "ppo", learningRate: 0.01, minibatchSize: 128, epochs: 4 },
    training: { steps: 16_000, rowsPerShard: 64, rolloutLength: 8 },
  });
  const trainer = await createTrainer(configuration);
  const first = await trainer.iterate();
  expect(Math.abs(first.entropy - Math.log(4.4 * 3.4))).toBeLessThan(0.5); // near uniform over about 4.4 candidates
  while (!trainer.finished) await trainer.iterate();
  const { environment, model } = modelOf(configuration);
  const actor = await createPolicyActor({ model, state: trainer.policy(), mode: "greedy", key: rootKey(1) });
  const evaluation = await evaluateActor({ actor, environment, episodes: 640, key: rootKey("fresh") });
  expect(evaluation.mean).toBeGreaterThan(0.97);
  await actor.dispose?.();
  await trainer.dispose();
}, 60_000);
