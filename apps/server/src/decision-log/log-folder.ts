import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Where the files of one segment are. */
export interface SegmentFiles {
  /** The decisions, until their outcomes are complete. */
  readonly decisions: string;
  /** The reports on them. */
  readonly feedback: string;
  /** What a restart need not read the decisions for. */
  readonly seal: string;
  readonly parquet: string;
  /** Bytes of the decisions' file that are no record. */
  readonly unreadable: string;
}

export const WRITE_AHEAD_FOLDER = "write-ahead";

/** Names of segment files, with the segment's number. */
export const SEGMENT_FILE = {
  decisions: /^(\d{6,})\.wal$/,
  feedback: /^(\d{6,})\.feedback\.wal$/,
  seal: /^(\d{6,})\.sealed\.json$/,
  parquet: /^decisions-(\d{6,})\.parquet$/,
  unreadable: /^unreadable-(\d{6,})\.wal$/,
} as const;

/** The files of a segment of the log in `folder`. */
export function segmentFiles(folder: string, segment: number): SegmentFiles {
  const number = String(segment).padStart(6, "0");
  return {
    decisions: join(folder, WRITE_AHEAD_FOLDER, `${number}.wal`),
    feedback: join(folder, WRITE_AHEAD_FOLDER, `${number}.feedback.wal`),
    seal: join(folder, WRITE_AHEAD_FOLDER, `${number}.sealed.json`),
    parquet: join(folder, `decisions-${number}.parquet`),
    unreadable: join(folder, `unreadable-${number}.wal`),
  };
}

/** `writeFileAtomic` without holding up the event loop: a reader sees the old text or the new one. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const aside = join(dirname(path), `.${basename(path)}.writing`);
  try {
    const file = await open(aside, "w");
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(aside, path);
  } catch (cause) {
    await rm(aside, { force: true }).catch(() => {});
    throw cause;
  }
}

/** Flushes a folder's names to the disk. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** What failed, without a path: it is shown to whoever asks for the server's state. */
export function failureText(cause: unknown): string {
  if (cause instanceof Error && "code" in cause && typeof cause.code === "string") {
    const call = "syscall" in cause && typeof cause.syscall === "string" ? ` in ${cause.syscall}` : "";
    return `${cause.code}${call}`;
  }
  return cause instanceof Error ? cause.message : String(cause);
}
