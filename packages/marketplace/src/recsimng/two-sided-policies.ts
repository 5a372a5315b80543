import { foldIn, uniformsInto, type RandomKey } from "@longview/statistics";
import type { TwoSidedEnvironment } from "./two-sided-environment.ts";

/** Writes the slates of all rows into the environment's `action`. */
export type TwoSidedPolicy<World extends TwoSidedEnvironment = TwoSidedEnvironment> = (world: World) => void;

/** Uniformly random ordered slates, keyed: call `n` on row `r` draws from `(foldIn(key, n), r)`. */
export function uniformSlates(key: RandomKey): TwoSidedPolicy {
  let order = new Int32Array(0);
  let uniforms = new Float64Array(0);
  let calls = 0;
  return ({ rowCount, slots, candidateCount, action }) => {
    const { first, second } = foldIn(key, calls++);
    if (order.length !== candidateCount) order = new Int32Array(candidateCount);
    if (uniforms.length !== slots) uniforms = new Float64Array(slots);
    for (let i = 0; i < candidateCount; i++) order[i] = i;
    for (let row = 0; row < rowCount; row++) {
      uniformsInto(uniforms, 0, slots, first | 0, second | 0, row, 0);
      // The swaps may start from any order: swapping uniformly among the rest is uniform all the same.
      for (let slot = 0; slot < slots; slot++) {
        const other = slot + Math.floor(uniforms[slot]! * (candidateCount - slot));
        const held = order[other]!;
        order[other] = order[slot]!;
        order[slot] = held;
        action[row * slots + slot] = held;
      }
    }
  };
}
