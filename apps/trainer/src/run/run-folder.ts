import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { metricsRowSchema, timingRowSchema, writeFileAtomic } from "@longview/formats";
import type { MetricsRow, TimingRow } from "@longview/formats";
import { UsageError } from "../exit-codes.ts";
import { claimFolder, makeFolders } from "./output-paths.ts";

/** The files of a run folder, by what they hold. */
export interface RunPaths {
  readonly folder: string;
  readonly configuration: string;
  readonly metrics: string;
  readonly timing: string;
  readonly tensorboard: string;
  readonly checkpoints: string;
  readonly evaluationParts: string;
  readonly evaluation: string;
  readonly policy: string;
  readonly report: string;
  readonly lineage: string;
}

/** Where everything of a run is. */
export function runPaths(folder: string): RunPaths {
  return {
    folder,
    configuration: join(folder, "config.yaml"),
    metrics: join(folder, "metrics.jsonl"),
    timing: join(folder, "timing.jsonl"),
    tensorboard: join(folder, "tensorboard"),
    checkpoints: join(folder, "checkpoints"),
    evaluationParts: join(folder, "checkpoints", "evaluation"),
    evaluation: join(folder, "evaluation.json"),
    policy: join(folder, "policy"),
    report: join(folder, "report.html"),
    lineage: join(folder, "lineage.json"),
  };
}

/**
 * Makes a new run folder: the one asked for, or `runs/NAME`, `runs/NAME-2`, `runs/NAME-3` …
 *
 * @throws {UsageError} when the one asked for exists or cannot be made
 */
export function claimRunFolder(asked: string | undefined, name: string): string {
  if (asked !== undefined) {
    if (asked.trim() !== "") makeFolders("--run-dir", dirname(asked));
    if (!claimFolder("--run-dir", asked)) throw new UsageError(existsMessage(asked));
    return asked;
  }
  makeFolders("--run-dir", "runs");
  for (let number = 1; ; number++) {
    const folder = join("runs", number === 1 ? name : `${name}-${number}`);
    if (claimFolder("--run-dir", folder)) return folder;
  }
}

/** What is said when a run folder is in the way. */
export function existsMessage(folder: string): string {
  return `--run-dir: ${folder} exists already; choose another, or continue it with --resume --run-dir ${folder}`;
}

/** The newest of `runs/NAME`, `runs/NAME-2` …, or undefined when there is none. */
export function latestRunFolder(name: string): string | undefined {
  let latest: string | undefined;
  for (let number = 1; ; number++) {
    const folder = join("runs", number === 1 ? name : `${name}-${number}`);
    if (!existsSync(folder)) return latest;
    latest = folder;
  }
}

const CHECKPOINT = /^(\d+)\.checkpoint$/;

/** Whether there are checkpoints that an earlier session put aside, under names such as `0000007.checkpoint.unreadable`. */
export function hasSetAsideCheckpoints(paths: RunPaths): boolean {
  return (
    existsSync(paths.checkpoints) &&
    readdirSync(paths.checkpoints).some((file) => /^\d+\.checkpoint\.\w+$/.test(file))
  );
}

/** The checkpoints of a run, newest first. */
export function listCheckpoints(paths: RunPaths): { iteration: number; path: string }[] {
  if (!existsSync(paths.checkpoints)) return [];
  return readdirSync(paths.checkpoints)
    .flatMap((file) => {
      const match = CHECKPOINT.exec(file);
      return match === null ? [] : [{ iteration: Number(match[1]), path: join(paths.checkpoints, file) }];
    })
    .sort((a, b) => b.iteration - a.iteration);
}

/** Writes a checkpoint aside, renames it, and keeps the last two. */
export function saveCheckpoint(paths: RunPaths, iteration: number, bytes: Uint8Array): void {
  flushFile(paths.metrics);
  writeFileAtomic(join(paths.checkpoints, `${String(iteration).padStart(7, "0")}.checkpoint`), bytes);
  for (const old of listCheckpoints(paths).slice(2)) rmSync(old.path);
}

function flushFile(path: string): void {
  if (!existsSync(path)) return;
  const descriptor = openSync(path, "r+");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Appends a row to `metrics.jsonl` and one to `timing.jsonl`. */
export function appendRows(paths: RunPaths, metrics: object, timing: TimingRow): void {
  appendFileSync(paths.metrics, `${JSON.stringify(metrics)}\n`);
  appendFileSync(paths.timing, `${JSON.stringify(timing)}\n`);
}

/** Cuts a JSONL file back to the rows up to an iteration; a half-written last line goes too. */
export function cutBack(path: string, lastIteration: number): void {
  if (!existsSync(path)) return;
  const kept: string[] = [];
  for (const line of readFileSync(path, "utf8").split("\n")) {
    if (line === "") continue;
    try {
      const row: unknown = JSON.parse(line);
      if (typeof row !== "object" || row === null || !("iteration" in row)) break;
      if (typeof row.iteration !== "number" || row.iteration > lastIteration) break;
    } catch {
      break;
    }
    kept.push(line);
  }
  writeFileAtomic(path, kept.map((line) => `${line}\n`).join(""));
}

/** The rows of `metrics.jsonl` from iteration 1 on, up to the first that is missing or damaged. */
export function goodMetrics(paths: RunPaths): MetricsRow[] {
  if (!existsSync(paths.metrics)) return [];
  const rows: MetricsRow[] = [];
  for (const line of readFileSync(paths.metrics, "utf8").split("\n")) {
    try {
      const row = metricsRowSchema.parse(JSON.parse(line));
      if (row.iteration !== rows.length + 1) break;
      rows.push(row);
    } catch {
      break;
    }
  }
  return rows;
}

function readRows<Row>(path: string, parse: (value: unknown) => Row): Row[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line, index) => {
      try {
        return parse(JSON.parse(line));
      } catch {
        throw new UsageError(`${path}: row ${index + 1} is damaged; put a copy of the file back`);
      }
    });
}

/** The rows of `metrics.jsonl`. */
export const readMetrics = (paths: RunPaths): MetricsRow[] =>
  readRows(paths.metrics, (value) => metricsRowSchema.parse(value));

/** The rows of `timing.jsonl`. */
export const readTiming = (paths: RunPaths): TimingRow[] =>
  readRows(paths.timing, (value) => timingRowSchema.parse(value));
