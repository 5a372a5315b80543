import { appendFile, open, truncate } from "node:fs/promises";
import { dirname } from "node:path";
import type { Durability } from "./decision-journal.ts";
import { deferred, type Deferred } from "./deferred.ts";
import { syncFolder } from "./log-folder.ts";
import type { Segment } from "./segment.ts";

interface Batch {
  readonly records: Uint8Array[];
  readonly written: Deferred;
}

/**
 * Writes reports to the file of their decision's segment, and those that join nothing to one apart. What comes in one
 * turn of the event loop, or while the disk is busy, goes out in one write a file. Files are not kept open: there may
 * be as many as segments in the attribution window.
 */
export class FeedbackJournal {
  readonly #durability: Durability;
  readonly #apartFile: string;
  #waiting = new Map<Segment | "apart", Batch>();
  #writing: readonly Batch[] = [];
  #running = false;

  constructor(durability: Durability, apartFile: string) {
    this.#durability = durability;
    this.#apartFile = apartFile;
  }

  /** Resolves when the record is in the file of the segment, or, as a line, in the one apart. */
  append(to: Segment | "apart", record: Uint8Array): Promise<void> {
    let batch = this.#waiting.get(to);
    if (batch === undefined) {
      batch = { records: [], written: deferred() };
      this.#waiting.set(to, batch);
    }
    batch.records.push(record);
    if (!this.#running) {
      this.#running = true;
      setImmediate(() => void this.#run());
    }
    return batch.written.promise;
  }

  /** Resolves when what was appended before is written, or has failed. */
  async settled(): Promise<void> {
    await Promise.allSettled(
      [...this.#writing, ...this.#waiting.values()].map(({ written }) => written.promise),
    );
  }

  async #run(): Promise<void> {
    while (this.#waiting.size > 0) {
      const batches = [...this.#waiting];
      this.#waiting = new Map();
      this.#writing = batches.map(([, batch]) => batch);
      await Promise.all(
        batches.map(async ([to, batch]) => {
          try {
            const bytes = Buffer.concat(batch.records);
            await (to === "apart" ? appendFile(this.#apartFile, bytes) : this.#write(to, bytes));
            batch.written.resolve();
          } catch (cause) {
            batch.written.reject(cause);
          }
        }),
      );
      this.#writing = [];
    }
    this.#running = false;
  }

  async #write(segment: Segment, bytes: Uint8Array): Promise<void> {
    const path = segment.files.feedback;
    const file = await open(path, "a");
    try {
      await file.appendFile(bytes);
      if (this.#durability === "disk") {
        await file.datasync();
        if (segment.feedbackBytes === 0) await syncFolder(dirname(path));
      }
      segment.feedbackBytes += bytes.length;
    } catch (cause) {
      // A part may be there, of which nobody was told.
      await truncate(path, segment.feedbackBytes).catch(() => {});
      throw cause;
    } finally {
      await file.close();
    }
  }
}
