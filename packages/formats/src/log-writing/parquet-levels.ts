import { GrowingBytes } from "./growing-bytes.ts";

/**
 * Repetition or definition levels of a page as runs of one value. A level below 256 is one byte, whatever its width.
 */
export class LevelRuns {
  readonly #bytes = new GrowingBytes();
  #value = 0;
  #count = 0;

  push(value: number, count: number): void {
    if (count === 0) return;
    if (value !== this.#value) {
      this.#end();
      this.#value = value;
    }
    this.#count += count;
  }

  /** The encoded levels; good until the next change. */
  bytes(): Uint8Array {
    this.#end();
    return this.#bytes.bytes();
  }

  clear(): void {
    this.#bytes.clear();
    this.#count = 0;
    this.#value = 0;
  }

  #end(): void {
    if (this.#count === 0) return;
    this.#bytes.varint(this.#count * 2);
    this.#bytes.byte(this.#value);
    this.#count = 0;
  }
}

/**
 * Repetition levels 0 to 2 of lists in lists, in two bits each: the inner lists are short and of one length, so runs
 * would be as many as lists.
 */
export class InnerListLevels {
  readonly #bytes = new GrowingBytes();
  #count = 0;

  /** A row of `lists` inner lists of `length` entries; an empty inner list takes the place of one entry. */
  row(lists: number, length: number): void {
    const entries = Math.max(1, lists) * Math.max(1, length);
    const first = this.#count;
    this.#count += entries;
    // All "further entry of the same inner list", then the first entry of each.
    const missing = Math.ceil(this.#count / 4) - this.#bytes.length;
    if (missing > 0) this.#bytes.fill(0b10101010, missing);
    for (let list = 0; list < lists; list++) this.#set(first + list * Math.max(1, length), 1);
    this.#set(first, 0);
  }

  /** The encoded levels; good until the next change. */
  bytes(): Uint8Array {
    const groups = Math.ceil(this.#count / 8);
    // A group is eight levels: two bytes.
    if (this.#bytes.length < groups * 2) this.#bytes.fill(0, groups * 2 - this.#bytes.length);
    const header = new GrowingBytes();
    header.varint(groups * 2 + 1);
    header.block(this.#bytes.bytes());
    return header.bytes();
  }

  clear(): void {
    this.#bytes.clear();
    this.#count = 0;
  }

  #set(at: number, level: number): void {
    const shift = (at & 3) * 2;
    this.#bytes.setBits(at >> 2, 3 << shift, level << shift);
  }
}
