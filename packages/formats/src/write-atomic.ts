import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * Writes a file so that a reader, or a restart after a crash, sees either the old bytes or all of the new ones.
 *
 * The bytes go to a hidden file beside the target, are flushed to the disk, and take the target's name in one
 * rename. Missing parent folders are made.
 *
 * @param path - the file to write or replace
 * @param data - its whole content
 */
export function writeFileAtomic(path: string, data: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const aside = join(dirname(path), `.${basename(path)}.writing`);
  const descriptor = openSync(aside, "w");
  try {
    writeFileSync(descriptor, data);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(aside, path);
}

/**
 * Fills a folder aside and gives it its name in one rename, replacing what stood there.
 *
 * @param path - the folder to write or replace
 * @param fill - writes the files into the folder it is given
 */
export async function writeFolderAtomic(
  path: string,
  fill: (folder: string) => void | Promise<void>,
): Promise<void> {
  const aside = join(dirname(path), `.${basename(path)}.writing`);
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true });
  await fill(aside);
  // What stood there is gone only when the new folder has its name.
  const replaced = join(dirname(path), `.${basename(path)}.replaced`);
  rmSync(replaced, { recursive: true, force: true });
  if (existsSync(path)) renameSync(path, replaced);
  renameSync(aside, path);
  rmSync(replaced, { recursive: true, force: true });
}

/**
 * The JSON text of a value: two-space indentation, a final newline, the same bytes for the same value.
 *
 * @throws {RangeError} naming the key path of a number that JSON cannot hold (NaN or infinite)
 */
export function jsonText(value: unknown): string {
  requireFinite(value, "");
  return `${JSON.stringify(value, null, 2)}\n`;
}

function requireFinite(value: unknown, path: string): void {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new RangeError(`${path || "value"}: ${value} cannot be written as JSON; numbers must be finite`);
  }
  if (typeof value === "object" && value !== null) {
    for (const [key, entry] of Object.entries(value))
      requireFinite(entry, path === "" ? key : `${path}.${key}`);
  }
}
