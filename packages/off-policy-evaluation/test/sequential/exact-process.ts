import { deriveKey, rootKey, uniformsInto } from "@longview/statistics";
import { TabularTrajectoryLog } from "../../src/index.ts";

/**
 * A small Markov decision process with an end, so that trajectories differ in length; everything about it can be computed
 * exactly: by recursion, by iteration, and by going through every trajectory.
 */
export const STATES = 3;
export const ACTIONS = 2;
export const HORIZON = 5;
export const DISCOUNT = 0.9;

const START = [0.6, 0.3, 0.1];
/** [state, action, next state]; what is missing to 1 ends the trajectory. */
const TRANSITION = [
  [
    [0.5, 0.3, 0.1],
    [0.1, 0.2, 0.4],
  ],
  [
    [0.2, 0.5, 0.3],
    [0.0, 0.3, 0.5],
  ],
  [
    [0.4, 0.2, 0.2],
    [0.3, 0.3, 0.4],
  ],
] as const;
const REWARD = [
  [1, 0.2],
  [0.5, 1.5],
  [-0.4, 0.8],
] as const;
export const BEHAVIOUR = Float64Array.of(0.6, 0.4, 0.5, 0.5, 0.7, 0.3);
export const TARGET = Float64Array.of(0.3, 0.7, 0.8, 0.2, 0.45, 0.55);

const next = (s: number, a: number, to: number): number => TRANSITION[s]![a]![to]!;

/** V of each state with `left` steps to go, for every `left` from 0 to the horizon. */
export function exactValues(policy: Float64Array, steps = HORIZON, discount = DISCOUNT): number[][] {
  const values = [Array.from({ length: STATES }, () => 0)];
  for (let left = 1; left <= steps; left++)
    values.push(
      Array.from({ length: STATES }, (_, s) =>
        [0, 1].reduce(
          (sum, a) => sum + policy[s * ACTIONS + a]! * actionValue(s, a, values[left - 1]!, discount),
          0,
        ),
      ),
    );
  return values;
}

export function actionValue(s: number, a: number, after: readonly number[], discount = DISCOUNT): number {
  return REWARD[s]![a]! + discount * after.reduce((sum, v, to) => sum + next(s, a, to) * v, 0);
}

export function exactReturn(policy: Float64Array, steps = HORIZON, discount = DISCOUNT): number {
  return exactValues(policy, steps, discount)[steps]!.reduce((sum, v, s) => sum + START[s]! * v, 0);
}

/** Probability of being in each state at each step, and of having ended before it. */
export function exactMarginals(policy: Float64Array): { state: number[][]; ended: number[] } {
  const state = [[...START]];
  for (let t = 1; t < HORIZON; t++)
    state.push(
      Array.from({ length: STATES }, (_, to) => {
        let sum = 0;
        for (let s = 0; s < STATES; s++)
          for (let a = 0; a < ACTIONS; a++)
            sum += state[t - 1]![s]! * policy[s * ACTIONS + a]! * next(s, a, to);
        return sum;
      }),
    );
  return { state, ended: state.map((row) => 1 - row.reduce((sum, p) => sum + p, 0)) };
}

/** Every possible trajectory once, with its probability under each policy and its discounted return. */
export interface Population {
  readonly log: TabularTrajectoryLog;
  readonly behaviour: Float64Array;
  readonly target: Float64Array;
  readonly returns: Float64Array;
}

export function population(horizon = 4): Population {
  const recorder = new Recorder();
  const behaviour: number[] = [];
  const target: number[] = [];
  const returns: number[] = [];
  const states: number[] = [];
  const actions: number[] = [];
  const visit = (s: number, onBehaviour: number, onTarget: number): void => {
    states.push(s);
    for (let a = 0; a < ACTIONS; a++) {
      actions.push(a);
      const b = onBehaviour * BEHAVIOUR[s * ACTIONS + a]!;
      const e = onTarget * TARGET[s * ACTIONS + a]!;
      let stays = 0;
      for (let to = 0; to < STATES; to++) {
        const p = next(s, a, to);
        if (p === 0) continue;
        stays += p;
        if (states.length < horizon) visit(to, b * p, e * p);
        else finish(to, b * p, e * p);
      }
      if (1 - stays > 1e-12) finish(-1, b * (1 - stays), e * (1 - stays));
      actions.pop();
    }
    states.pop();
  };
  const finish = (finalState: number, b: number, e: number): void => {
    recorder.add(states, actions, finalState);
    behaviour.push(b);
    target.push(e);
    returns.push(states.reduce((sum, s, t) => sum + DISCOUNT ** t * REWARD[s]![actions[t]!]!, 0));
  };
  START.forEach((p, s) => {
    visit(s, p, p);
  });
  return {
    log: recorder.log(),
    behaviour: Float64Array.from(behaviour),
    target: Float64Array.from(target),
    returns: Float64Array.from(returns),
  };
}

/** Trajectories of the behaviour policy, by keyed draws. */
export function sampleTrajectories(
  count: number,
  seed: string,
  { behaviour = BEHAVIOUR, target = TARGET, horizon = HORIZON } = {},
): TabularTrajectoryLog {
  const key = deriveKey(rootKey(seed), "trajectories");
  const draws = new Float64Array(1 + 2 * horizon);
  const recorder = new Recorder(behaviour, target);
  const states: number[] = [];
  const actions: number[] = [];
  for (let i = 0; i < count; i++) {
    uniformsInto(draws, 0, draws.length, key.first, key.second, i, 0);
    states.length = 0;
    actions.length = 0;
    let s = draw(START, draws[0]!);
    for (let t = 0; t < horizon && s >= 0; t++) {
      const a = draws[1 + 2 * t]! < behaviour[s * ACTIONS]! ? 0 : 1;
      states.push(s);
      actions.push(a);
      s = draw(TRANSITION[s]![a]!, draws[2 + 2 * t]!);
    }
    recorder.add(states, actions, s);
  }
  return recorder.log();
}

function draw(probabilities: readonly number[], u: number): number {
  let rest = u;
  for (let k = 0; k < probabilities.length; k++) {
    rest -= probabilities[k]!;
    if (rest < 0) return k;
  }
  return -1;
}

class Recorder {
  readonly #behaviour: Float64Array;
  readonly #target: Float64Array;
  readonly #offset = [0];
  readonly #state: number[] = [];
  readonly #action: number[] = [];
  readonly #finalState: number[] = [];

  constructor(behaviour = BEHAVIOUR, target = TARGET) {
    this.#behaviour = behaviour;
    this.#target = target;
  }

  add(states: readonly number[], actions: readonly number[], finalState: number): void {
    for (let t = 0; t < states.length; t++) {
      this.#state.push(states[t]!);
      this.#action.push(actions[t]!);
    }
    this.#offset.push(this.#state.length);
    this.#finalState.push(finalState);
  }

  log(): TabularTrajectoryLog {
    const state = Int32Array.from(this.#state);
    const action = Int32Array.from(this.#action);
    return new TabularTrajectoryLog({
      offset: Int32Array.from(this.#offset),
      state,
      action,
      finalState: Int32Array.from(this.#finalState),
      reward: Float64Array.from(state, (s, k) => REWARD[s]![action[k]!]!),
      propensity: Float64Array.from(state, (s, k) => this.#behaviour[s * ACTIONS + action[k]!]!),
      discountFactor: DISCOUNT,
      stateCount: STATES,
      actionCount: ACTIONS,
      targetProbabilities: this.#target,
    });
  }
}
