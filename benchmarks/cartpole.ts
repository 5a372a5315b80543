import { createTrainer, trainConfiguration } from "@longview/policy-gradient";
import { interleave, medianRate, numberOption, timed, type Rate } from "./measure.ts";
import { rateIn, runPython, Skipped } from "./python.ts";
import { Report } from "./row.ts";

const BAR = 8;
const SCHEDULE = 500_000;

/** CleanRL's ppo.py on 8 environments; its "0.5 · 0.5 · mean squared error" is a value coefficient of 0.25 here. */
const configuration = trainConfiguration.parse({
  seed: 1,
  workers: 1,
  executor: "onnxruntime",
  environment: { id: "CartPole-v1" },
  policy: { hiddenSizes: [64, 64], activation: "tanh", sharedTrunk: false },
  algorithm: {
    name: "ppo",
    learningRate: { from: 2.5e-4, to: 0 },
    minibatchSize: 256,
    epochs: 4,
    clipRange: 0.2,
    clipValues: true,
    entropyCoefficient: 0.01,
    valueCoefficient: 0.25,
  },
  training: {
    steps: SCHEDULE,
    shards: 1,
    rowsPerShard: 8,
    rolloutLength: 128,
    bootstrapOnTruncation: false,
  },
});

/** Environment steps a second of the whole loop: rollout, advantages, update. */
async function trainFor(steps: number): Promise<Rate> {
  const trainer = await createTrainer(configuration);
  await trainer.iterate();
  const first = trainer.steps;
  const rate = await timed(async () => {
    while (trainer.steps - first < steps) await trainer.iterate();
    return trainer.steps - first;
  });
  await trainer.dispose();
  return rate;
}

/** `npm run bench -- cartpole [--rounds N] [--steps N]`: PPO end to end, ours and PyTorch's in turn. */
export async function run(args: readonly string[]): Promise<number> {
  const report = new Report("cartpole", args);
  const rounds = numberOption(args, "rounds", 5);
  const steps = numberOption(args, "steps", 102_400);
  const name = "PPO on CartPole-v1 end to end, 8 × 128, separate 64-64 tanh, 4 epochs × 4 minibatches";
  const unit = `environment steps / s, one thread, median of ${rounds} interleaved`;
  const bar = `ratio >= ${BAR}`;
  await trainFor(steps / 4);
  try {
    const rateOf = await interleave(rounds, {
      ours: () => trainFor(steps),
      pytorch: async () => rateIn(await runPython("cartpole_ppo.py", [])),
    });
    const measured = rateOf("ours");
    const theirs = rateOf("pytorch");
    const ratio = measured.wall / theirs.wall;
    report.add({
      name,
      measured: measured.wall,
      unit,
      comparedWith: `PyTorch eager and NumPy environments, CleanRL's style: ${Math.round(theirs.wall)}`,
      ratio,
      bar,
      met: ratio >= BAR,
      note: `by processor time ${(measured.cpu / theirs.cpu).toFixed(2)}`,
    });
  } catch (error) {
    if (!(error instanceof Skipped)) throw error;
    const measured = medianRate([await trainFor(steps), await trainFor(steps), await trainFor(steps)]).wall;
    report.add({
      name,
      measured,
      unit,
      comparedWith: "nothing",
      ratio: null,
      bar,
      met: null,
      note: `PyTorch skipped: ${error.message}`,
    });
  }
  return report.exitCode;
}
