import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { UsageError } from "../exit-codes.ts";

/** Files that a command on logs reads. */
export interface LogInputs {
  readonly log: readonly string[];
  readonly columns?: string;
  readonly spec?: string;
  readonly candidate?: string;
  readonly incumbent?: string;
}

/** One name for a place however it is spelt, also where nothing is there yet. */
function identityOf(path: string): string {
  const whole = resolve(path);
  if (existsSync(whole)) return realpathSync(whole);
  const folder = dirname(whole);
  return folder === whole ? whole : join(identityOf(folder), basename(whole));
}

/** Files and folders that the inputs name. */
function inputPaths({ log, columns, spec, candidate, incumbent }: LogInputs): string[] {
  const policies = [candidate, incumbent].flatMap((name) => {
    const path = /^(?:table|bundle):(.+)$/.exec(name ?? "")?.[1];
    return path === undefined ? [] : [path];
  });
  return [...log, ...[columns, spec].flatMap((path) => path ?? []), ...policies];
}

/**
 * Refuses an output that would replace, or be replaced with, what the same command reads or writes.
 *
 * @param outputs - options with the file or folder that each was given
 * @throws {UsageError} naming the option
 */
export function requireApart(
  outputs: readonly (readonly [option: string, path: string | undefined])[],
  inputs: LogInputs,
): void {
  const others = inputPaths(inputs).map((path) => ({ name: path, place: identityOf(path) }));
  for (const [option, path] of outputs) {
    if (path === undefined) continue;
    const place = identityOf(path);
    for (const other of others)
      if (place === other.place || place.startsWith(other.place + sep))
        throw new UsageError(
          `${option}: ${path} is ${place === other.place ? "" : "inside "}${other.name}, which this command reads or writes; choose another place`,
        );
    others.push({ name: `${option} ${path}`, place });
  }
}
