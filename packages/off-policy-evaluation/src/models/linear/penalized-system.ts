import { OffPolicyEvaluationError } from "../../error.ts";
import type { Design } from "../design.ts";
import type { Moments } from "./moments.ts";

/**
 * Coefficients of a linear model: intercept, positions, features, action features, then actions.
 *
 * The intercept is free; everything else is pulled to 0, so an action or position without rows gets the mean.
 */
export interface Coefficients {
  /** Number of coefficients before those of the actions. */
  readonly sharedCount: number;
  readonly total: number;
}

export function coefficientsOf(design: Design): Coefficients {
  const { rows, positionColumns } = design;
  const sharedCount = 1 + positionColumns + rows.featureCount + rows.actionFeatureCount;
  return { sharedCount, total: sharedCount + rows.actionCount };
}

/** The symmetric system `(Σ v z zᵀ + Λ) θ = right`, factored: actions are eliminated one by one, what is left by Cholesky. */
export class PenalizedSystem {
  readonly moments: Moments;
  /** Λ's diagonal by coefficient; Infinity holds a coefficient at 0. */
  readonly penalty: Float64Array;
  readonly #sharedCount: number;
  /** What each action's coefficient has in common with the shared ones, [actions · shared]. */
  readonly #link: Float64Array;
  readonly #factor: Float64Array;

