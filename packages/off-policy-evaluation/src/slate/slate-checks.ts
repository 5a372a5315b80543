import { OffPolicyEvaluationError } from "../error.ts";
import {
  checkCount,
  checkFinite,
  checkLength,
  checkProbabilities,
  checkPropensities,
  checkRows,
  weightsOf,
} from "../log/checks.ts";

/** What every slate log has: slates of `slotCount` items, row-major. */
export interface SlateRewards {
  readonly slotCount: number;
  /** Reward of each slot, [slates · slotCount]; finite. */
  readonly reward: Float64Array;
}

/**
 * Slates of the log.
 *
 * @throws OffPolicyEvaluationError `EMPTY`, `BAD_LENGTH`, `BAD_VALUE`, `BAD_OPTION`
 */
export function slateCountOf({ slotCount, reward }: SlateRewards): number {
  checkCount("slotCount", slotCount);
  checkRows("log", reward.length);
  if (reward.length % slotCount !== 0)
    throw new OffPolicyEvaluationError(
      "BAD_LENGTH",
      `reward has ${reward.length} entries: a whole number of slates of ${slotCount} is needed`,
    );
  checkFinite("reward", reward);
  return reward.length / slotCount;
}

/** Checked importance weights, entry by entry. */
export function checkedWeights(
  expected: { readonly length: number; readonly meaning: string },
  propensity: readonly [name: string, values: Float64Array],
  probability: readonly [name: string, values: Float64Array],
): Float64Array {
  checkLength(propensity[0], propensity[1], expected.length, expected.meaning);
  checkLength(probability[0], probability[1], expected.length, expected.meaning);
  checkPropensities(propensity[0], propensity[1]);
  checkProbabilities(probability[0], probability[1]);
  return weightsOf(propensity[0], probability[1], propensity[1]);
}

/** @throws OffPolicyEvaluationError `NO_SUPPORT` when a slot's weight is 0 in every slate */
export function checkSlotSupport(name: string, weight: Float64Array, slotCount: number): void {
  for (let slot = 0; slot < slotCount; slot++) {
    let support = false;
    for (let i = slot; i < weight.length && !support; i += slotCount) support = weight[i] !== 0;
    if (!support)
      throw new OffPolicyEvaluationError(
        "NO_SUPPORT",
        `${name}, slot ${slot}: the target policy gives probability 0 to everything that was logged there`,
      );
  }
}

/** Sum of `f(entry)` over the slots of each slate. */
export function slateSums(slateCount: number, slotCount: number, f: (entry: number) => number): Float64Array {
  const out = new Float64Array(slateCount);
  for (let i = 0; i < slateCount; i++) {
    let sum = 0;
    for (let entry = i * slotCount; entry < (i + 1) * slotCount; entry++) sum += f(entry);
    out[i] = sum;
  }
  return out;
}
