import { createHash } from "node:crypto";
import type { ContentState } from "./state.ts";

/** Bytes that are hashed or copied at once: neither views nor hashes take buffers of any length. */
const CHUNK = 1 << 26;

/** SHA-256 of all that lasts from step to step: equal worlds have equal ones, however they were stepped. */
export function stateHash({ buffer, lastingBytes }: ContentState): string {
  const hash = createHash("sha256");
  for (let start = 0; start < lastingBytes; start += CHUNK)
    hash.update(new Uint8Array(buffer, start, Math.min(CHUNK, lastingBytes - start)));
  return hash.digest("hex");
}

/** Copies a world's whole state, pages too, into another of the same options and users. */
export function copyState(to: ContentState, from: ContentState): void {
  for (let start = 0; start < from.buffer.byteLength; start += CHUNK) {
    const length = Math.min(CHUNK, from.buffer.byteLength - start);
    new Uint8Array(to.buffer, start, length).set(new Uint8Array(from.buffer, start, length));
  }
}
