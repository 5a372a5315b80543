import { studentTwoSidedTail } from "@longview/statistics";
import { PROBABILITY_TOLERANCE } from "../log/checks.ts";
import type { LaunchBlock } from "./launch-log.ts";
import { WeightProfile } from "./weight-profile.ts";

/** Sums of one group of rows. */
export interface GroupSums {
  rows: number;
  reward: number;
  rewardSquare: number;
  weight: number;
  weightSquare: number;
}

/** Logged rows and the candidate's mass by position and item. */
export interface SupportCells {
  /** Position of each line, in order of first appearance; 0 alone where the log has no positions. */
  readonly positions: readonly number[];
  /** Rows, row-major [lines, actions]. */
  readonly logged: Float64Array;
  /** Sum of the candidate's probability over rows, the same shape; undefined where its distribution is not known. */
  readonly candidate: Float64Array | undefined;
}

const DAY = 86_400;
/** Decimals up to which propensities may have been rounded. */
const LARGEST_DECIMALS = 4;
/** Different propensities up to which a table of round ones is believed. */
export const FEW_PROPENSITIES = 10;

/** Settings of {@link RowProfile}. */
export interface RowProfileSettings {
  /** The primary metric's index in a block's rewards. */
  readonly primary: number;
  readonly actionCount: number;
}

/** What diagnostics need of every row, in one pass and bounded memory: by position, by day, by item, and of the weights. */
export class RowProfile {
  /** Of single decisions. */
  readonly weights = new WeightProfile();
  readonly byPosition = new Map<number, GroupSums>();
  readonly byDay = new Map<number, GroupSums>();
  /** Σ 1/propensity and Σ 1/propensity² of each item's rows. */
  readonly inverse: Float64Array;
  readonly inverseSquare: Float64Array;
  /** Largest 1/propensity of each item's rows. */
  readonly inverseLargest: Float64Array;
  /** Weights of the policy that shows every possible item equally: moments of `1 / (items · propensity)`. */
  uniformSum = 0;
  uniformSquare = 0;
  /** Rows in which such a weight is known. */
  uniformRows = 0;
  /** Decimals that all propensities so far have room in, up to 4; undefined where some need more. */
  decimals: number | undefined = 1;
  /** Different propensities, as long as there are few. */
  readonly propensities = new Set<number>();
  /** Σ weight / propensity. */
  weightByPropensity = 0;
  /** Whether an item had more than one propensity at a position: a table of round numbers is exact, a context's are rounded. */
  propensitiesVary = false;
  firstTime = Infinity;
  lastTime = -Infinity;
  rows = 0;
  readonly #settings: RowProfileSettings;
  readonly #lines = new Map<number, number>();
  #logged: Float64Array;
  /** Propensity of each cell's first row. */
  #propensity: Float64Array;
  #candidate: Float64Array | undefined;

  constructor(settings: RowProfileSettings) {
    this.#settings = settings;
    this.inverse = new Float64Array(settings.actionCount);
    this.inverseSquare = new Float64Array(settings.actionCount);
    this.inverseLargest = new Float64Array(settings.actionCount);
    this.#logged = new Float64Array(settings.actionCount);
    this.#propensity = new Float64Array(settings.actionCount);
  }

  /** By position (one where there are none) and item. */
  get support(): SupportCells {
    const { actionCount } = this.#settings;
    const size = this.#lines.size * actionCount;
    return {
      positions: [...this.#lines.keys()],
      logged: this.#logged.subarray(0, size),
      candidate: this.#candidate?.subarray(0, size),
    };
  }

  add(block: LaunchBlock): void {
    const { rowCount, propensity, candidate, action, position, time } = block;
    const { actionCount, primary } = this.#settings;
    const reward = block.rewards[primary]!;
    for (let i = 0; i < rowCount; i++) {
      const w = candidate[i]! / propensity[i]!;
      this.weights.add(w);
      if (this.decimals !== undefined) this.#addDigits(propensity[i]!, w);
      if (position !== undefined) addTo(this.byPosition, position[i]!, reward[i]!, w);
      if (time !== undefined) {
        const at = time[i]!;
        addTo(this.byDay, Math.floor(at / DAY), reward[i]!, w);
        if (at < this.firstTime) this.firstTime = at;
        if (at > this.lastTime) this.lastTime = at;
      }
    }
    if (action !== undefined && this.#settings.actionCount > 0) {
      const { inverse, inverseSquare, inverseLargest } = this;
      for (let i = 0; i < rowCount; i++) {
        const item = action[i]!;
        const v = 1 / propensity[i]!;
        inverse[item] = inverse[item]! + v;
        inverseSquare[item] = inverseSquare[item]! + v * v;
        if (v > inverseLargest[item]!) inverseLargest[item] = v;
      }
      this.#addSupport(block, action);
    }
    if (action !== undefined && actionCount > 0) this.#addUniform(block);
    else this.propensitiesVary = true;
    this.rows += rowCount;
  }

  #addDigits(propensity: number, weight: number): void {
    while (this.decimals !== undefined) {
      const scaled = propensity * 10 ** this.decimals;
      if (Math.abs(scaled - Math.round(scaled)) <= 1e-9) break;
      this.decimals = this.decimals < LARGEST_DECIMALS ? this.decimals + 1 : undefined;
    }
    if (this.propensities.size <= FEW_PROPENSITIES) this.propensities.add(propensity);
    this.weightByPropensity += weight / propensity;
  }

