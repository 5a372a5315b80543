/**
 * Hands out typed arrays from ONE buffer, so that a snapshot is a copy of bytes.
 *
 * Run the same allocations first on an arena of 0 bytes: it returns empty arrays and counts; then on one of
 * `byteLength` bytes. Every array starts at a multiple of 8 bytes.
 */
export class Arena {
  readonly buffer: ArrayBufferLike;
  readonly #measuring: boolean;
  #offset = 0;

  constructor(memory: number | ArrayBufferLike) {
    this.buffer = typeof memory === "number" ? new ArrayBuffer(memory) : memory;
    this.#measuring = this.buffer.byteLength === 0;
  }

  /** Bytes handed out so far. */
  get byteLength(): number {
    return this.#offset;
  }

  #take(bytes: number): number {
    const start = this.#offset;
    this.#offset += Math.ceil(bytes / 8) * 8;
    return start;
  }

  float64(length: number): Float64Array {
    const start = this.#take(8 * length);
    return this.#measuring ? new Float64Array(0) : new Float64Array(this.buffer, start, length);
  }

  float32(length: number): Float32Array {
    const start = this.#take(4 * length);
    return this.#measuring ? new Float32Array(0) : new Float32Array(this.buffer, start, length);
  }

  int32(length: number): Int32Array {
    const start = this.#take(4 * length);
    return this.#measuring ? new Int32Array(0) : new Int32Array(this.buffer, start, length);
  }

  uint8(length: number): Uint8Array {
    const start = this.#take(length);
    return this.#measuring ? new Uint8Array(0) : new Uint8Array(this.buffer, start, length);
  }
}
