import gammaincinv from "@stdlib/math-base-special-gammaincinv";
import { checkedConfidence } from "./checks.ts";

/**
 * Garwood's exact limits of a Poisson mean from a count, carried on to counts that are not whole: an effective number of events.
 *
 * @param count - >= 0
 * @throws RangeError for a negative count
 * @see Garwood (1936), "Fiducial limits for the Poisson distribution"
 * @example
 * poissonLimits(0, 0.95); // => [0, 3.689]
 */
export function poissonLimits(count: number, confidence: number): [number, number] {
  const tail = (1 - checkedConfidence("poissonLimits", confidence)) / 2;
  if (!(count >= 0 && count < Infinity))
    throw new RangeError(`poissonLimits: count must be finite and >= 0, got ${count}`);
  return [count === 0 ? 0 : gammaincinv(tail, count), gammaincinv(1 - tail, count + 1)];
}
