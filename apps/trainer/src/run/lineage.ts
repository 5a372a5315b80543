import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import {
  codeVersionSchema,
  evaluationSchema,
  jsonText,
  lineageSchema,
  sha256OfFile,
  writeFileAtomic,
} from "@longview/formats";
import type { CodeVersion, FileHash, Lineage } from "@longview/formats";
import type { RunConfiguration } from "../configuration/schema.ts";
import { UsageError } from "../exit-codes.ts";
import { readJson } from "./read-json.ts";
import { goodMetrics } from "./run-folder.ts";
import type { RunPaths } from "./run-folder.ts";
import { LOCK_FILE } from "./run-lock.ts";

const home = fileURLToPath(new URL("../..", import.meta.url));

function git(...args: string[]): string | null {
  try {
    return execFileSync("git", args, { cwd: home, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return null;
  }
}

/** The code that runs: its version, and its commit where the sources are a git checkout. */
export function codeVersion(): CodeVersion {
  const { version } = JSON.parse(readFileSync(join(home, "package.json"), "utf8")) as { version: string };
  const commit = git("rev-parse", "HEAD")?.trim() ?? null;
  const status = commit === null ? null : git("status", "--porcelain", "--untracked-files=no");
  return codeVersionSchema.parse({ version, commit, modified: status === null ? null : status !== "" });
}

/** Files a run reads beside its configuration: an environment's `catalogue`. */
export function inputFiles(configuration: RunConfiguration): string[] {
  const { catalogue } = configuration.environment;
  return typeof catalogue === "string" && existsSync(catalogue) ? [catalogue] : [];
}

const now = (): string => new Date().toISOString();
const stamp = (path: string): FileHash => ({ path, sha256: sha256OfFile(path) });

/** @throws {UsageError} when the file is damaged */
function readLineage(paths: RunPaths): Lineage {
  const lineage = readJson(paths.lineage, lineageSchema);
  if (lineage === undefined)
    throw new UsageError(
      `${paths.lineage}: is damaged or not a run's lineage; put a copy back, or remove it to have it begun anew`,
    );
  return lineage;
}

/**
 * Whether a run has everything that it was to make: its lineage says so, its comparison can be read, and its metrics
 * reach the decisions that it was to train for.
 *
 * @throws {UsageError} when `lineage.json` is damaged
 */
export function isFinished(paths: RunPaths, configuration: RunConfiguration): boolean {
  if (!existsSync(paths.lineage) || readLineage(paths).when.finished === null) return false;
  if (!existsSync(paths.evaluation) || readJson(paths.evaluation, evaluationSchema) === undefined)
    return false;
  return (goodMetrics(paths).at(-1)?.steps ?? 0) >= configuration.training.steps;
}

/** Begins `lineage.json`, or notes in the one that is there that the run was resumed. */
export function beginLineage(paths: RunPaths, configuration: RunConfiguration, source?: string): Lineage {
  if (existsSync(paths.lineage)) {
    const lineage = readLineage(paths);
    lineage.when.resumed.push(now());
    lineage.when.finished = null;
    writeFileAtomic(paths.lineage, jsonText(lineage));
    return lineage;
  }
  const lineage: Lineage = {
    schemaVersion: 1,
    run: configuration.name,
    code: codeVersion(),
    runtime: {
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
      executor: configuration.executor,
    },
    seeds: { root: String(configuration.seed) },
    inputs: [...(source === undefined ? [] : [source]), ...inputFiles(configuration)].map(stamp),
    outputs: [],
    when: { started: now(), resumed: [], finished: null },
  };
  writeFileAtomic(paths.lineage, jsonText(lineage));
  return lineage;
}

/** Ends `lineage.json` with the SHA-256 of everything the run made, and the time. */
export function finishLineage(paths: RunPaths): void {
  const lineage = readLineage(paths);
  lineage.outputs = filesUnder(paths.folder)
    .filter((path) => path !== paths.lineage && !basename(path).startsWith(LOCK_FILE))
    .map((path) => ({ path: relative(paths.folder, path).replaceAll("\\", "/"), sha256: sha256OfFile(path) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  lineage.when.finished = now();
  writeFileAtomic(paths.lineage, jsonText(lineage));
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesUnder(path) : [path];
  });
}
