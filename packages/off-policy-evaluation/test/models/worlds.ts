import { normalQuantile, uniformsInto, type RandomKey } from "@longview/statistics";
import type { ModelRows } from "../../src/models/index.ts";

/** Uniforms and normals one after another, from one key. */
export class Draws {
  readonly #uniforms: Float64Array;
  #next = 0;

  constructor(key: RandomKey, count: number) {
    this.#uniforms = new Float64Array(count);
    uniformsInto(this.#uniforms, 0, count, key.first, key.second, 0, 0);
  }

  uniform(): number {
    const value = this.#uniforms[this.#next++];
    if (value === undefined) throw new RangeError("draws: more were taken than asked for");
    return value;
  }

  normal(): number {
    return normalQuantile(this.uniform());
  }

  /** An index, by the probabilities at `start`. */
  index(probabilities: ArrayLike<number>, start = 0, count = probabilities.length): number {
    let rest = this.uniform();
    let chosen = 0;
    while (chosen < count - 1 && rest > probabilities[start + chosen]!)
      rest -= probabilities[start + chosen++]!;
    return chosen;
  }
}

export const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

export function softmax(scores: readonly number[]): number[] {
  const largest = Math.max(...scores);
  const odds = scores.map((score) => Math.exp(score - largest));
  const total = odds.reduce((sum, value) => sum + value, 0);
  return odds.map((value) => value / total);
}

export const meanOf = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
};

export interface LinearWorld {
  readonly rows: ModelRows & { readonly reward: Float64Array };
  readonly featureCount: number;
  /** Expected reward of each row's context and position under every action, [rows · actions]. */
  readonly expected: Float64Array;
}

/** Actions, positions, two features of very different size, one action feature, users of three rows; the reward is linear (in log-odds). */
export function linearWorld(
  key: RandomKey,
  options: { readonly rowCount: number; readonly actionCount?: number; readonly binary?: boolean },
): LinearWorld {
  const { rowCount, actionCount = 5, binary = false } = options;
  const draws = new Draws(key, rowCount * 5 + 2 * actionCount);
  const effect = Array.from({ length: actionCount }, () => 0.6 * draws.normal());
  const size = Float64Array.from({ length: actionCount }, () => draws.normal());
  const action = new Int32Array(rowCount);
  const position = new Int32Array(rowCount);
  const reward = new Float64Array(rowCount);
  const values = new Float64Array(2 * rowCount);
  const expected = new Float64Array(rowCount * actionCount);
  for (let i = 0; i < rowCount; i++) {
    const first = draws.normal();
    const second = draws.normal();
    values[2 * i] = first;
    values[2 * i + 1] = 1e6 + 1000 * second;
    position[i] = i % 3;
    action[i] = Math.floor(draws.uniform() * actionCount);
    for (let a = 0; a < actionCount; a++) {
      const score = -0.5 + effect[a]! + 0.3 * size[a]! + 0.2 * position[i]! + 0.8 * first - 0.4 * second;
      expected[i * actionCount + a] = binary ? logistic(score) : score;
    }
    const mean = expected[i * actionCount + action[i]!]!;
    const noise = draws.uniform();
    reward[i] = binary ? (noise < mean ? 1 : 0) : mean + normalQuantile(noise);
  }
  const units = Int32Array.from({ length: rowCount }, (_, i) => Math.floor(i / 3));
  return {
    rows: {
      action,
      actionCount,
      position,
      positionCount: 3,
      reward,
      units,
      features: { names: ["first", "second"], values },
      actionFeatures: { names: ["size"], values: size },
    },
    featureCount: 2,
    expected,
  };
}

/** Gaussian elimination of a dense system: the tests' own. */
export function solveDense(matrix: readonly number[][], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  const n = rows.length;
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let i = column; i < n; i++)
      if (Math.abs(rows[i]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = i;
    const held = rows[column]!;
    rows[column] = rows[pivot]!;
    rows[pivot] = held;
    for (let i = 0; i < n; i++) {
      if (i === column) continue;
      const factor = rows[i]![column]! / rows[column]![column]!;
      for (let k = column; k <= n; k++) rows[i]![k] = rows[i]![k]! - factor * rows[column]![k]!;
    }
  }
  return rows.map((row, i) => row[n]! / row[i]!);
}
