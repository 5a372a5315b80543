import { join } from "node:path";
import { root } from "./longview-command.ts";
import { numberOption, textOption } from "./measure.ts";
import { Report } from "./row.ts";
import { inParallel, readEvaluationOf, readMetricsOf, ResultFile, trainRun } from "./run-results.ts";

interface Problem {
  /** Name of the file in examples/classic-control. */
  readonly name: string;
  /** `greedy`: mean of the evaluation's greedy episodes. `training`: mean of the last 100 or so training episodes. */
  readonly score: "greedy" | "training";
  /** What a seed must reach, and in which share of the seeds. */
  readonly bar: number;
  readonly share: number;
  /** What the mean over seeds must reach. */
  readonly meanBar: number;
  /** A score above this is an error too: the problem is known not to be solved so. */
  readonly ceiling?: number;
  readonly published: string;
}

const PROBLEMS: readonly Problem[] = [
  {
    name: "cartpole-rl-zoo",
    score: "greedy",
    bar: 495,
    share: 0.9,
    meanBar: -Infinity,
    published: "RL Baselines3 Zoo 500.0 ± 0.0 (greedy, one seed)",
  },
  {
    name: "cartpole-cleanrl",
    score: "training",
    bar: 475,
    share: 0.9,
    meanBar: 484,
    published: "CleanRL 490.04 ± 6.12 (last 100 training episodes, 3 seeds)",
  },
  {
    name: "acrobot",
    score: "greedy",
    bar: -100,
    share: 0.8,
    meanBar: -Infinity,
    published: "CleanRL −86.36 ± 1.32 (last 100 training episodes, 3 seeds)",
  },
  {
    name: "pendulum",
    score: "greedy",
    bar: -250,
    share: 0.8,
    meanBar: -Infinity,
    published: "RL Baselines3 Zoo −172.2 ± 104.2 (gSDE, one seed)",
  },
  {
    name: "mountain-car-cleanrl",
    score: "training",
    bar: -200,
    share: 1,
    meanBar: -200,
    ceiling: -200,
    published: "CleanRL −200.00 ± 0.00: fails, and must",
  },
];

/** Mean return of the last training episodes: whole iterations from the end until they hold at least 100. */
function lastReturns(folder: string): number {
  let episodes = 0;
  let total = 0;
  for (const row of readMetricsOf(folder).toReversed()) {
    if (row.episodeReturn === null) continue;
    episodes += row.episodes;
    total += row.episodes * row.episodeReturn;
    if (episodes >= 100) break;
  }
  return total / episodes;
}

function greedyReturn(folder: string): number {
  const trained = readEvaluationOf(folder).policies.find(({ role }) => role === "trained");
  if (trained === undefined) throw new Error(`${folder}/evaluation.json has no trained policy`);
  return (trained.undiscountedValue ?? trained.value).mean;
}

/**
 * `npm run bench -- classic-control [--seeds 10] [--only NAME] [--jobs 1] [--folder runs/benchmarks/classic-control]`:
 * known problems against published scores. Stopped, it goes on where it was; results are in `FOLDER/results.json`.
 */
export async function run(args: readonly string[]): Promise<number> {
  const report = new Report("classic-control", args);
  const seeds = Array.from({ length: numberOption(args, "seeds", 10) }, (_, i) => i + 1);
  const only = textOption(args, "only");
  const problems = PROBLEMS.filter(({ name }) => only === undefined || name === only);
  if (problems.length === 0)
    throw new RangeError(`--only ${only}: allowed ${PROBLEMS.map(({ name }) => name).join(", ")}`);
  const folder = join(root, textOption(args, "folder") ?? "runs/benchmarks/classic-control");
  const results = new ResultFile(join(folder, "results.json"));
  const tasks = problems.flatMap(({ name, score }) =>
    seeds.map((seed) => async () => {
      if (results.get(`${name}/${seed}`) !== undefined) return;
      const runFolder = join(folder, `${name}-${seed}`);
      await trainRun(runFolder, join(root, "examples", "classic-control", `${name}.yaml`), seed);
      const found = score === "greedy" ? greedyReturn(runFolder) : lastReturns(runFolder);
      results.set(`${name}/${seed}`, found);
      process.stderr.write(`${name} seed ${seed}: ${found.toFixed(1)}\n`);
    }),
  );
  await inParallel(numberOption(args, "jobs", 1), tasks);
  for (const { name, score, bar, share, meanBar, ceiling = Infinity, published } of problems) {
    const scores = seeds.map((seed) => results.get(`${name}/${seed}`)!);
    const mean = scores.reduce((sum, value) => sum + value, 0) / scores.length;
    const reached = scores.filter((value) => value >= bar && value <= ceiling).length;
    const meanText = Number.isFinite(meanBar) ? `, mean >= ${meanBar}` : "";
    report.add({
      name,
      measured: mean,
      unit: `mean ${score === "greedy" ? "greedy return of 100 episodes" : "return of the last 100 training episodes"} over ${seeds.length} seeds`,
      comparedWith: published,
      ratio: null,
      bar: `${ceiling < Infinity ? "=" : ">="} ${bar} in ${Math.ceil(share * seeds.length)} of ${seeds.length} seeds${meanText}`,
      met: reached >= Math.ceil(share * seeds.length) && mean >= meanBar,
      note: `by seed ${scores.map((value) => value.toFixed(1)).join(", ")}`,
    });
  }
  return report.exitCode;
}
