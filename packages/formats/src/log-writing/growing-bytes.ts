/** Bytes that are appended to; the memory is kept when they are cleared. */
export class GrowingBytes {
  length = 0;
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);

  /** Appends a block. */
  block(block: Uint8Array): void {
    const at = this.#room(block.length);
    this.#bytes.set(block, at);
  }

  /** Appends `count` bytes of one value. */
  fill(value: number, count: number): void {
    const at = this.#room(count);
    this.#bytes.fill(value, at, at + count);
  }

  byte(value: number): void {
    const at = this.#room(1);
    this.#bytes[at] = value;
  }

  /** Appends a whole number in seven bits a byte, the lowest first. */
  varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.byte((rest & 127) | 128);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  int32(value: number): void {
    const at = this.#room(4);
    this.#view.setInt32(at, value, true);
  }

  double(value: number): void {
    const at = this.#room(8);
    this.#view.setFloat64(at, value, true);
  }

  /** Appends a text as UTF-8 behind its length in four bytes. */
  text(value: string): void {
    const at = this.#room(4 + 3 * value.length);
    const { written } = encoder.encodeInto(value, this.#bytes.subarray(at + 4));
    this.#view.setUint32(at, written, true);
    this.length = at + 4 + written;
  }

  /** Changes a byte that was appended. */
  setBits(at: number, clear: number, set: number): void {
    this.#bytes[at] = (this.#bytes[at]! & ~clear) | set;
  }

  /** What was appended; good until the next change. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  clear(): void {
    this.length = 0;
  }

  /** Makes room for `count` bytes and takes it; returns where it begins. */
  #room(count: number): number {
    const at = this.length;
    this.length = at + count;
    if (this.length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.length, 2 * this.#bytes.length));
      grown.set(this.#bytes.subarray(0, at));
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return at;
  }
}

const encoder = new TextEncoder();