  #addUniform({ candidateCount, propensity, rowCount }: LaunchBlock): void {
    const { actionCount } = this.#settings;
    for (let i = 0; i < rowCount; i++) {
      const items = candidateCount?.[i] ?? actionCount;
      const w = 1 / (items * propensity[i]!);
      this.uniformSum += w;
      this.uniformSquare += w * w;
    }
    this.uniformRows += rowCount;
  }

  #addSupport(block: LaunchBlock, action: Int32Array): void {
    const { actionCount } = this.#settings;
    const { position, propensity, candidateDistribution, rowCount } = block;
    const lines = this.#lines;
    if (position === undefined) lines.set(0, 0);
    else for (const at of position) if (!lines.has(at)) lines.set(at, lines.size);
    this.#logged = grown(this.#logged, lines.size * actionCount);
    this.#propensity = grown(this.#propensity, lines.size * actionCount);
    if (candidateDistribution !== undefined)
      this.#candidate = grown(this.#candidate ?? new Float64Array(0), lines.size * actionCount);
    const logged = this.#logged;
    const first = this.#propensity;
    const mass = this.#candidate;
    for (let i = 0; i < rowCount; i++) {
      const start = (position === undefined ? 0 : lines.get(position[i]!)!) * actionCount;
      const cell = start + action[i]!;
      logged[cell] = logged[cell]! + 1;
      if (first[cell] === 0) first[cell] = propensity[i]!;
      else if (first[cell] !== propensity[i]) this.propensitiesVary = true;
      if (candidateDistribution !== undefined && mass !== undefined)
        for (let k = 0, from = i * actionCount; k < actionCount; k++, from++)
          mass[start + k] = mass[start + k]! + candidateDistribution[from]!;
    }
  }
}

function grown(array: Float64Array, length: number): Float64Array {
  if (array.length >= length) return array;
  const larger = new Float64Array(length);
  larger.set(array);
  return larger;
}

function addTo(groups: Map<number, GroupSums>, group: number, reward: number, weight: number): void {
  let sums = groups.get(group);
  if (sums === undefined) {
    sums = { rows: 0, reward: 0, rewardSquare: 0, weight: 0, weightSquare: 0 };
    groups.set(group, sums);
  }
  sums.rows++;
  sums.reward += reward;
  sums.rewardSquare += reward * reward;
  sums.weight += weight;
  sums.weightSquare += weight * weight;
}

/** A mean, and how it stands to an expected one. */
export interface MeanTest {
  readonly mean: number;
  readonly standardError: number;
  /** 0 where both are equal but for rounding. */
  readonly z: number;
  /** Two-sided. */
  readonly pValue: number;
}

/**
 * Tests the mean of `rows` numbers with these sums against `expected`.
 *
 * @param inflation - by how much rows of one unit inflate the variance. @defaultValue 1
 */
export function meanAgainst(
  sums: { readonly sum: number; readonly square: number; readonly rows: number },
  expected: number,
  inflation = 1,
): MeanTest {
  const { sum, square, rows } = sums;
  const mean = sum / rows;
  const variance = Math.max(0, square / rows - mean * mean) / Math.max(1, rows - 1);
  return meanTest(mean, Math.sqrt(variance * inflation), rows - 1, expected);
}

/** Tests a mean with a known standard error by Student's t. */
export function meanTest(mean: number, standardError: number, degrees: number, expected: number): MeanTest {
  // Probabilities that were rounded, or computed again, differ by this much with a spread that is smaller still.
  if (Math.abs(mean - expected) <= PROBABILITY_TOLERANCE * Math.max(1, Math.abs(expected)))
    return { mean, standardError, z: 0, pValue: 1 };
  if (standardError === 0)
    return { mean, standardError, z: mean > expected ? Infinity : -Infinity, pValue: 0 };
  const z = (mean - expected) / standardError;
  return { mean, standardError, z, pValue: studentTwoSidedTail(z, Math.max(1, degrees)) };
}
