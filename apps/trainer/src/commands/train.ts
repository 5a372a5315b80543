import { existsSync } from "node:fs";
import { evaluationSchema, writeFileAtomic } from "@longview/formats";
import { stringify } from "yaml";
import { loadConfiguration, validateConfiguration } from "../configuration/load.ts";
import { applyAssignment } from "../configuration/read-source.ts";
import type { RunConfiguration } from "../configuration/schema.ts";
import { chooseDisplay } from "../display/choose-display.ts";
import { formatLimit, formatNumber } from "../display/format.ts";
import { evaluationLines } from "../display/print-evaluation.ts";
import { EXIT, UsageError } from "../exit-codes.ts";
import { finishRun, readEvaluation } from "../run/finish-run.ts";
import { listenForInterrupt } from "../run/interrupt.ts";
import { beginLineage, isFinished } from "../run/lineage.ts";
import { loadPolicy, loadRun } from "../run/load-run.ts";
import {
  claimRunFolder,
  existsMessage,
  latestRunFolder,
  listCheckpoints,
  readMetrics,
  runPaths,
} from "../run/run-folder.ts";
import { readJson } from "../run/read-json.ts";
import { lockRun } from "../run/run-lock.ts";
import { trainInThread } from "../run/train-in-thread.ts";

/** The options of `longview train`. */
export interface TrainCommandOptions {
  readonly config?: string;
  readonly set: readonly string[];
  readonly seed?: string;
  readonly workers?: string;
  readonly runDir?: string;
  readonly resume?: boolean;
  readonly json?: boolean;
}

interface Chosen {
  readonly configuration: RunConfiguration;
  /** The folder to continue; undefined for a new run. */
  readonly folder: string | undefined;
}

const resumeCommand = (folder: string): string => `npx longview train --resume --run-dir ${folder}`;

/** `longview train`: trains, compares, exports, reports. Returns the exit code. */
export async function trainCommand(options: TrainCommandOptions): Promise<number> {
  if (options.resume !== true && options.runDir !== undefined && existsSync(options.runDir))
    throw new UsageError(existsMessage(options.runDir));
  const { configuration, folder: existing } = await chooseRun(options);
  if (existing !== undefined && isFinished(runPaths(existing), configuration)) {
    if (options.json !== true) process.stdout.write(`${existing}: this run is finished; its result:\n`);
    return printResult(existing, configuration, options);
  }
  let unlock = existing === undefined ? undefined : lockRun(existing);
  const display = await chooseDisplay(options.json === true, configuration.logging.every);
  const interrupt = listenForInterrupt(display, "saving after this step");
  let folder = existing ?? "";
  try {
    const end = await trainInThread({
      configuration,
      display,
      stop: interrupt.flag,
      begin() {
        folder = existing ?? claimRunFolder(options.runDir, configuration.name);
        unlock ??= lockRun(folder);
        const paths = runPaths(folder);
        if (!existsSync(paths.configuration)) writeFileAtomic(paths.configuration, stringify(configuration));
        // A run that is continued is written to only once it has proved to have a good checkpoint: see resumed.
        if (existing === undefined) beginLineage(paths, configuration, options.config);
        for (const line of introduction(configuration, folder)) display.line(line);
        return { folder, resume: existing !== undefined };
      },
      resumed() {
        const paths = runPaths(folder);
        beginLineage(paths, configuration, options.config);
        if (existsSync(paths.evaluation) && readJson(paths.evaluation, evaluationSchema) === undefined)
          display.line(`${paths.evaluation}: is damaged; comparing again`);
      },
    });
    const paths = runPaths(folder);
    const interrupted = (): number => {
      display.close();
      const where = end.finished
        ? "trained; its comparison is not finished"
        : `saved after iteration ${end.iteration}`;
      process.stdout.write(
        options.json === true
          ? `${JSON.stringify({ status: "interrupted", run: folder, iteration: end.iteration, steps: end.steps })}\n`
          : `${where}. Continue with:\n  ${resumeCommand(folder)}\n`,
      );
      return EXIT.interrupted;
    };
    if (!end.finished) return interrupted();
    const { policy, decisions, warnings } = await loadPolicy({ paths, configuration });
    if (decisions !== end.steps) throw new Error(`the last checkpoint is not good: ${warnings.join("; ")}`);
    const evaluation = await finishRun({
      configuration,
      paths,
      policy,
      decisions,
      display,
      stopped: interrupt.stopped,
    });
    if (evaluation === undefined) return interrupted();
    display.close();
    return printResult(folder, configuration, options);
  } catch (error) {
    display.close();
    if (!(error instanceof UsageError) && folder !== "" && listCheckpoints(runPaths(folder)).length > 0)
      process.stderr.write(
        `longview: the run stopped; its last checkpoint is good: ${resumeCommand(folder)}\n`,
      );
    throw error;
  } finally {
    interrupt.release();
    unlock?.();
  }
}

