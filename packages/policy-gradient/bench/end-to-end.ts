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
  algorithm: {
    name: "ppo",
    learningRate: 2.5e-4,
    clipValues: true,
    entropyCoefficient: 0.01,
    valueCoefficient: 0.25,
  },
  training: { steps: 1e9, rowsPerShard: 8, rolloutLength: 128 },
});
const wall: number[] = [];
const processor: number[] = [];
for (let i = 0; i < repeats; i++) {
  const trainer = await createTrainer(configuration);
  for (let k = 0; k < 10; k++) await trainer.iterate();
  const before = trainer.steps;
  const start = process.hrtime.bigint();
  const cpu = process.cpuUsage();
  for (let k = 0; k < iterations; k++) await trainer.iterate();
  const steps = trainer.steps - before;
  const { user, system } = process.cpuUsage(cpu);
  wall.push(steps / (Number(process.hrtime.bigint() - start) / 1e9));
  processor.push(steps / ((user + system) / 1e6));
  await trainer.dispose();
}
const median = (values: number[]): number => Math.round(values.sort((a, b) => a - b)[repeats >> 1]!);
console.log(
  JSON.stringify({
    workload: "cartpole 8x128, 4 epochs of 4 minibatches, 2 x 64-64 tanh",
    stepsPerSecond: median(wall),
    stepsPerProcessorSecond: median(processor),
    all: wall.map(Math.round),
  }),
);
