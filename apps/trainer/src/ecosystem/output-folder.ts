import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { UsageError } from "../exit-codes.ts";
import { requireWritableFolder } from "../run/output-paths.ts";

/** Files of a simulation's folder. */
export const ECOSYSTEM_FILES = { numbers: "ecosystem.json", page: "ecosystem.html" } as const;

/**
 * Refuses a folder that could not be written later. One that an earlier simulation wrote is replaced when asked; nothing else is.
 *
 * @throws {UsageError}
 */
export function requireEcosystemFolder(folder: string, force: boolean): void {
  if (folder.trim() !== "" && resolve(folder) === process.cwd())
    throw new UsageError(`--out: ${folder} is the folder that this runs in; choose one that can be replaced`);
  requireWritableFolder("--out", folder);
  const known: readonly string[] = Object.values(ECOSYSTEM_FILES);
  const found = existsSync(folder) ? readdirSync(folder) : [];
  if (found.length === 0) return;
  const strange = found.find((name) => !known.includes(name));
  if (strange !== undefined)
    throw new UsageError(
      `--out: ${folder} holds ${strange}, which no simulation wrote; choose another folder`,
    );
  if (!force)
    throw new UsageError(
      `--out: ${folder} holds a simulation already; choose another folder, or --force replaces it`,
    );
}
