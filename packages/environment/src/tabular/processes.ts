import { TabularMarkovDecisionProcess } from "./markov-decision-process.ts";

/**
 * Two states of creators' health (low, high) and two actions (exploit, support): exploiting earns now and wears health
 * down, and each step in low health costs 1. Its constrained optima are known to four decimals.
 */
export function creatorHealthProcess(): TabularMarkovDecisionProcess {
  return new TabularMarkovDecisionProcess({
    transition: [
      [
        [0.95, 0.05],
        [0.6, 0.4],
      ],
      [
        [0.3, 0.7],
        [0.05, 0.95],
      ],
    ],
    reward: [
      [0.9, 0.2],
      [1.0, 0.6],
    ],
    costs: {
      lowHealth: [
        [1, 1],
        [0, 0],
      ],
    },
    startDistribution: [0.5, 0.5],
    discountFactor: 0.95,
  });
}

/** Options of {@link gridworldProcess}. */
export interface GridworldOptions {
  /** Cells across. */
  readonly width: number;
  /** Cells down. */
  readonly height: number;
  /** Probability that a move goes to one of the two sides instead (half each). */
  readonly slip: number;
  readonly discountFactor: number;
}

/**
 * A grid: start top left, goal (terminal) bottom right. Actions up, right, down, left; a wall holds. Reward −1 a step.
 * Cost `hazard`: 1 for each step taken from a cell of the middle column, the outermost rows apart.
 */
export function gridworldProcess(options: GridworldOptions): TabularMarkovDecisionProcess {
  const { width, height, slip, discountFactor } = options;
  const states = width * height;
  const moves = [
    [0, -1],
    [1, 0],
    [0, 1],
    [-1, 0],
  ] as const;
  const target = (state: number, action: number): number => {
    const [dx, dy] = moves[action & 3]!;
    const x = (state % width) + dx;
    const y = Math.floor(state / width) + dy;
    return x < 0 || x >= width || y < 0 || y >= height ? state : y * width + x;
  };
  const row = (state: number, action: number): number[] => {
    const probabilities = Array.from({ length: states }, () => 0);
    const add = (next: number, p: number): void => {
      probabilities[next] = probabilities[next]! + p;
    };
    add(target(state, action), 1 - slip);
    add(target(state, action + 1), slip / 2);
    add(target(state, action + 3), slip / 2);
    return probabilities;
  };
  const cells = Array.from({ length: states }, (_, state) => state);
  const hazardous = (state: number): boolean => {
    const y = Math.floor(state / width);
    return state % width === width >> 1 && y > 0 && y < height - 1;
  };
  return new TabularMarkovDecisionProcess({
    transition: cells.map((state) => moves.map((_, action) => row(state, action))),
    reward: cells.map(() => [-1, -1, -1, -1]),
    costs: { hazard: cells.map((state) => moves.map(() => (hazardous(state) ? 1 : 0))) },
    startDistribution: cells.map((state) => (state === 0 ? 1 : 0)),
    discountFactor,
    terminalStates: [states - 1],
  });
}

/** Options of {@link chainProcess}. */
export interface ChainOptions {
  /** States in the chain, at least 2. */
  readonly length: number;
  /** Probability that an action has the other's effect. */
  readonly slip: number;
  readonly discountFactor: number;
}

/**
 * A chain that rewards patience: "forward" moves on and earns 0, or 10 in the last state, where it stays; "back" returns to
 * the first state and earns 2 at once.
 *
 * @see Strens (2000), "A Bayesian framework for reinforcement learning"
 */
export function chainProcess(options: ChainOptions): TabularMarkovDecisionProcess {
  const { length, slip, discountFactor } = options;
  const cells = Array.from({ length }, (_, state) => state);
  const row = (state: number, forward: number): number[] => {
    const probabilities = Array.from({ length }, () => 0);
    const ahead = Math.min(state + 1, length - 1);
    probabilities[ahead] = probabilities[ahead]! + forward;
    probabilities[0] = probabilities[0]! + 1 - forward;
    return probabilities;
  };
  const earned = (state: number, forward: number): number =>
    forward * (state === length - 1 ? 10 : 0) + (1 - forward) * 2;
  return new TabularMarkovDecisionProcess({
    transition: cells.map((state) => [row(state, 1 - slip), row(state, slip)]),
    reward: cells.map((state) => [earned(state, 1 - slip), earned(state, slip)]),
    startDistribution: cells.map((state) => (state === 0 ? 1 : 0)),
    discountFactor,
  });
}