  /** @throws OffPolicyEvaluationError `NOT_COMPUTABLE` where weights are 0 or numbers overflow */
  constructor(design: Design, moments: Moments, penalty: Float64Array) {
    const { sharedCount } = coefficientsOf(design);
    this.moments = moments;
    this.penalty = penalty;
    this.#sharedCount = sharedCount;
    this.#link = linksOf(design, moments, sharedCount);
    this.#factor = sharedBlock(design, moments, sharedCount);
    this.#eliminate();
    if (!choleskyInPlace(this.#factor, sharedCount))
      throw new OffPolicyEvaluationError(
        "NOT_COMPUTABLE",
        "reward model: its equations are singular; weights must not all be 0 and features must be of a sane size",
      );
  }

  #eliminate(): void {
    const { actionWeight } = this.moments;
    const count = this.#sharedCount;
    const block = this.#factor;
    for (let a = 0; a < actionWeight.length; a++) {
      if (actionWeight[a] === 0) continue;
      const diagonal = actionWeight[a]! + this.penalty[count + a]!;
      const line = a * count;
      for (let j = 0; j < count; j++) {
        const share = this.#link[line + j]! / diagonal;
        if (share === 0) continue;
        for (let k = j; k < count; k++)
          block[j * count + k] = block[j * count + k]! - share * this.#link[line + k]!;
      }
    }
    for (let j = 0; j < count; j++) {
      if (this.penalty[j] !== Infinity) {
        block[j * count + j] = block[j * count + j]! + this.penalty[j]!;
        continue;
      }
      for (let k = 0; k < count; k++) block[Math.min(j, k) * count + Math.max(j, k)] = 0;
      block[j * count + j] = 1;
    }
  }

  /** θ for one right side, in the order of {@link Coefficients}. */
  solve(right: Float64Array): Float64Array {
    const count = this.#sharedCount;
    const { actionWeight } = this.moments;
    const theta = right.slice();
    for (let a = 0; a < actionWeight.length; a++) {
      const scaled = right[count + a]! / (actionWeight[a]! + this.penalty[count + a]!);
      theta[count + a] = scaled;
      for (let j = 0; j < count; j++) theta[j] = theta[j]! - this.#link[a * count + j]! * scaled;
    }
    for (let j = 0; j < count; j++) if (this.penalty[j] === Infinity) theta[j] = 0;
    choleskySolveInPlace(theta, this.#factor, count);
    for (let a = 0; a < actionWeight.length; a++) {
      let sum = 0;
      for (let j = 0; j < count; j++) sum += this.#link[a * count + j]! * theta[j]!;
      theta[count + a] = theta[count + a]! - sum / (actionWeight[a]! + this.penalty[count + a]!);
    }
    return theta;
  }
}

/** `Σ e z` in the order of {@link Coefficients}. */
export function responsesOf(design: Design, moments: Moments): Float64Array {
  const { sharedCount, total } = coefficientsOf(design);
  const out = new Float64Array(total);
  out.set(moments.columnResponse, 1);
  const width = design.rows.actionFeatureCount;
  for (let a = 0; a < moments.actionCount; a++) {
    const response = moments.actionResponse[a]!;
    out[0] = out[0]! + response;
    out[sharedCount + a] = response;
    for (let g = 0; g < width; g++) {
      const at = 1 + moments.columnCount + g;
      out[at] = out[at]! + response * design.actionFeatures[a * width + g]!;
    }
  }
  return out;
}

function linksOf(design: Design, moments: Moments, sharedCount: number): Float64Array {
  const width = design.rows.actionFeatureCount;
  const { actionCount, columnCount, actionWeight, cross } = moments;
  const link = new Float64Array(actionCount * sharedCount);
  for (let a = 0; a < actionCount; a++) {
    const line = a * sharedCount;
    link[line] = actionWeight[a]!;
    for (let j = 0; j < columnCount; j++) link[line + 1 + j] = cross[a * columnCount + j]!;
    for (let g = 0; g < width; g++)
      link[line + 1 + columnCount + g] = actionWeight[a]! * design.actionFeatures[a * width + g]!;
  }
  return link;
}

/** `Σ v z zᵀ` of the shared coefficients, upper part: the intercept and action features are sums over actions. */
function sharedBlock(design: Design, moments: Moments, sharedCount: number): Float64Array {
  const width = design.rows.actionFeatureCount;
  const { actionCount, columnCount, actionWeight, cross, columns } = moments;
  const block = new Float64Array(sharedCount * sharedCount);
  const firstFeature = 1 + columnCount;
  for (let a = 0; a < actionCount; a++) {
    const weight = actionWeight[a]!;
    block[0] = block[0]! + weight;
    for (let j = 0; j < columnCount; j++) {
      const crossed = cross[a * columnCount + j]!;
      block[1 + j] = block[1 + j]! + crossed;
      for (let g = 0; g < width; g++) {
        const at = (1 + j) * sharedCount + firstFeature + g;
        block[at] = block[at]! + crossed * design.actionFeatures[a * width + g]!;
      }
    }
    for (let g = 0; g < width; g++) {
      const weighted = weight * design.actionFeatures[a * width + g]!;
      block[firstFeature + g] = block[firstFeature + g]! + weighted;
      for (let h = g; h < width; h++) {
        const at = (firstFeature + g) * sharedCount + firstFeature + h;
        block[at] = block[at]! + weighted * design.actionFeatures[a * width + h]!;
      }
    }
  }
  for (let j = 0; j < columnCount; j++)
    for (let k = j; k < columnCount; k++)
      block[(1 + j) * sharedCount + 1 + k] = columns[j * columnCount + k]!;
  return block;
}

/** Writes U with UᵀU = matrix over the upper part; false where a pivot is not positive. */
function choleskyInPlace(matrix: Float64Array, count: number): boolean {
  for (let j = 0; j < count; j++) {
    let pivot = matrix[j * count + j]!;
    for (let k = 0; k < j; k++) pivot -= matrix[k * count + j]! ** 2;
    if (!(pivot > 0 && pivot < Infinity)) return false;
    const root = Math.sqrt(pivot);
    matrix[j * count + j] = root;
    for (let i = j + 1; i < count; i++) {
      let sum = matrix[j * count + i]!;
      for (let k = 0; k < j; k++) sum -= matrix[k * count + j]! * matrix[k * count + i]!;
      matrix[j * count + i] = sum / root;
    }
  }
  return true;
}

/** Solves UᵀU x = right in the first `count` entries. */
function choleskySolveInPlace(right: Float64Array, factor: Float64Array, count: number): void {
  for (let j = 0; j < count; j++) {
    let sum = right[j]!;
    for (let k = 0; k < j; k++) sum -= factor[k * count + j]! * right[k]!;
    right[j] = sum / factor[j * count + j]!;
  }
  for (let j = count - 1; j >= 0; j--) {
    let sum = right[j]!;
    for (let k = j + 1; k < count; k++) sum -= factor[j * count + k]! * right[k]!;
    right[j] = sum / factor[j * count + j]!;
  }
}
