import { jsonText, writeFileAtomic } from "@longview/formats";
import { validateConfiguration } from "../configuration/load.ts";
import { applyAssignment } from "../configuration/read-source.ts";
import type { Tree } from "../configuration/read-source.ts";
import { chooseDisplay } from "../display/choose-display.ts";
import { evaluationLines } from "../display/print-evaluation.ts";
import { EXIT, UsageError } from "../exit-codes.ts";
import { listenForInterrupt } from "../run/interrupt.ts";
import { finishLineage, isFinished } from "../run/lineage.ts";
import { loadPolicy, loadRun } from "../run/load-run.ts";
import { requireWritableFile } from "../run/output-paths.ts";
import { writeReport } from "../run/finish-run.ts";
import { lockRun } from "../run/run-lock.ts";

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
  // Without --out the run's own files are written again.
  const unlock = options.out === undefined ? lockRun(run.paths.folder) : undefined;
  const interrupt = listenForInterrupt(display, "after the worlds that are running");
  try {
    const { policy, warnings } = await loadPolicy(run);
    for (const warning of warnings) process.stderr.write(`longview: ${warning}\n`);
    const { evaluatePolicy } = await import("../evaluation/evaluate.ts");
    const evaluation = await evaluatePolicy({ configuration, policy, display, stopped: interrupt.stopped });
    display.close();
    if (evaluation === undefined) return EXIT.interrupted;
    const target = options.out ?? run.paths.evaluation;
    writeFileAtomic(target, jsonText(evaluation));
    if (options.out === undefined) {
      if (configuration.logging.report) await writeReport(run.paths, configuration, evaluation);
      // An unfinished run stays one: only the hashes of a finished run's files are taken again.
      if (isFinished(run.paths, run.configuration)) finishLineage(run.paths);
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
    unlock?.();
  }
}
