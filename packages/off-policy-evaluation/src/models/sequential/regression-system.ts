import { OffPolicyEvaluationError } from "../../error.ts";
import { solveInPlace } from "../../sequential/linear-system.ts";

/** A regression's square system, made by adding rows and solved once. */
export class RegressionSystem {
  readonly #width: number;
  readonly #matrix: Float64Array;
  readonly #right: Float64Array;

  /** @param penalty - on every coefficient but the first */
  constructor(width: number, penalty: number) {
    this.#width = width;
    this.#matrix = new Float64Array(width * width);
    this.#right = new Float64Array(width);
    // The first is the intercept; without rows it must be something, and is 0.
    for (let j = 0; j < width; j++) this.#matrix[j * width + j] = j === 0 ? 1e-9 * penalty : penalty;
  }

  /** Adds `factor · left ⊗ right`. */
  add(left: SparseRow, right: SparseRow, factor: number): void {
    for (let p = 0; p < left.index.length; p++) {
      const scaled = factor * left.value[p]!;
      const line = left.index[p]! * this.#width;
      for (let q = 0; q < right.index.length; q++) {
        const at = line + right.index[q]!;
        this.#matrix[at] = this.#matrix[at]! + scaled * right.value[q]!;
      }
    }
  }

  /** Adds `response · row` to the right side. */
  respond(row: SparseRow, response: number): void {
    for (let p = 0; p < row.index.length; p++) {
      const at = row.index[p]!;
      this.#right[at] = this.#right[at]! + response * row.value[p]!;
    }
  }

  /** @throws OffPolicyEvaluationError `NOT_COMPUTABLE` where there is no one solution */
  solve(): Float64Array {
    if (!solveInPlace(this.#matrix, this.#right))
      throw new OffPolicyEvaluationError(
        "NOT_COMPUTABLE",
        "fitted Q evaluation has no finite value: raise penalty, or without discount let every trajectory end",
      );
    return this.#right;
  }
}

/** The entries of a row that are not 0. */
export interface SparseRow {
  readonly index: Int32Array;
  readonly value: Float64Array;
}
