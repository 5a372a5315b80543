import { linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";

const holderSchema = z.object({ process: z.int().min(1), started: z.string(), host: z.string() });
type Holder = z.infer<typeof holderSchema>;

/** A folder that one process at a time may write to. */
export interface FolderLock {
  release(): void;
}

/**
 * Takes the folder's lock; that of a process that is gone is taken over.
 *
 * @throws RangeError naming who holds it
 */
export function lockFolder(folder: string): FolderLock {
  const path = join(folder, "lock");
  const text = JSON.stringify({
    process: process.pid,
    started: startOf(process.pid) ?? "",
    host: hostname(),
  });
  const own = `${path}.${process.pid}`;
  writeFileSync(own, text);
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        // A link is made whole or not at all.
        linkSync(own, path);
        break;
      } catch (cause) {
        if (!(cause instanceof Error && "code" in cause && cause.code === "EEXIST") || attempt === 9)
          throw cause;
      }
      takeOver(folder, path);
    }
  } finally {
    rmSync(own, { force: true });
  }
  return {
    release() {
      if (read(path) === text) rmSync(path, { force: true });
    },
  };
}

/** Takes a dead process's lock away. */
function takeOver(folder: string, path: string): void {
  const text = read(path);
  if (text === undefined) return;
  const holder = holderOf(text);
  if (holder !== undefined && isAlive(holder)) {
    const where = holder.host === hostname() ? "" : ` on ${holder.host}`;
    const hint = where === "" ? "" : `; if that is gone, remove the file lock`;
    throw new RangeError(
      `${folder}: a server uses this decision log (process ${holder.process}${where}); one is allowed${hint}`,
    );
  }
  const aside = `${path}.left-${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return; // Another process was quicker.
  }
  // Another process may have taken over in between: give its lock back.
  if (read(aside) !== text) linkSync(aside, path);
  unlinkSync(aside);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function holderOf(text: string): Holder | undefined {
  try {
    return holderSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Whether the process still runs. One on another host cannot be asked, so it counts as running. */
function isAlive(holder: Holder): boolean {
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.process, 0);
  } catch (cause) {
    return cause instanceof Error && "code" in cause && cause.code === "EPERM";
  }
  // A number is given to another process in time.
  const started = startOf(holder.process);
  return started === undefined || started === holder.started;
}

/** When a process started, in the system's ticks; undefined where the system does not say. */
function startOf(processNumber: number): string | undefined {
  const status = read(`/proc/${processNumber}/stat`);
  // The command's name, in parentheses, may hold spaces.
  return status?.slice(status.lastIndexOf(")") + 2).split(" ")[19];
}
