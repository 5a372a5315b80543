import { closeSync, existsSync, mkdirSync, openSync, rmSync, rmdirSync, statSync } from "node:fs";
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
