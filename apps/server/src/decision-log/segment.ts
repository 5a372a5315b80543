import { z } from "zod";
import { segmentFiles, type SegmentFiles } from "./log-folder.ts";

/** What a sealed segment's file holds, so that a restart need not read it. */
export const segmentSealSchema = z.strictObject({
  schemaVersion: z.literal(1),
  decisions: z.int().min(0).describe("The first index that is not taken"),
  bytes: z.int().min(0).describe("Length of the decisions' file; what is beyond it was never acknowledged"),
  last_time: z.number(),
  first_indices: z.array(z.int().min(0)).describe("Index of the first decision of each of `seconds`"),
  seconds: z.array(z.int()),
});
export type SegmentSeal = z.infer<typeof segmentSealSchema>;

/**
 * Decisions of one write-ahead file, and later of one Parquet file. What is kept in memory of a decision is one bit:
 * whether it has its report. Times are kept by the second.
 */
export class Segment {
  readonly number: number;
  readonly files: SegmentFiles;
  /** The next index. */
  decisions = 0;
  /** Bytes taken, of which those up to `written` are in the file. */
  bytes = 0;
  written = 0;
  feedbackBytes = 0;
  lastTime = Number.NEGATIVE_INFINITY;
  /** No decision is added any more, and the file is closed. */
  sealed = false;
  /** A write failed: no decision is added any more. */
  broken = false;
  /** Size of its Parquet file; undefined until there is one. */
  parquetBytes: number | undefined;
  /** Whether it is being converted. */
  converting = false;
  failures = 0;
  /** When a conversion that failed is tried again. */
  retryTime = Number.NEGATIVE_INFINITY;
  readonly #firstIndices: number[] = [];
  readonly #seconds: number[] = [];
  #reported = new Uint8Array(64);

  constructor(folder: string, number: number) {
    this.number = number;
    this.files = segmentFiles(folder, number);
  }

  /** The second of the first decision. */
  get firstSecond(): number | undefined {
    return this.#seconds[0];
  }

  /** Takes a decision's index and time; both only grow. */
  note(index: number, timestamp: number): void {
    const second = Math.floor(timestamp);
    if (this.#seconds.length === 0 || second > this.#seconds.at(-1)!) {
      this.#firstIndices.push(index);
      this.#seconds.push(second);
    }
    this.decisions = index + 1;
    this.lastTime = Math.max(this.lastTime, timestamp);
  }

  /** The second of a decision. */
  secondOf(index: number): number {
    let low = 0;
    let high = this.#firstIndices.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#firstIndices[middle]! <= index) low = middle;
      else high = middle;
    }
    return this.#seconds[low] ?? Number.NEGATIVE_INFINITY;
  }

  /** Marks a decision as reported; false if it was. */
  report(index: number): boolean {
    const at = index >> 3;
    if (at >= this.#reported.length) {
      const grown = new Uint8Array(Math.max(at + 1, 2 * this.#reported.length));
      grown.set(this.#reported);
      this.#reported = grown;
    }
    const bit = 1 << (index & 7);
    if ((this.#reported[at]! & bit) !== 0) return false;
    this.#reported[at]! |= bit;
    return true;
  }

  /** Takes the mark back: the report did not reach the disk. */
  withdraw(index: number): void {
    this.#reported[index >> 3]! &= ~(1 << (index & 7));
  }

  /** For {@link restore}. */
  seal(): SegmentSeal {
    return {
      schemaVersion: 1,
      decisions: this.decisions,
      bytes: this.written,
      last_time: this.lastTime,
      first_indices: [...this.#firstIndices],
      seconds: [...this.#seconds],
    };
  }

  /** Takes what {@link seal} gave. */
  restore(seal: SegmentSeal): void {
    this.decisions = seal.decisions;
    this.written = seal.bytes;
    this.bytes = seal.bytes;
    this.lastTime = seal.last_time;
    this.#firstIndices.push(...seal.first_indices);
    this.#seconds.push(...seal.seconds);
  }
}
