import { threefry2x32Into, type RandomKey } from "@longview/statistics";

/** Groups that users fall into; two words of bits. */
export const GROUPS = 64;

const block = new Uint32Array(2);

/**
 * The group of a user: a keyed hash, so it depends neither on the order of pages nor on who else there is.
 *
 * @param unit - whole number from 0 to 2⁵³ − 1
 * @returns from 0 to {@link GROUPS} − 1
 */
export function groupOf(key: RandomKey, unit: number): number {
  threefry2x32Into(block, key.first, key.second, unit >>> 0, (unit / 4294967296) >>> 0);
  return block[0]! & (GROUPS - 1);
}
