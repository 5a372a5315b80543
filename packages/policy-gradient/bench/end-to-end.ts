/**
 * End-to-end PPO on CartPole, 8 environments × 128 steps, 4 epochs × 4 minibatches of 256, two 64-64 tanh networks:
 * the workload on which PyTorch measured 5,100–6,500 steps/s. Prints JSON; median of the repeats.
 */
import { createTrainer, trainConfiguration } from "../src/index.ts";

const iterations = Number(process.argv[2] ?? 60);
const repeats = Number(process.argv[3] ?? 3);
const configuration = trainConfiguration.parse({
  seed: 1,
  environment: { id: "CartPole-v1" },
  algorithm: { name: "ppo", learningRate: 2.5e-4, clipValues: true, entropyCoefficient: 0.01, valueCoefficient: 0.25 },
  training: { steps: 1e9, rowsPerShard: 8, rolloutLength: 128 },
});
const rates: number[] = [];
for (let i = 0; i < repeats; i++) {
  const trainer = await createTrainer(configuration);
  for (let k = 0; k < 10; k++) await trainer.iterate();
  const before = trainer.steps;
  const start = process.hrtime.bigint();
  for (let k = 0; k < iterations; k++) await trainer.iterate();
  rates.push((trainer.steps - before) / (Number(process.hrtime.bigint() - start) / 1e9));
  await trainer.dispose();
}
rates.sort((a, b) => a - b);
console.log(JSON.stringify({ workload: "cartpole 8x128", stepsPerSecond: Math.round(rates[repeats >> 1]!), all: rates.map(Math.round) }));
