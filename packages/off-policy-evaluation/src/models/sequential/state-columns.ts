import { standardizationOf } from "../design.ts";
import type { FeatureTrajectories } from "./fitted-q-evaluation.ts";
import { RegressionSystem, type SparseRow } from "./regression-system.ts";

/**
 * States and actions as rows of a linear model: a common intercept, then for each action an intercept and the features, which are
 * scaled so that one penalty suits all of them. Features keep their zero: one-hot columns stay one-hot.
 */
export class StateColumns {
  readonly actionProbability: Float64Array;
  readonly #input: FeatureTrajectories;
  readonly #featureCount: number;
  readonly #inverseScale: Float64Array;
  readonly #logged: SparseRow;
  readonly #expected: SparseRow;

  constructor(input: FeatureTrajectories) {
    const { action, actionCount, features, targetProbabilities } = input;
    this.#input = input;
    this.#featureCount = features.names.length;
    this.#inverseScale = standardizationOf(features.values, this.#featureCount).inverseScale;
    this.actionProbability = Float64Array.from(
      action,
      (a, step) => targetProbabilities[step * actionCount + a]!,
    );
    this.#logged = emptyRow(2 + this.#featureCount);
    this.#expected = emptyRow(this.width);
    this.#expected.index.forEach((_, j) => {
      this.#expected.index[j] = j;
    });
  }

  /** Coefficients. */
  get width(): number {
    return 1 + this.#input.actionCount * (1 + this.#featureCount);
  }

  system(penalty: number): RegressionSystem {
    return new RegressionSystem(this.width, penalty);
  }

  /** Row of a step's state and logged action; the next call writes over it. */
  logged(step: number): SparseRow {
    const { index, value } = this.#logged;
    const first = 1 + this.#input.action[step]! * (1 + this.#featureCount);
    index[0] = 0;
    value[0] = 1;
    index[1] = first;
    value[1] = 1;
    for (let f = 0; f < this.#featureCount; f++) {
      index[2 + f] = first + 1 + f;
      value[2 + f] = this.#input.features.values[step * this.#featureCount + f]! * this.#inverseScale[f]!;
    }
    return this.#logged;
  }

  /** `Σₐ π(a|s)` of the rows of a step's state; the next call writes over it. */
  expected(step: number): SparseRow {
    return this.#expectedRow(this.#input.features.values, this.#input.targetProbabilities, step);
  }

  /** The same of a trajectory's final state; undefined where it ended. */
  expectedFinal(trajectory: number): SparseRow | undefined {
    const { finalStates } = this.#input;
    if (finalStates === undefined || finalStates.cutOff[trajectory] === 0) return undefined;
    return this.#expectedRow(finalStates.features, finalStates.targetProbabilities, trajectory);
  }

  actionValue(theta: Float64Array, step: number): number {
    return product(theta, this.logged(step));
  }

  stateValue(theta: Float64Array, step: number): number {
    return product(theta, this.expected(step));
  }

  finalValue(theta: Float64Array, trajectory: number): number {
    const row = this.expectedFinal(trajectory);
    return row === undefined ? 0 : product(theta, row);
  }

  #expectedRow(features: Float64Array, probabilities: ArrayLike<number>, line: number): SparseRow {
    const { actionCount } = this.#input;
    const { value } = this.#expected;
    value[0] = 1;
    for (let a = 0; a < actionCount; a++) {
      const probability = probabilities[line * actionCount + a]!;
      const first = 1 + a * (1 + this.#featureCount);
      value[first] = probability;
      for (let f = 0; f < this.#featureCount; f++)
        value[first + 1 + f] =
          probability * features[line * this.#featureCount + f]! * this.#inverseScale[f]!;
    }
    return this.#expected;
  }
}

function emptyRow(length: number): SparseRow {
  return { index: new Int32Array(length), value: new Float64Array(length) };
}

function product(theta: Float64Array, { index, value }: SparseRow): number {
  let sum = 0;
  for (let p = 0; p < index.length; p++) sum += theta[index[p]!]! * value[p]!;
  return sum;
}
