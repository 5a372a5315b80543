import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../exit-codes.ts";
import { runPaths } from "../run/run-folder.ts";

/**
 * The files of what a command on logs was given: files as they are, a folder's Parquet files in order of name, such as a server's
 * log or a run with a simulated one.
 *
 * @throws {UsageError} for a folder without a log, which says how to make one
 */
export function logFilesOf(given: readonly string[]): string[] {
  return given.flatMap((path) => {
    if (!existsSync(path) || !statSync(path).isDirectory()) return [path];
    const files = readdirSync(path)
      .filter((name) => name.endsWith(".parquet"))
      .toSorted()
      .map((name) => join(path, name));
    if (files.length > 0) return files;
    if (existsSync(runPaths(path).configuration))
      throw new UsageError(
        `${path}: the run holds no decision log; make one with ` +
          `npx longview simulate-log --out ${join(path, "log.parquet")} --policy run:${path} --sessions 2000`,
      );
    throw new UsageError(`${path}: the folder holds no .parquet file; allowed: logs, or a folder with some`);
  });
}
