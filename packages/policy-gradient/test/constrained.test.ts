import { existsSync, readFileSync } from "node:fs";
import { createPolicyInference } from "@longview/policies";
import { createExecutor } from "@longview/tensor";
import { expect, test } from "vitest";
import { createTrainer, modelOf, trainConfiguration, type Trainer } from "../src/index.ts";
import { exactOutcome } from "./helpers/two-state-process.ts";

const golden = new URL("../../../../shared/golden/cmdp.json", import.meta.url);

/** Reads the probabilities of action 1 in states low and high off the trainer's policy. */
async function policyReader(trainer: Trainer): Promise<() => Promise<[number, number]>> {
  const { model } = modelOf(trainer.configuration);
  const executor = await createExecutor("auto");
  const inference = await createPolicyInference({ model, executor, rows: 2, observationClip: 10 });
  inference.inputs["observation"]!.set([1, 0, 0, 1]);
  return async () => {
    inference.setPolicy(trainer.policy());
    const logits = (await inference.run())["logits"]!;
    const probability = (row: number): number => 1 / (1 + Math.exp(logits[2 * row]! - logits[2 * row + 1]!));
    return [probability(0), probability(1)];
  };
}

test("the exact outcome of the helper process agrees with its linear program's table", () => {
  expect(exactOutcome([0, 0]).value).toBeCloseTo(18.3791, 4);
  expect(exactOutcome([0, 0]).cost).toBeCloseTo(16.2092, 4);
  expect(exactOutcome([0.109, 1]).value).toBeCloseTo(13.7895, 2);
});

test.skipIf(!existsSync(golden))(
  "PPO-Lagrangian finds the constrained optimum of the shared golden process: value within 3 %, cost within 3 %, multiplier within 15 %",
  async () => {
    const answers: unknown = JSON.parse(readFileSync(golden, "utf8")).answers;
    expect(answers).toContainEqual(
      expect.objectContaining({ budget: 8, value: 13.7895, multiplier: 0.6053 }),
    );
    const configuration = trainConfiguration.parse({
      seed: 1,
      environment: { id: "test/TwoState-v0" },
      policy: { hiddenSizes: [16] },
      algorithm: {
        name: "ppo-lagrangian",
        discountFactor: 1,
        gaeLambda: 0.9,
        learningRate: { from: 0.01, to: 0.001 },
        minibatchSize: 512,
        epochs: 8,
        multiplier: { proportionalGain: 1, integralGain: 0.03, smoothing: 0.5 },
      },
      constraints: { lowHealth: { limit: 8, margin: 1, measure: "per-episode" } },
      training: { steps: 1_000_000, rowsPerShard: 128, rolloutLength: 64 },
    });
    const trainer = await createTrainer(configuration);
    const supportProbabilities = await policyReader(trainer);
    const multipliers: number[] = [];
    const outcomes: { value: number; cost: number }[] = [];
    while (!trainer.finished) {
      const metrics = await trainer.iterate();
      multipliers.push(metrics.constraints["lowHealth"]!.multiplier);
      if (trainer.steps > 700_000) outcomes.push(exactOutcome(await supportProbabilities()));
    }
    await trainer.dispose();
    const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
    const value = mean(outcomes.map((outcome) => outcome.value));
    const cost = mean(outcomes.map((outcome) => outcome.cost));
    expect(Math.abs(value / 13.7895 - 1)).toBeLessThan(0.03);
    expect(Math.abs(cost / 8 - 1)).toBeLessThan(0.03);
    expect(Math.abs(mean(multipliers.slice(-outcomes.length)) / 0.6053 - 1)).toBeLessThan(0.15);
  },
  120_000,
);
