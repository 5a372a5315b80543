import { AnytimeSequence, type LaunchLog } from "@longview/off-policy-evaluation";
import { type RandomKey, skewedMeanBounds, studentQuantile, uniformsInto } from "@longview/statistics";
import { GROUPS, type LaunchWorld } from "./launch-world.ts";

/** Decisions of a world as they come, each another user's: the cell (group and item) and whether it engaged. */
export interface Arrivals {
  readonly cells: Int32Array;
  readonly rewards: Float64Array;
}

/** Draws `rows` decisions. */
export function arrivals({ items, logging, means }: LaunchWorld, rows: number, key: RandomKey): Arrivals {
  const cells = new Int32Array(rows);
  const rewards = new Float64Array(rows);
  const draws = new Float64Array(4);
  for (let i = 0; i < rows; i++) {
    uniformsInto(draws, 0, 4, key.first, key.second, i, 0);
    const start = Math.floor(draws[0]! * GROUPS) * items;
    let cell = start;
    for (let left = draws[1]! - logging[cell]!; left > 0 && cell < start + items - 1;)
      left -= logging[++cell]!;
    cells[i] = cell;
    rewards[i] = draws[2]! < means.engagement[cell]! ? 1 : 0;
  }
  return { cells, rewards };
}

/** The first decisions as the gate reads them. */
export function prefixLog(world: LaunchWorld, { cells, rewards }: Arrivals, rows: number): LaunchLog {
  const first = cells.subarray(0, rows);
  return {
    rowCount: rows,
    metrics: ["engagement"],
    actions: undefined,
    positionBase: 0,
    policies: undefined,
    features: [],
    blocks: () => [
      {
        rowCount: rows,
        rewards: [rewards.subarray(0, rows)],
        propensity: Float64Array.from(first, (cell) => world.logging[cell]!),
        candidate: Float64Array.from(first, (cell) => world.candidate[cell]!),
        incumbent: undefined,
      },
    ],
  };
}

/** As in `default-interval.ts`. */
const HEAVY = 0.15;

/** Lower bounds of the lift at one look. */
export interface LookBounds {
  /** The gate's, for `looks: unlimited`. */
  readonly unlimited: number;
  /** For a planned number of looks. */
  readonly planned: number;
  /** For one look. */
  readonly once: number;
  /** Of Student's t, two-sided 95 %. */
  readonly student: number;
  /** Of Student's t, one-sided 95 %. */
  readonly studentOneSided: number;
}

/**
 * The gate's bounds on growing data. A world has few different rows (cell and outcome), so the default interval, which the gate
 * computes from all rows at each look, is computed here from how often each occurred.
 */
export class GrowingLaunch {
  readonly #weights: Float64Array;
  /** How often each cell occurred without and with engagement. */
  readonly #counts: Float64Array;
  readonly #sequence = new AnytimeSequence();
  readonly #looks: number;
  #rows = 0;

  constructor({ candidate, logging }: LaunchWorld, looks: number) {
    this.#weights = candidate.map((p, cell) => p / logging[cell]!);
    this.#counts = new Float64Array(2 * candidate.length);
    this.#looks = looks;
  }

  /** Adds decisions `from … to`. */
  add({ cells, rewards }: Arrivals, from: number, to: number): void {
    const lower = new Float64Array(to - from);
    const upper = new Float64Array(to - from);
    const weights = new Float64Array(to - from);
    for (let i = from; i < to; i++) {
      const weight = this.#weights[cells[i]!]!;
      const reward = rewards[i]!;
      const at = 2 * cells[i]! + reward;
      this.#counts[at] = this.#counts[at]! + 1;
      lower[i - from] = weight * reward + 1 - reward;
      upper[i - from] = weight * (1 - reward) + reward;
    }
    this.#sequence.add({
      lower,
      lowerOffset: -1,
      upper,
      upperOffset: 1,
      scale: 1,
      weights,
      exact: false,
    });
    this.#rows = to;
  }

  bounds(confidence = 0.95): LookBounds {
    const n = this.#rows;
    const counts = this.#counts;
    const mean = (of: (away: number, reward: number) => number): number => {
      let sum = 0;
      for (let at = 0; at < counts.length; at++) sum += counts[at]! * of(this.#weights[at >> 1]! - 1, at & 1);
      return sum / n;
    };
    const gain = mean((d, r) => d * r);
    const away = mean((d) => d);
    const square = mean((d) => d * d);
    const squareReward = mean((d, r) => d * d * r);
    const baseline = squareReward / square;
    const lift = gain - baseline * away;
    // Influence of a row, the baseline's own included: see `liftTerms`.
    const influence = (d: number, r: number): number =>
      d * r -
      gain -
      baseline * (d - away) -
      (away / square) * (d * d * r - squareReward) +
      ((baseline * away) / square) * (d * d - square);
    let smallest = 0;
    let largest = 0;
    let furthest = 0;
    for (let at = 0; at < counts.length; at++) {
      if (counts[at] === 0) continue;
      const value = influence(this.#weights[at >> 1]! - 1, at & 1);
      smallest = Math.min(smallest, value);
      largest = Math.max(largest, value);
      // The gate's envelope of a lift looks at the larger of both weights.
      furthest = Math.max(furthest, Math.max(0, this.#weights[at >> 1]! - 1) ** 2);
    }
    const power = (exponent: number): number => n * mean((d, r) => influence(d, r) ** exponent);
    const sums = {
      count: n,
      second: power(2),
      third: power(3),
      fourth: power(4),
      smallest,
      largest,
    };
    const standardError = Math.sqrt(sums.second / (n * (n - 1)));
    // One far weight in little data: there the default interval bounds the envelope's lower mean, `w r + (1 − r) − 1`, by t.
    const heavy = furthest >= HEAVY * n * mean((d) => Math.max(0, d) ** 2);
    const spread = Math.sqrt((n * mean((d, r) => (d * r - gain) ** 2)) / (n * (n - 1)));
    const bound = (level: number): number => {
      const lower = heavy
        ? gain - studentQuantile(0.5 + level / 2, n - 1) * spread
        : lift + skewedMeanBounds(sums, level)[0];
      return Math.min(lift, Math.max(-1, lower));
    };
    return {
      unlimited: this.#sequence.interval({ confidence }).lower,
      planned: bound(1 - (1 - confidence) / this.#looks),
      once: bound(confidence),
      student: lift - studentQuantile(0.5 + confidence / 2, n - 1) * standardError,
      studentOneSided: lift - studentQuantile(confidence, n - 1) * standardError,
    };
  }
}
