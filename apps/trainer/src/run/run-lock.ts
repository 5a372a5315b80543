import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../exit-codes.ts";

/** How the names of the lock, and of what it is made from, begin. */
export const LOCK_FILE = ".lock";

const codeOf = (error: unknown): unknown =>
  error instanceof Error && "code" in error ? error.code : undefined;

/** When a process began, in ticks since the start of the machine; "" where the system does not tell. */
function beginning(processId: number): string {
  try {
    const status = readFileSync(`/proc/${processId}/stat`, "utf8");
    return status.slice(status.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}

/** Whether the process that wrote a lock still runs; a number that another process has got since does not count. */
function isAlive(lock: string): boolean {
  const [id = "", began = ""] = lock.trim().split(" ");
  const processId = Number(id);
  if (!Number.isSafeInteger(processId) || processId <= 0) return false;
  try {
    process.kill(processId, 0);
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
  return began === "" || began === beginning(processId);
}

/**
 * Takes a run folder for this process alone: the file `.lock` in it holds the process's number and beginning. The
 * lock of a process that is dead, killed or from before a restart is taken over.
 *
 * @returns what gives it back; it is given back when the process exits, too
 * @throws {UsageError} when another process has it
 */
export function lockRun(folder: string): () => void {
  const path = join(folder, LOCK_FILE);
  const own = join(folder, `${LOCK_FILE}.${process.pid}`);
  const content = `${process.pid} ${beginning(process.pid)}\n`;
  const read = (file: string): string | undefined => {
    try {
      return readFileSync(file, "utf8");
    } catch (error) {
      if (codeOf(error) === "ENOENT") return undefined;
      throw error;
    }
  };
  const refuse = (holder: string): never => {
    throw new UsageError(
      `${folder}: is in use by process ${holder.trim().split(" ")[0]}; wait for it to end, or stop it (if no such process runs, remove ${path})`,
    );
  };
  const release = (): void => {
    process.off("exit", release);
    if (read(path) === content) rmSync(path, { force: true });
  };
  for (;;) {
    const holder = read(path);
    if (holder !== undefined) {
      if (isAlive(holder)) refuse(holder);
      // Only one process can rename a file away; should it prove to be a newer one's lock, that one gets it back.
      try {
        renameSync(path, own);
      } catch (error) {
        if (codeOf(error) !== "ENOENT") throw error;
      }
      const taken = read(own);
      if (taken !== undefined && taken !== holder) {
        renameSync(own, path);
        refuse(taken);
      }
    }
    try {
      // Written aside and linked, so that a lock is never seen empty.
      writeFileSync(own, content);
      linkSync(own, path);
      process.on("exit", release);
      return release;
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    } finally {
      rmSync(own, { force: true });
    }
  }
}
