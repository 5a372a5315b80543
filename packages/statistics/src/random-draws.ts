import type { RandomKey } from "./random-key.ts";
import { threefry2x32Into } from "./threefry.ts";

const SCALE = 2 ** -32;
const scratch = new Uint32Array(2);

/**
 * Fills `out[start … start + count)` with uniforms in (0, 1) for one entity: draw `d` is
 * `(word + ½) / 2³²` of the block with counter `(entity, firstDraw / 2 + ⌊d / 2⌋)`.
 *
 * Allocates nothing. `firstDraw` must be even, so that blocks of different calls never overlap by half.
 */
export function uniformsInto(
  out: Float64Array,
  start: number,
  count: number,
  key0: number,
  key1: number,
  entity: number,
  firstDraw: number,
): void {
  let block = firstDraw >>> 1;
  const end = start + count;
  for (let i = start; i < end; i += 2) {
    threefry2x32Into(scratch, key0, key1, entity, block++);
    out[i] = (scratch[0]! + 0.5) * SCALE;
    if (i + 1 < end) out[i + 1] = (scratch[1]! + 0.5) * SCALE;
  }
}

/** One uniform in (0, 1) with 32 bits: the same value that {@link uniformsInto} puts at an even draw. */
export function uniform(key: RandomKey, entity: number, draw: number): number {
  threefry2x32Into(scratch, key.first, key.second, entity, draw >>> 1);
  return (scratch[draw & 1]! + 0.5) * SCALE;
}

/**
 * Shuffles `out` in place (Fisher–Yates), keyed: draw `i` decides the swap of position `i`.
 *
 * @param key - one key a permutation
 */
export function shuffleInto(out: Int32Array, key: RandomKey): void {
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(uniform(key, i, 0) * (i + 1));
    const held = out[i]!;
    out[i] = out[j]!;
    out[j] = held;
  }
}
