import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { codeVersionSchema, jsonText, lineageSchema, sha256OfFile, writeFileAtomic } from "@longview/formats";
import type { CodeVersion, FileHash, Lineage } from "@longview/formats";
import type { RunConfiguration } from "../configuration/schema.ts";
import type { RunPaths } from "./run-folder.ts";

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

/** Whether a run has everything that it was to make, and says so. */
export function isFinished(paths: RunPaths): boolean {
  if (!existsSync(paths.lineage) || !existsSync(paths.evaluation)) return false;
  return lineageSchema.parse(JSON.parse(readFileSync(paths.lineage, "utf8"))).when.finished !== null;
}

/** Begins `lineage.json`, or notes in the one that is there that the run was resumed. */
export function beginLineage(paths: RunPaths, configuration: RunConfiguration, source?: string): Lineage {
  if (existsSync(paths.lineage)) {
    const lineage = lineageSchema.parse(JSON.parse(readFileSync(paths.lineage, "utf8")));
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
  const lineage = lineageSchema.parse(JSON.parse(readFileSync(paths.lineage, "utf8")));
  lineage.outputs = filesUnder(paths.folder)
    .filter((path) => path !== paths.lineage)
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
