import {
  box,
  defineEnvironment,
  discrete,
  registerEnvironments,
  type VectorEnvironment,
} from "@longview/environment";
import { z } from "zod";

/**
 * A hand-made semi-Markov world with known numbers: a script of ticks for each row, nothing random in it.
 * The observation is the tick's number.
 */
export interface ScriptTick {
  readonly active: boolean;
  readonly reward?: number;
  readonly cost?: number;
  readonly terminated?: boolean;
  readonly truncated?: boolean;
}

/** Row r follows `scripts[r]`, from the start again when it runs out. */
export function scriptedEnvironment(scripts: readonly (readonly ScriptTick[])[]): VectorEnvironment {
  const rows = scripts.length;
  const clock = new Int32Array(1);
  const observation = { observation: new Float32Array(rows) };
  const finalObservation = { observation: new Float32Array(rows) };
  const active = new Uint8Array(rows);
  const action = new Int32Array(rows);
  const reward = new Float64Array(rows);
  const costs = new Float64Array(rows);
  const terminated = new Uint8Array(rows);
  const truncated = new Uint8Array(rows);
  const tickOf = (row: number, tick: number): ScriptTick => scripts[row]![tick % scripts[row]!.length]!;
  const show = (): void => {
    for (let row = 0; row < rows; row++) {
      observation.observation[row] = clock[0]!;
      active[row] = tickOf(row, clock[0]!).active ? 1 : 0;
    }
  };
  return {
    id: "test/scripted-v0",
    observationSpace: box({ low: 0, high: 1e6, shape: [1] }),
    actionSpace: discrete(2),
    rowCount: rows,
    objectiveNames: [],
    costNames: ["harm"],
    observation,
    active,
    action,
    reward,
    objectives: new Float64Array(0),
    costs,
    terminated,
    truncated,
    finalObservation,
    reset() {
      clock[0] = 0;
      show();
    },
    step() {
      for (let row = 0; row < rows; row++) {
        const tick = tickOf(row, clock[0]!);
        reward[row] = tick.reward ?? 0;
        costs[row] = tick.cost ?? 0;
        terminated[row] = tick.terminated === true ? 1 : 0;
        truncated[row] = tick.truncated === true ? 1 : 0;
        finalObservation.observation[row] = 1000 + clock[0]!;
      }
      clock[0]! += 1;
      show();
    },
    snapshot: () => new Uint8Array(clock.slice().buffer),
    restore(snapshot) {
      clock[0] = new Int32Array(snapshot.slice().buffer)[0]!;
      show();
    },
  };
}

/** See one of `size` symbols, name it: reward 1 when right. Episodes end at random (probability 0.1). */
export function registerIdentity(): void {
  registerEnvironments([identity]);
}

const identity = defineEnvironment({
  id: "test/Identity-v0",
  summary: "name the symbol you see",
  optionsSchema: z.strictObject({ size: z.int().default(3), rewardUnit: z.number().default(1) }),
  make: ({ size, rewardUnit }, rowCount) => identityEnvironment(size, rewardUnit, rowCount),
});

function identityEnvironment(size: number, rewardUnit: number, rows: number): VectorEnvironment {
  const state = new Float64Array(1 + rows);
  const observation = { observation: new Float32Array(rows * size), mask: new Uint8Array(rows * (size + 1)) };
  const finalObservation = {
    observation: new Float32Array(rows * size),
    mask: new Uint8Array(rows * (size + 1)),
  };
  const action = new Int32Array(rows);
  const reward = new Float64Array(rows);
  const terminated = new Uint8Array(rows);
  const show = (): void => {
    observation.observation.fill(0);
    observation.mask.fill(1);
    for (let row = 0; row < rows; row++) {
      state[1 + row] = (state[1 + row]! * 16807 + 11 * row + 7) % 2147483647;
      observation.observation[row * size + (state[1 + row]! % size)] = 1;
      observation.mask[row * (size + 1) + size] = 0;
    }
  };
  return {
    id: "test/Identity-v0",
    observationSpace: {
      kind: "dict",
      entries: {
        observation: box({ low: 0, high: 1, shape: [size] }),
        mask: { kind: "multiBinary", size: size + 1 },
      },
    },
    actionSpace: discrete(size + 1),
    rowCount: rows,
    objectiveNames: [],
    costNames: ["masked"],
    observation,
    active: new Uint8Array(rows).fill(1),
    action,
    reward,
    objectives: new Float64Array(0),
    costs: new Float64Array(rows),
    terminated,
    truncated: new Uint8Array(rows),
    finalObservation,
    reset(options) {
      state[0] = 0;
      for (let row = 0; row < rows; row++)
        state[1 + row] = ((options?.key?.first ?? 1) + 977 * row) % 2147483647;
      show();
    },
    step() {
      for (let row = 0; row < rows; row++) {
        if (action[row] === size) throw new Error("identity: a masked action was taken");
        reward[row] = rewardUnit * observation.observation[row * size + action[row]!]!;
        terminated[row] = state[1 + row]! % 10 === 3 ? 1 : 0;
      }
      show();
    },
    snapshot: () => new Uint8Array(state.slice().buffer),
    restore(snapshot) {
      state.set(new Float64Array(snapshot.slice().buffer));
      // The observation follows from the state: rebuild it without moving on.
      observation.observation.fill(0);
      observation.mask.fill(1);
      for (let row = 0; row < rows; row++) {
        observation.observation[row * size + (state[1 + row]! % size)] = 1;
        observation.mask[row * (size + 1) + size] = 0;
      }
    },
  };
}

registerIdentity();
