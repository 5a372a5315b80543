import {
  box,
  defineEnvironment,
  discrete,
  registerEnvironments,
  type VectorEnvironment,
} from "@longview/environment";
import { foldIn, uniformsInto, type RandomKey } from "@longview/statistics";
import { z } from "zod";

/**
 * The two-state constrained process whose optimum is known exactly: creator health low or high, exploit or support.
 * Discounting by 0.95 is played out as a 5 % chance to end, so an episode's undiscounted sums have the discounted
 * sums' means.
 */
export const PROCESS = {
  discountFactor: 0.95,
  /** Probability of health high next, by state and action. */
  toHigh: [
    [0.05, 0.4],
    [0.7, 0.95],
  ],
  reward: [
    [0.9, 0.2],
    [1.0, 0.6],
  ],
  cost: [
    [1, 1],
    [0, 0],
  ],
} as const;

/** Exact discounted value and cost of a stationary policy, by its probabilities of support in low and high. */
export function exactOutcome(support: readonly [number, number]): { value: number; cost: number } {
  const g = PROCESS.discountFactor;
  const high = [0, 1].map(
    (s) => (1 - support[s]!) * PROCESS.toHigh[s]![0]! + support[s]! * PROCESS.toHigh[s]![1]!,
  );
  const solve = (x: readonly number[]): number => {
    // (I − γP) v = x for two states, by Cramer's rule.
    const [a, b] = [1 - g * (1 - high[0]!), -g * high[0]!];
    const [c, d] = [-g * (1 - high[1]!), 1 - g * high[1]!];
    const determinant = a * d - b * c;
    return 0.5 * ((d * x[0]! - b * x[1]!) / determinant) + 0.5 * ((a * x[1]! - c * x[0]!) / determinant);
  };
  const mix = (table: readonly (readonly number[])[]): number[] =>
    [0, 1].map((s) => (1 - support[s]!) * table[s]![0]! + support[s]! * table[s]![1]!);
  return { value: solve(mix(PROCESS.reward)), cost: solve(mix(PROCESS.cost)) };
}

const definition = defineEnvironment({
  id: "test/TwoState-v0",
  summary: "the two-state constrained process, ending at random instead of discounting",
  optionsSchema: z.strictObject({}),
  make: (_, rowCount) => twoState(rowCount),
});

function twoState(rows: number): VectorEnvironment {
  const clock = new Float64Array(3); // tick, key
  const state = new Float64Array(rows);
  const observation = { observation: new Float32Array(rows * 2) };
  const finalObservation = { observation: new Float32Array(rows * 2) };
  const action = new Int32Array(rows);
  const reward = new Float64Array(rows);
  const costs = new Float64Array(rows);
  const terminated = new Uint8Array(rows);
  const uniforms = new Float64Array(2);
  const draw = (row: number): void => {
    const key = foldIn({ first: clock[1]!, second: clock[2]! }, clock[0]!);
    uniformsInto(uniforms, 0, 2, key.first, key.second, row, 0);
  };
  const show = (): void => {
    for (let row = 0; row < rows; row++) {
      observation.observation[2 * row] = state[row] === 0 ? 1 : 0;
      observation.observation[2 * row + 1] = state[row]!;
    }
  };
  return {
    id: "test/TwoState-v0",
    observationSpace: box({ low: 0, high: 1, shape: [2] }),
    actionSpace: discrete(2),
    rowCount: rows,
    objectiveNames: [],
    costNames: ["lowHealth"],
    observation,
    active: new Uint8Array(rows).fill(1),
    action,
    reward,
    objectives: new Float64Array(0),
    costs,
    terminated,
    truncated: new Uint8Array(rows),
    finalObservation,
    reset(options) {
      const key: RandomKey = options?.key ?? { first: 1, second: 2 };
      clock.set([0, key.first, key.second]);
      for (let row = 0; row < rows; row++) {
        draw(row);
        state[row] = uniforms[0]! < 0.5 ? 0 : 1;
      }
      show();
    },
    step() {
      clock[0]! += 1;
      for (let row = 0; row < rows; row++) {
        const s = state[row]!;
        const a = action[row]!;
        reward[row] = PROCESS.reward[s]![a]!;
        costs[row] = PROCESS.cost[s]![a]!;
        draw(row);
        terminated[row] = uniforms[0]! < 1 - PROCESS.discountFactor ? 1 : 0;
        const high = terminated[row] === 1 ? 0.5 : PROCESS.toHigh[s]![a]!;
        state[row] = uniforms[1]! < high ? 1 : 0;
      }
      show();
    },
    snapshot: () => new Uint8Array(Float64Array.of(...clock, ...state).buffer),
    restore(snapshot) {
      const values = new Float64Array(snapshot.slice().buffer);
      clock.set(values.subarray(0, 3));
      state.set(values.subarray(3));
      show();
    },
  };
}

registerEnvironments([definition]);
