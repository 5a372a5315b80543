import seedrandom from "seedrandom";
import { threefry2x32Into } from "./threefry.ts";

/** The 64-bit key of a family of random draws, as two uint32 words. Plain data: it can be sent to a worker. */
export interface RandomKey {
  readonly first: number;
  readonly second: number;
}

const scratch = new Uint32Array(2);
/** Second counter word of number-folded keys, apart from that of named purposes; int32, since a larger number is boxed. */
const NUMBER = 0x9e3779b9 | 0;

/** The root key of everything that a seed governs. Any text or number the user typed is a valid seed. */
export function rootKey(seed: string | number): RandomKey {
  const generator = seedrandom(String(seed));
  return { first: generator.int32() >>> 0, second: generator.int32() >>> 0 };
}

/** A child key for a whole number: an episode, a shard, a tick. Different numbers give unrelated keys. */
export function foldIn(key: RandomKey, value: number): RandomKey {
  threefry2x32Into(scratch, key.first, key.second, value >>> 0, NUMBER);
  return { first: scratch[0]!, second: scratch[1]! };
}

/**
 * Writes the words of {@link foldIn}'s key into `out` as int32, and allocates nothing: for keys that change every tick.
 *
 * @param key0 - first word of the parent key, as int32 or uint32
 * @param key1 - second word
 */
export function foldInInto(out: Int32Array, key0: number, key1: number, value: number): void {
  threefry2x32Into(scratch, key0, key1, value >>> 0, NUMBER);
  out[0] = scratch[0]!;
  out[1] = scratch[1]!;
}

/** A child key for a named purpose, such as `"policy"` or `"evaluation"`; disjoint from {@link foldIn}'s keys. */
export function deriveKey(key: RandomKey, purpose: string): RandomKey {
  let hash = 0x811c9dc5;
  for (let i = 0; i < purpose.length; i++) hash = Math.imul(hash ^ purpose.charCodeAt(i), 0x01000193);
  threefry2x32Into(scratch, key.first, key.second, hash >>> 0, 0x85ebca6b);
  return { first: scratch[0]!, second: scratch[1]! };
}
