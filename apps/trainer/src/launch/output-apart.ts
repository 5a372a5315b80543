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

interface Taken {
  readonly name: string;
  readonly place: string;
  /** Whether what lies inside it is taken as well. */
  readonly folder: boolean;
}

function takenByInputs({ log, columns, spec, candidate, incumbent }: LogInputs): Taken[] {
  const taken = (name: string, folder = false): Taken => ({ name, place: identityOf(name), folder });
  const policies = [candidate, incumbent].flatMap((policy) => {
    const [, kind, path] = /^(table|bundle):(.+)$/.exec(policy ?? "") ?? [];
    return path === undefined ? [] : [taken(path, kind === "bundle")];
  });
  return [
    ...[...log, ...[columns, spec].flatMap((path) => path ?? [])].map((path) => taken(path)),
    ...policies,
  ];
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
  const others = takenByInputs(inputs);
  for (const [option, path] of outputs) {
    if (path === undefined || path.trim() === "") continue;
    const place = identityOf(path);
    for (const other of others) {
      if (place === other.place)
        throw new UsageError(
          `${option}: ${path} is in use as ${other.name}; choose a place that this command does not read or write`,
        );
      if (other.folder && place.startsWith(other.place + sep))
        throw new UsageError(
          `${option}: ${path} lies inside ${other.name}, which this command reads or writes as a whole; choose another place`,
        );
    }
    others.push({ name: `${option} ${path}`, place, folder: true });
  }
}
