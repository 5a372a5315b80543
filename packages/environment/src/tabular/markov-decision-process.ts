/** What a {@link TabularMarkovDecisionProcess} is made of. */
export interface TabularOptions {
  /** `transition[state][action][next]`: probabilities that sum to 1. A terminal state may have any row: it is not used. */
  readonly transition: readonly (readonly (readonly number[])[])[];
  /** `reward[state][action]`: expected reward. */
  readonly reward: readonly (readonly number[])[];
  /** `costs[name][state][action]`: expected costs. @defaultValue none */
  readonly costs?: Readonly<Record<string, readonly (readonly number[])[]>>;
  /** Probability of starting in each state. */
  readonly startDistribution: readonly number[];
  /** In [0, 1); 1 is refused: values would not be bounded. */
  readonly discountFactor: number;
  /** States in which the episode ends on arrival; their value is 0. @defaultValue none */
  readonly terminalStates?: readonly number[];
}

/** Action probabilities `[stateCount, actionCount]`, row-major. */
export type TabularPolicy = Float64Array;

function distribution(where: string, probabilities: readonly number[], size: number): void {
  if (probabilities.length !== size)
    throw new RangeError(`${where} must have ${size} probabilities, has ${probabilities.length}`);
  let sum = 0;
  for (const p of probabilities) {
    if (!(p >= 0 && p <= 1)) throw new RangeError(`${where}: a probability must be from 0 to 1, got ${p}`);
    sum += p;
  }
  if (Math.abs(sum - 1) > 1e-9) throw new RangeError(`${where} must sum to 1, sums to ${sum}`);
}

function table(
  where: string,
  rows: readonly (readonly number[])[],
  states: number,
  actions: number,
): Float64Array {
  if (rows.length !== states || rows.some((row) => row.length !== actions))
    throw new RangeError(`${where} must be ${states} states × ${actions} actions`);
  const flat = Float64Array.from(rows.flat());
  if (flat.some((value) => !Number.isFinite(value))) throw new RangeError(`${where} must be finite`);
  return flat;
}

/** A finite Markov decision process with named costs, in flat float64 tables. What is exact about it is in `solve.ts`. */
export class TabularMarkovDecisionProcess {
  readonly stateCount: number;
  readonly actionCount: number;
  readonly discountFactor: number;
  readonly costNames: readonly string[];
  /** `[stateCount, actionCount, stateCount]`. */
  readonly transition: Float64Array;
  /** `[stateCount, actionCount]`; 0 in terminal states. */
  readonly reward: Float64Array;
  /** `[stateCount, actionCount]` for each cost name; 0 in terminal states. */
  readonly costs: Readonly<Record<string, Float64Array>>;
  readonly startDistribution: Float64Array;
  /** 1: arriving ends the episode. */
  readonly terminal: Uint8Array;

  /** @throws RangeError when a table has another size, a row does not sum to 1, or a number is out of range */
  constructor(options: TabularOptions) {
    const {
      transition,
      reward,
      costs = {},
      startDistribution,
      discountFactor,
      terminalStates = [],
    } = options;
    const states = transition.length;
    const actions = transition[0]?.length ?? 0;
    if (states === 0 || actions === 0)
      throw new RangeError("tabular process: needs at least one state and one action");
    if (!(discountFactor >= 0 && discountFactor < 1))
      throw new RangeError(`tabular process: discountFactor must be in [0, 1), got ${discountFactor}`);
    this.stateCount = states;
    this.actionCount = actions;
    this.discountFactor = discountFactor;
    this.terminal = new Uint8Array(states);
    for (const state of terminalStates) {
      if (!Number.isInteger(state) || state < 0 || state >= states)
        throw new RangeError(`tabular process: terminal state must be from 0 to ${states - 1}, got ${state}`);
      this.terminal[state] = 1;
    }
    this.transition = new Float64Array(states * actions * states);
    transition.forEach((rows, state) => {
      if (rows.length !== actions)
        throw new RangeError(
          `tabular process: transition[${state}] must have ${actions} actions, has ${rows.length}`,
        );
      rows.forEach((row, action) => {
        distribution(`tabular process: transition[${state}][${action}]`, row, states);
        this.transition.set(row, (state * actions + action) * states);
      });
    });
    distribution("tabular process: startDistribution", startDistribution, states);
    this.startDistribution = Float64Array.from(startDistribution);
    if (startDistribution.some((p, state) => p > 0 && this.terminal[state] === 1))
      throw new RangeError("tabular process: startDistribution must give terminal states probability 0");
    this.reward = this.#silent(table("tabular process: reward", reward, states, actions));
    this.costNames = Object.keys(costs);
    this.costs = Object.fromEntries(
      Object.entries(costs).map(([name, rows]) => [
        name,
        this.#silent(table(`tabular process: costs.${name}`, rows, states, actions)),
      ]),
    );
  }

  #silent(values: Float64Array): Float64Array {
    for (let state = 0; state < this.stateCount; state++)
      if (this.terminal[state] === 1)
        values.fill(0, state * this.actionCount, (state + 1) * this.actionCount);
    return values;
  }
}
