import { COALITIONS, STAGES } from "./stages.ts";

/** `|S|! (n − |S| − 1)! / n!` for coalitions of n = 4 stages, by |S|. */
const WEIGHTS = [1 / 4, 1 / 12, 1 / 12, 1 / 4];

/** Stages in each coalition. */
const SIZES = Uint8Array.from({ length: COALITIONS }, (_, coalition) => {
  let size = 0;
  for (let rest = coalition; rest > 0; rest >>= 1) size += rest & 1;
  return size;
});

/**
 * Shapley share of each stage in the lost utility: `φ_k = Σ_{S ∌ k} |S|! (n − |S| − 1)! / n! · (v(S ∪ k) − v(S))`, n = 4.
 *
 * The shares sum to `v(all) − v(∅)`. A stage whose mending never matters gets 0; stages that matter alike get alike.
 *
 * @param out - receives one number a stage from `at`
 * @param values - `v(S)` by coalition, from `from`
 * @see Shapley (1953), "A Value for n-Person Games"
 */
export function stageSharesInto(out: Float64Array, at: number, values: ArrayLike<number>, from = 0): void {
  for (let stage = 0; stage < STAGES.length; stage++) {
    const bit = 1 << stage;
    let share = 0;
    for (let coalition = 0; coalition < COALITIONS; coalition++) {
      if (coalition & bit) continue;
      share += WEIGHTS[SIZES[coalition]!]! * (values[from + (coalition | bit)]! - values[from + coalition]!);
    }
    out[at + stage] = share;
  }
}
