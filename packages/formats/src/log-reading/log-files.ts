import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { DecisionLogError } from "./decision-log-error.ts";

/** One name for a file however it is spelt; for one that is not there, its whole path. */
export function fileIdentity(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

/**
 * Refuses a log without files, with one of them twice, and rows set aside into a file of the log itself.
 *
 * @throws DecisionLogError `BAD_MAPPING`
 */
export function checkLogFiles(files: readonly string[], quarantine: string | undefined): void {
  if (files.length === 0)
    throw new DecisionLogError("BAD_MAPPING", "files: none is given; at least one is needed");
  const identities = files.map(fileIdentity);
  files.forEach((file, at) => {
    if (identities.indexOf(identities[at]!) !== at)
      throw new DecisionLogError("BAD_MAPPING", `files: ${file} is given twice`);
  });
  if (quarantine !== undefined && identities.includes(fileIdentity(quarantine)))
    throw new DecisionLogError("BAD_MAPPING", `quarantine: ${quarantine} is a file of the log itself`);
}
