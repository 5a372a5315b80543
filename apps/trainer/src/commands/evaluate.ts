import { existsSync } from "node:fs";
import { jsonText, writeFileAtomic } from "@longview/formats";
import { validateConfiguration } from "../configuration/load.ts";
import { applyAssignment } from "../configuration/read-source.ts";
import type { Tree } from "../configuration/read-source.ts";
import { chooseDisplay } from "../display/choose-display.ts";
import { evaluationLines } from "../display/print-evaluation.ts";
import { EXIT, UsageError } from "../exit-codes.ts";
import { listenForInterrupt } from "../run/interrupt.ts";
import { finishLineage } from "../run/lineage.ts";
import { loadPolicy, loadRun } from "../run/load-run.ts";
import { requireWritableFile } from "../run/output-paths.ts";
import { writeReport } from "../run/finish-run.ts";

/** The options of `longview evaluate`. */
export interface EvaluateCommandOptions {
  readonly set: readonly string[];
  readonly workers?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** `longview evaluate RUN`: compares a run's newest policy again. Returns the exit code. */
export async function evaluateCommand(folder: string, options: EvaluateCommandOptions): Promise<number> {
  const run = await loadRun(folder);
  for (const assignment of options.set) {
    if (!/^\s*evaluation\./.test(assignment))
      throw new UsageError(
        `--set: found ${JSON.stringify(assignment)}, allowed: keys under evaluation, as in evaluation.worlds=48`,
      );
  }
  if (options.set.length > 0 && options.out === undefined)
    throw new UsageError(
      "--out: found nothing, allowed: a file for the result, because --set makes it another than the run's own",
    );
  const tree = structuredClone(run.configuration) as unknown as Tree;
  for (const assignment of options.set) applyAssignment(tree, assignment);
  if (options.workers !== undefined) applyAssignment(tree, `workers=${options.workers}`);
  const configuration = await validateConfiguration(tree);
  if (options.out !== undefined) requireWritableFile("--out", options.out);
  const display = await chooseDisplay(options.json === true, configuration.logging.every);
  const interrupt = listenForInterrupt(display, "after the worlds that are running");
  try {
    const { policy } = await loadPolicy(run);
    const { evaluatePolicy } = await import("../evaluation/evaluate.ts");
    const evaluation = await evaluatePolicy({ configuration, policy, display, stopped: interrupt.stopped });
    display.close();
    if (evaluation === undefined) return EXIT.interrupted;
    const target = options.out ?? run.paths.evaluation;
    writeFileAtomic(target, jsonText(evaluation));
    if (options.out === undefined) {
      if (configuration.logging.report) await writeReport(run.paths, configuration, evaluation);
      if (existsSync(run.paths.lineage)) finishLineage(run.paths);
    }
    process.stdout.write(
      options.json === true
        ? `${JSON.stringify(evaluation)}\n`
        : `${[...evaluationLines(evaluation), "", `numbers ${target}`].join("\n")}\n`,
    );
    return EXIT.done;
  } finally {
    display.close();
    interrupt.release();
  }
}
