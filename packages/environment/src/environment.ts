import { explainMismatch, type Space, type SpaceValue } from "@longview/formats";
import { readObservation } from "./observation-buffers.ts";
import { makeVectorEnvironment } from "./registry.ts";
import type { ResetOptions, VectorEnvironment } from "./vector-environment.ts";

/** What a step or a reset tells beside the observation. */
export interface StepInformation {
  /** Named objectives of the step. */
  readonly objectives: Readonly<Record<string, number>>;
  /** Named costs of the step. */
  readonly costs: Readonly<Record<string, number>>;
  /** Ticks of the world that passed: 1, or more where the row was idle in between. */
  readonly ticks: number;
}

/** Result of {@link Environment.step}. */
export interface StepResult {
  readonly observation: SpaceValue;
  readonly reward: number;
  readonly terminated: boolean;
  readonly truncated: boolean;
  readonly info: StepInformation;
}

/** One trajectory with Gymnasium's names and meaning, for people; training uses {@link VectorEnvironment}. */
export interface Environment {
  readonly id: string;
  readonly observationSpace: Space;
  readonly actionSpace: Space;
  /** Starts an episode. Without a seed it goes on to the next episode of the seed before. */
  reset(options?: ResetOptions): { readonly observation: SpaceValue; readonly info: StepInformation };
  /**
   * One decision. After `terminated` or `truncated`, call `reset`.
   *
   * @throws RangeError for an action outside the action space
   * @throws Error before `reset`, or after the end of the episode
   */
  step(action: SpaceValue): StepResult;
  snapshot(): Uint8Array;
  restore(snapshot: Uint8Array): void;
}

const MAXIMUM_IDLE_TICKS = 1_000_000;

/**
 * The scalar face of a vector environment with one row. Ticks in which the row awaits no action pass by themselves;
 * their rewards, objectives and costs are summed.
 */
export function scalarEnvironment(vector: VectorEnvironment): Environment {
  if (vector.rowCount !== 1)
    throw new RangeError(`scalarEnvironment: needs one row, ${vector.id} has ${vector.rowCount}`);
  const { id, observationSpace, actionSpace, objectiveNames, costNames } = vector;
  const status = new Uint8Array(1); // 0: before reset, 1: running, 2: ended (the next episode has begun inside)

  const record = (names: readonly string[], sums: Float64Array): Record<string, number> =>
    Object.fromEntries(names.map((name, i) => [name, sums[i]!]));

  const advance = (mustStep: boolean): StepResult => {
    const objectives = new Float64Array(objectiveNames.length);
    const costs = new Float64Array(costNames.length);
    let reward = 0;
    let ticks = 0;
    let ended = false;
    while (!ended && ((mustStep && ticks === 0) || vector.active[0] === 0)) {
      if (ticks >= MAXIMUM_IDLE_TICKS) throw new Error(`${id}: idle for ${ticks} ticks without end`);
      vector.step();
      ticks++;
      reward += vector.reward[0]!;
      for (let i = 0; i < objectives.length; i++) objectives[i] = objectives[i]! + vector.objectives[i]!;
      for (let i = 0; i < costs.length; i++) costs[i] = costs[i]! + vector.costs[i]!;
      ended = mustStep && (vector.terminated[0] === 1 || vector.truncated[0] === 1);
    }
    return {
      observation: readObservation(observationSpace, ended ? vector.finalObservation : vector.observation, 0),
      reward,
      terminated: ended && vector.terminated[0] === 1,
      truncated: ended && vector.truncated[0] === 1,
      info: { objectives: record(objectiveNames, objectives), costs: record(costNames, costs), ticks },
    };
  };

  return {
    id,
    observationSpace,
    actionSpace,
    reset(options = {}) {
      const fresh = options.seed !== undefined || options.key !== undefined || options.options !== undefined;
      if (fresh || status[0] !== 2) vector.reset(options);
      status[0] = 1;
      const { observation, info } = advance(false);
      return { observation, info };
    },
    step(action) {
      if (status[0] !== 1)
        throw new Error(
          `${id}: call reset() ${status[0] === 0 ? "before the first step" : "after the end of an episode"}`,
        );
      const problem = explainMismatch(actionSpace, action, "action");
      if (problem !== undefined) throw new RangeError(`${id}: ${problem}`);
      if (typeof action === "number") vector.action[0] = action;
      else if (ArrayBuffer.isView(action) || Array.isArray(action))
        for (let i = 0; i < vector.action.length; i++) vector.action[i] = Number(action[i]);
      const result = advance(true);
      if (result.terminated || result.truncated) status[0] = 2;
      return result;
    },
    snapshot() {
      const inner = vector.snapshot();
      const packed = new Uint8Array(inner.length + 1);
      packed[0] = status[0]!;
      packed.set(inner, 1);
      return packed;
    },
    restore(snapshot) {
      if (!(snapshot[0]! <= 2)) throw new RangeError(`restore ${id}: not a snapshot`);
      vector.restore(snapshot.slice(1));
      status[0] = snapshot[0]!;
    },
  };
}

/**
 * Makes a registered environment with Gymnasium's scalar interface.
 *
 * @throws RangeError for an unknown id, or options that its schema refuses
 * @example
 * const environment = makeEnvironment("CartPole-v1");
 * environment.reset({ seed: 1 });
 * const { reward, terminated, truncated } = environment.step(1);
 */
export function makeEnvironment(id: string, options: Readonly<Record<string, unknown>> = {}): Environment {
  return scalarEnvironment(makeVectorEnvironment(id, { ...options, rowCount: 1 }));
}
