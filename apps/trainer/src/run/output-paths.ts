import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  rmdirSync,
  statSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { UsageError } from "../exit-codes.ts";

const reasonOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : String(error);

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

/** Runs what touches the disk; a failure is the caller's mistake about `path`. */
function attempt(option: string, path: string, what: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${option}: ${path} cannot be ${what} (${reasonOf(error)}); choose another place`);
  }
}

/**
 * Makes a folder and its missing parents, one at a time: Node's recursive mkdir never returns below `/proc`.
 *
 * @throws {UsageError} naming the option where that cannot be done
 */
export function makeFolders(option: string, path: string): void {
  const missing: string[] = [];
  let folder = resolve(path);
  for (; !existsSync(folder) && dirname(folder) !== folder; folder = dirname(folder)) missing.push(folder);
  attempt(option, path, "made", () => {
    if (!isFolder(folder))
      throw new UsageError(`${option}: ${path} cannot be made; ${folder} is not a folder`);
    for (const each of missing.toReversed()) {
      try {
        mkdirSync(each);
      } catch (error) {
        // Another process may have made it meanwhile.
        if (!isFolder(each)) throw error;
      }
    }
  });
}

function requireNamed(option: string, path: string, what: string): void {
  if (path.trim() === "") throw new UsageError(`${option}: found an empty text, allowed: ${what}`);
}

/**
 * Refuses a file that could not be written later, before the work whose result it is to hold; makes its folder.
 *
 * @throws {UsageError} naming the option
 */
export function requireWritableFile(option: string, path: string): void {
  requireNamed(option, path, "a file");
  if (isFolder(path) || path.endsWith("/"))
    throw new UsageError(`${option}: ${path} is a folder, allowed: a file`);
  makeFolders(option, dirname(path));
  const aside = join(dirname(path), `.${basename(path)}.writing`);
  attempt(option, path, "written", () => {
    closeSync(openSync(aside, "w"));
    rmSync(aside);
  });
}

/**
 * Refuses a folder that could not be written later, or that holds something; makes its parent.
 *
 * @throws {UsageError} naming the option
 */
export function requireWritableFolder(option: string, path: string): void {
  requireNamed(option, path, "a folder");
  if (existsSync(path) && !isFolder(path))
    throw new UsageError(`${option}: ${path} is a file, allowed: a new or empty folder`);
  const whole = resolve(path);
  makeFolders(option, dirname(whole));
  const aside = join(dirname(whole), `.${basename(whole)}.writing`);
  attempt(option, path, "written", () => {
    rmSync(aside, { recursive: true, force: true });
    mkdirSync(aside);
    rmdirSync(aside);
  });
}

/** Makes a folder whose parent exists. True when it is new, false when something has its name already. */
export function claimFolder(option: string, path: string): boolean {
  requireNamed(option, path, "a folder");
  let claimed = true;
  attempt(option, path, "made", () => {
    try {
      mkdirSync(path);
    } catch (error) {
      if (reasonOf(error) !== "EEXIST") throw error;
      claimed = false;
    }
  });
  return claimed;
}

/** What a folder of a command's own holds. */
export interface OwnFolder {
  /** Names of the files that the command writes. */
  readonly files: readonly string[];
  /** What the command makes, as messages name it: "scorecard". */
  readonly what: string;
}

/**
 * Refuses a folder that could not be written later. One that an earlier call of the same command wrote is replaced when
 * asked; nothing else is.
 *
 * @throws {UsageError} about `--out`
 */
export function requireOwnFolder(folder: string, force: boolean, { files, what }: OwnFolder): void {
  if (folder.trim() !== "" && resolve(folder) === process.cwd())
    throw new UsageError(`--out: ${folder} is the folder that this runs in; choose one that can be replaced`);
  requireWritableFolder("--out", folder);
  const found = existsSync(folder) ? readdirSync(folder) : [];
  if (found.length === 0) return;
  const strange = found.find((name) => !files.includes(name));
  if (strange !== undefined)
    throw new UsageError(`--out: ${folder} holds ${strange}, which no ${what} wrote; choose another folder`);
  if (!force)
    throw new UsageError(
      `--out: ${folder} holds a ${what} already; choose another folder, or --force replaces it`,
    );
}