/** Prints the result of a run that is done: for people, or as one JSON object. */
function printResult(folder: string, configuration: RunConfiguration, options: TrainCommandOptions): number {
  const paths = runPaths(folder);
  const evaluation = readEvaluation(paths);
  if (evaluation === undefined) throw new Error(`${paths.evaluation} is missing`);
  const last = readMetrics(paths).at(-1);
  if (options.json === true) {
    const result = {
      status: "done",
      run: folder,
      iteration: last?.iteration,
      steps: last?.steps,
      evaluation,
    };
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return EXIT.done;
  }
  const lines = ["", ...evaluationLines(evaluation), ""];
  if (configuration.logging.report) lines.push(`report  ${paths.report}`);
  lines.push(`policy  ${paths.policy}`, `numbers ${paths.evaluation}`);
  process.stdout.write(`${lines.join("\n")}\n`);
  return EXIT.done;
}

function introduction(configuration: RunConfiguration, folder: string): string[] {
  const { training, algorithm, environment, constraints } = configuration;
  const limits = Object.entries(constraints).map(([name, { limit }]) => `${name} ≤ ${formatLimit(limit)}`);
  return [
    `${configuration.name}: ${algorithm.name} on ${environment.id}, ${formatNumber(training.steps)} decisions, seed ${configuration.seed}, ${configuration.workers} worker${configuration.workers === 1 ? "" : "s"}${limits.length > 0 ? `, ${limits.join(", ")}` : ""}`,
    `run folder ${folder}`,
    ...(configuration.executor === "tensorflow"
      ? ["executor tensorflow: without its native library it is some forty times slower than onnxruntime"]
      : []),
  ];
}

async function chooseRun(options: TrainCommandOptions): Promise<Chosen> {
  const assignments = [...options.set];
  if (options.workers !== undefined) assignments.push(`workers=${options.workers}`);
  const asked =
    options.config === undefined
      ? undefined
      : await loadConfiguration({ file: options.config, assignments, seed: options.seed });
  if (options.resume !== true) {
    if (asked === undefined)
      throw new UsageError(
        "--config: found nothing, allowed: a YAML or JSON file, such as examples/quick.yaml",
      );
    return { configuration: asked, folder: undefined };
  }
  const folder = options.runDir ?? (asked === undefined ? undefined : latestRunFolder(asked.name));
  if (folder === undefined) {
    throw new UsageError(
      asked === undefined
        ? "--resume: which run? allowed: --run-dir FOLDER, or --config FILE whose run is to continue"
        : `--resume: there is no run runs/${asked.name} to continue`,
    );
  }
  if (!existsSync(folder))
    throw new UsageError(`--run-dir: ${folder} does not exist, so it cannot be resumed`);
  if (!existsSync(runPaths(folder).configuration)) {
    // Killed before it had written anything: begin in that folder.
    if (asked !== undefined) return { configuration: asked, folder };
    throw new UsageError(`--run-dir: ${folder} holds no config.yaml, so it is not a run that can be resumed`);
  }
  const { configuration: stored } = await loadRun(folder);
  if (asked !== undefined) refuseDifference(stored, asked, folder);
  else {
    const other = [...options.set, ...(options.seed === undefined ? [] : ["seed"])];
    if (other.length > 0)
      throw new UsageError(
        `--resume: found ${other.join(", ")}, allowed: only --workers; a resumed run keeps its configuration`,
      );
  }
  if (options.workers === undefined) return { configuration: stored, folder };
  const tree = { ...stored };
  applyAssignment(tree, `workers=${options.workers}`);
  return { configuration: await validateConfiguration(tree), folder };
}

/** The first key in which two configurations differ, other than those that change no number. */
function refuseDifference(stored: RunConfiguration, asked: RunConfiguration, folder: string): void {
  const { workers: _one, logging: _two, ...before } = stored;
  const { workers: _three, logging: _four, ...rest } = asked;
  // A seed on the command line is text; 1 and "1" draw the same numbers.
  const after = { ...rest, seed: String(rest.seed) === String(before.seed) ? before.seed : rest.seed };
  const difference = firstDifference(before, after, "");
  if (difference !== undefined)
    throw new UsageError(
      `${difference.path}: found ${JSON.stringify(difference.asked) ?? "nothing"}, the run in ${folder} has ${JSON.stringify(difference.stored) ?? "nothing"}; a resumed run keeps its configuration`,
    );
}

function firstDifference(
  stored: unknown,
  asked: unknown,
  path: string,
): { path: string; stored: unknown; asked: unknown } | undefined {
  if (typeof stored === "object" && typeof asked === "object" && stored !== null && asked !== null) {
    for (const key of new Set([...Object.keys(stored), ...Object.keys(asked)])) {
      const found = firstDifference(
        Reflect.get(stored, key),
        Reflect.get(asked, key),
        path === "" ? key : `${path}.${key}`,
      );
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return Object.is(stored, asked) ? undefined : { path, stored, asked };
}
