import type { RandomKey } from "./random-key.ts";
import { threefry2x32Into } from "./threefry.ts";

/**
 * How often each byte value stands for each count: 93, 98, 43, 17, 4 and 1 of 256 for counts 0 … 5.
 *
 * Mean and variance are exactly 1, as those of Poisson(1); the third factorial moment is 258/256, so the skewness of a
 * resampled mean is right to 1 %. One byte a count instead of a wide uniform makes a resample eight times cheaper.
 */
export const COUNT_OF_BYTE: Float64Array = new Float64Array(256);
[93, 98, 43, 17, 4, 1].reduce((start, times, count) => {
  COUNT_OF_BYTE.fill(count, start, start + times);
  return start + times;
}, 0);

const pair = new Uint32Array(2);
const LARGEST_REPLICATES = 2048 * 8;

/** Words that hold the counts of `replicates` resamples, four bytes each; whole Threefry blocks of two. */
export function bootstrapWordCount(replicates: number): number {
  return 2 * Math.ceil(replicates / 8);
}

/**
 * Writes the bytes of a unit's counts, four resamples a word from the lowest byte up, at `out[at]`, `out[at + stride]` and so on:
 * {@link bootstrapWordCount} words, unchecked. {@link COUNT_OF_BYTE} turns a byte into a count.
 */
export function bootstrapWordsInto(
  out: Int32Array,
  place: { readonly at: number; readonly stride: number; readonly words: number },
  key: RandomKey,
  unit: number,
): void {
  const { stride, words } = place;
  const { first, second } = key;
  const low = unit >>> 0;
  const high = (unit / 4294967296) << 11;
  for (let block = 0, at = place.at; 2 * block < words; block++, at += 2 * stride) {
    threefry2x32Into(pair, first, second, low, high | block);
    out[at] = pair[0]!;
    out[at + stride] = pair[1]!;
  }
}

/**
 * Writes how often resampling unit `unit` occurs in each of `replicates` bootstrap resamples (independent counts of mean 1
 * and variance 1: the Poisson bootstrap).
 *
 * A count depends on (key, replicate, unit) alone, so shards resample consistently in any order, and all rows of one user
 * are resampled together when the user is the unit.
 *
 * @param out - receives `replicates` counts, 0 … 5
 * @param unit - whole number from 0 to 2⁵³ − 1: a row, or a cluster
 * @throws RangeError when `out` is too short or `replicates` > 16384
 * @see Hanley & MacGibbon (2006), "Creating non-parametric bootstrap samples using Poisson frequencies"
 * @see Chamandy et al. (2012), "Estimating uncertainty for massive data streams"
 */
export function bootstrapCountsInto(out: Uint8Array, replicates: number, key: RandomKey, unit: number): void {
  if (out.length < replicates)
    throw new RangeError(`bootstrapCountsInto: out must hold ${replicates} counts, holds ${out.length}`);
  if (!(replicates <= LARGEST_REPLICATES))
    throw new RangeError(
      `bootstrapCountsInto: replicates must be at most ${LARGEST_REPLICATES}, got ${replicates}`,
    );
  const low = unit >>> 0;
  const high = (unit / 4294967296) << 11;
  const { first, second } = key;
  for (let start = 0, block = 0; start < replicates; start += 8, block++) {
    threefry2x32Into(pair, first, second, low, high | block);
    let word = pair[0]!;
    const middle = Math.min(start + 4, replicates);
    for (let b = start; b < middle; b++) {
      out[b] = COUNT_OF_BYTE[word & 255]!;
      word >>>= 8;
    }
    word = pair[1]!;
    const end = Math.min(start + 8, replicates);
    for (let b = start + 4; b < end; b++) {
      out[b] = COUNT_OF_BYTE[word & 255]!;
      word >>>= 8;
    }
  }
}
