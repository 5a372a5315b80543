import { createHash } from "node:crypto";
import type { ContentState } from "./state.ts";

/** Bytes that are hashed at once: neither views nor hashes take buffers of any length. */
const CHUNK = 1 << 26;

/** SHA-256 of all that lasts from step to step: equal worlds have equal ones, however they were stepped. */
export function stateHash({ buffer, lastingBytes }: ContentState): string {
  const hash = createHash("sha256");
  for (let start = 0; start < lastingBytes; start += CHUNK)
    hash.update(new Uint8Array(buffer, start, Math.min(CHUNK, lastingBytes - start)));
  return hash.digest("hex");
}
