import { close, fdatasync, fstatSync, ftruncate, open, statSync, unlink, write } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { jsonText } from "@longview/formats/write-atomic";
import { deferred, type Deferred } from "./deferred.ts";
import { encodeDecision, recordMemory, type RecordMemory } from "./decision-record.ts";
import { failureText, replaceFile, syncFolder } from "./log-folder.ts";
import type { Segment } from "./segment.ts";
import type { ServedDecision } from "./served-decision.ts";

/** What an acknowledged record survives: the end of the process, or of the machine's power too. */
export type Durability = "process" | "disk";

const FIRST_MEMORY = 1 << 20;
/** Larger memory is not kept for the next batch. */
const KEPT_MEMORY = 1 << 23;
/** Beyond this the disk is too slow for what is asked, and memory would grow. */
const LARGEST_WAITING = 1 << 26;

const openFile = promisify(open);
const closeFile = promisify(close);
const truncateFile = promisify(ftruncate);
const syncFile = promisify(fdatasync);
const removeFile = promisify(unlink);

/** Records that go to the disk in one write. */
interface Batch {
  readonly segment: Segment;
  memory: RecordMemory;
  length: number;
  readonly written: Deferred;
}

interface Sealing {
  readonly seal: Segment;
  readonly resolve: () => void;
}

/**
 * Writes decisions to their segments' files. What is appended in one turn of the event loop, or while the disk is
 * busy, goes out in one write (and one flush).
 */
export class DecisionJournal {
  readonly #durability: Durability;
  readonly #queue: (Batch | Sealing)[] = [];
  readonly #spare: RecordMemory[] = [];
  readonly #descriptors = new Map<Segment, number>();
  #filling: Batch | undefined;
  #running = false;
  #scheduled = false;
  #waiting = 0;
  #failure: string | undefined;

  constructor(durability: Durability) {
    this.#durability = durability;
  }

  /** Bytes that are not written yet. */
  get waitingBytes(): number {
    return this.#waiting;
  }

  /** Why the last write failed, in a few words; undefined where it did not. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Whether the segment's file is still where it was made: writes to one that was taken away would be lost. */
  isInPlace(segment: Segment): boolean {
    const descriptor = this.#descriptors.get(segment);
    if (descriptor === undefined) return true;
    const found = statSync(segment.files.decisions, { throwIfNoEntry: false });
    const own = fstatSync(descriptor);
    const inPlace = found !== undefined && found.ino === own.ino && found.dev === own.dev;
    if (!inPlace) this.#failure = "a write-ahead file was taken away";
    return inPlace;
  }

  /**
   * Encodes decisions; resolves when they are in the file, rejects when they cannot be.
   *
   * @throws Error when too much waits for the disk
   */
  append(segment: Segment, decisions: readonly ServedDecision[], timestamp: number): Promise<void> {
    if (this.#waiting > LARGEST_WAITING)
      throw new Error("decision log: the disk is too slow; try again later");
    const batch = this.#batchFor(segment);
    for (const decision of decisions) {
      let end = encodeDecision(batch.memory, batch.length, decision, segment.decisions, timestamp);
      while (end < 0) {
        const larger = recordMemory(batch.memory.bytes.length * 2);
        batch.memory.bytes.copy(larger.bytes, 0, 0, batch.length);
        batch.memory = larger;
        end = encodeDecision(batch.memory, batch.length, decision, segment.decisions, timestamp);
      }
      segment.note(segment.decisions, timestamp);
      segment.bytes += end - batch.length;
      this.#waiting += end - batch.length;
      batch.length = end;
    }
    this.#schedule();
    return batch.written.promise;
  }

  /** Closes a segment's file behind what was appended to it. */
  seal(segment: Segment): Promise<void> {
    return new Promise((resolve) => {
      if (this.#filling?.segment === segment) this.#filling = undefined;
      this.#queue.push({ seal: segment, resolve });
      this.#schedule();
    });
  }

  #batchFor(segment: Segment): Batch {
    if (this.#filling?.segment === segment) return this.#filling;
    const memory = this.#spare.pop() ?? recordMemory(FIRST_MEMORY);
    const batch: Batch = { segment, memory, length: 0, written: deferred() };
    this.#filling = batch;
    this.#queue.push(batch);
    return batch;
  }

  #schedule(): void {
    if (this.#running || this.#scheduled) return;
    this.#scheduled = true;
    // After this turn's requests, so that all of them share the write.
    setImmediate(() => {
      this.#scheduled = false;
      void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (let task = this.#queue.shift(); task !== undefined; task = this.#queue.shift()) {
      if ("seal" in task) {
        // Its writes are done; those to the next segment do not wait for the closing.
        void this.#close(task.seal, task.resolve);
        continue;
      }
      if (task === this.#filling) this.#filling = undefined;
      try {
        // What follows a failed write is not written: the caller goes on in another segment.
        if (task.segment.broken) throw new Error("decision log: an earlier write to the segment failed");
        await this.#write(task);
        this.#failure = undefined;
        task.written.resolve();
      } catch (cause) {
        this.#failure = failureText(cause);
        task.segment.broken = true;
        task.written.reject(cause);
      }
      this.#waiting -= task.length;
      if (task.memory.bytes.length <= KEPT_MEMORY && this.#spare.length < 2) this.#spare.push(task.memory);
    }
    this.#running = false;
  }

  async #write({ segment, memory, length }: Batch): Promise<void> {
    let descriptor = this.#descriptors.get(segment);
    if (descriptor === undefined) {
      descriptor = await openFile(segment.files.decisions, "w");
      this.#descriptors.set(segment, descriptor);
      if (this.#durability === "disk") await syncFolder(dirname(segment.files.decisions));
    }
    await writeAt(descriptor, memory.bytes, length, segment.written);
    if (this.#durability === "disk") await syncFile(descriptor);
    segment.written += length;
  }

  async #close(segment: Segment, closed: () => void): Promise<void> {
    const descriptor = this.#descriptors.get(segment);
    this.#descriptors.delete(segment);
    try {
      if (descriptor === undefined) return;
      // A failed write may have left a part, which nobody was told of.
      if (segment.broken) await truncateFile(descriptor, segment.written).catch(() => {});
      await closeFile(descriptor);
      if (segment.written === 0) await removeFile(segment.files.decisions);
      else await replaceFile(segment.files.seal, jsonText(segment.seal()));
    } catch {
      // The next start reads the file instead.
    } finally {
      segment.sealed = true;
      closed();
    }
  }
}

function writeAt(descriptor: number, bytes: Buffer, length: number, position: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const from = (begin: number): void => {
      write(descriptor, bytes, begin, length - begin, position + begin, (cause, written) => {
        if (cause !== null) reject(cause);
        else if (begin + written < length) from(begin + written);
        else resolve();
      });
    };
    from(0);
  });
}
