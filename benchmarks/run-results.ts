import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  evaluationSchema,
  metricsRowSchema,
  writeFileAtomic,
  type Evaluation,
  type MetricsRow,
} from "@longview/formats";
import { longview } from "./longview-command.ts";

export function readEvaluationOf(folder: string): Evaluation {
  return evaluationSchema.parse(JSON.parse(readFileSync(join(folder, "evaluation.json"), "utf8")));
}

export function readMetricsOf(folder: string): MetricsRow[] {
  return readFileSync(join(folder, "metrics.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => metricsRowSchema.parse(JSON.parse(line)));
}

/**
 * Trains to the end in `folder`, or goes on where an earlier call was stopped; a finished run is left as it is.
 *
 * @throws Error with what the command wrote when it does not end well
 */
export async function trainRun(folder: string, config: string, seed: number, workers = 1): Promise<void> {
  mkdirSync(dirname(folder), { recursive: true });
  const resume = existsSync(folder) ? ["--resume"] : [];
  const args = [
    "train",
    "--config",
    config,
    "--seed",
    String(seed),
    "--run-dir",
    folder,
    "--workers",
    String(workers),
  ];
  const { code, error } = await longview([...args, ...resume, "--json"]);
  if (code !== 0) throw new Error(`longview ${args.join(" ")} ended with ${code}: ${error}`);
}

/** Results by name in one JSON file, written after each, so that a benchmark of hours can be stopped and continued. */
export class ResultFile {
  readonly #path: string;
  readonly #results: Map<string, number>;

  constructor(path: string) {
    this.#path = path;
    const stored: unknown = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
    const entries = typeof stored === "object" && stored !== null ? Object.entries(stored) : [];
    this.#results = new Map(entries.map(([name, value]) => [name, Number(value)]));
  }

  get(name: string): number | undefined {
    return this.#results.get(name);
  }

  set(name: string, value: number): void {
    this.#results.set(name, value);
    const sorted = [...this.#results].toSorted(([a], [b]) => (a < b ? -1 : 1));
    mkdirSync(dirname(this.#path), { recursive: true });
    writeFileAtomic(this.#path, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
  }
}

/** Runs tasks in order, `jobs` of them at a time. */
export async function inParallel(jobs: number, tasks: readonly (() => Promise<void>)[]): Promise<void> {
  const waiting = tasks.values();
  const work = async () => {
    for (const task of waiting) await task();
  };
  await Promise.all(Array.from({ length: jobs }, work));
}
