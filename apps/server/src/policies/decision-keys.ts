import { createCipheriv, createHash, randomBytes } from "node:crypto";
import type { RandomKey } from "@longview/statistics";

/** Keys made by one run of the cipher. */
const BLOCK_KEYS = 512;

/**
 * A random key for each decision: the keystream of AES-256-CTR under a secret root key, 64 bits a decision. A decision's
 * key is answered and logged, so it must not say anything about the next one's; a cipher's keystream does not.
 */
export class DecisionKeys {
  readonly #cipher;
  #block = new Uint32Array(0);
  #used = 0;

  /** @param seed - makes the keys repeat, for tests. @defaultValue a root key that nobody knows */
  constructor(seed?: string) {
    const root = seed === undefined ? randomBytes(32) : createHash("sha256").update(seed).digest();
    this.#cipher = createCipheriv("aes-256-ctr", root, new Uint8Array(16));
  }

  next(): RandomKey {
    if (this.#used === this.#block.length) {
      const bytes = this.#cipher.update(new Uint8Array(8 * BLOCK_KEYS));
      this.#block = new Uint32Array(2 * BLOCK_KEYS);
      for (let i = 0; i < this.#block.length; i++) this.#block[i] = bytes.readUInt32LE(4 * i);
      this.#used = 0;
    }
    return { first: this.#block[this.#used++]!, second: this.#block[this.#used++]! };
  }
}
