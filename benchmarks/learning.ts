import { join } from "node:path";
import { root } from "./longview-command.ts";
import { numberOption, textOption } from "./measure.ts";
import { Report } from "./row.ts";
import { inParallel, readEvaluationOf, trainRun } from "./run-results.ts";

/**
 * `npm run bench -- learning [--seeds 5] [--config examples/main.yaml] [--workers 2] [--jobs 1] [--folder …]`: the main
 * job over several seeds, against every hand-written policy on worlds that none has seen. Stopped, it goes on.
 */
export async function run(args: readonly string[]): Promise<number> {
  const report = new Report("learning", args);
  const seeds = Array.from({ length: numberOption(args, "seeds", 5) }, (_, i) => i + 1);
  const config = textOption(args, "config") ?? "examples/main.yaml";
  const workers = numberOption(args, "workers", 2);
  const folder = join(root, textOption(args, "folder") ?? "runs/benchmarks/learning");
  const runFolder = (seed: number) => join(folder, `${config.replaceAll(/\W+/g, "-")}-${seed}`);
  await inParallel(
    numberOption(args, "jobs", 1),
    seeds.map((seed) => () => trainRun(runFolder(seed), join(root, config), seed, workers)),
  );
  let wins = 0;
  for (const seed of seeds) {
    const { policies } = readEvaluationOf(runFolder(seed));
    const trained = policies.find(({ role }) => role === "trained");
    if (trained === undefined) throw new Error(`${runFolder(seed)}/evaluation.json has no trained policy`);
    const baselines = policies.filter(({ role }) => role === "baseline");
    const best = baselines
      .filter(({ feasible }) => feasible)
      .toSorted((a, b) => b.value.mean - a.value.mean)[0];
    // Myopic is a rival whether it keeps the limits or not.
    const rivals = baselines.filter(({ name, feasible }) => feasible || name === "myopic");
    const won =
      trained.feasible && rivals.every(({ differenceToTrained }) => differenceToTrained.interval[0] > 0);
    if (won) wins++;
    const costs = Object.entries(trained.costs).map(
      ([name, { upperBound, limit }]) =>
        `${name} ${upperBound.toPrecision(3)}${limit === null ? "" : ` (limit ${limit})`}`,
    );
    const others = policies
      .filter(({ role }) => role !== "trained")
      .map(({ name, value, feasible, differenceToTrained }) => {
        const [low, high] = differenceToTrained.interval;
        const text = `${name} ${value.mean.toPrecision(4)}${feasible ? "" : " (infeasible)"}`;
        return `${text}, trained minus it [${low.toPrecision(3)}, ${high.toPrecision(3)}]`;
      });
    report.add({
      name: `${config}, seed ${seed}`,
      measured: trained.value.mean,
      unit: "discounted value on unseen worlds",
      comparedWith: best
        ? `best feasible baseline ${best.name} ${best.value.mean.toPrecision(4)}`
        : "no feasible baseline",
      ratio: best ? trained.value.mean / best.value.mean : null,
      bar: "feasible, and the intervals of the paired differences to each feasible baseline and to myopic above 0",
      met: won,
      note: `costs' upper bounds ${costs.join(", ")}; ${others.join("; ")}`,
    });
  }
  report.add({
    name: `${config}, seeds won`,
    measured: wins,
    unit: `of ${seeds.length} seeds`,
    comparedWith: "all of them",
    ratio: wins / seeds.length,
    bar: `${seeds.length}`,
    met: wins === seeds.length,
  });
  return report.exitCode;
}
