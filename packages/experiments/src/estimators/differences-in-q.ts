import { checkArms, checkColumn, checkedCount } from "../checks.ts";
import { CONTROL, OUTSIDE, TREATMENT } from "../designs/design.ts";
import { solveInPlace } from "../linear-solve.ts";
import { batchVariance } from "./batch-variance.ts";
import { studentEstimate, type EffectEstimate, type EstimateOptions } from "./estimate.ts";

/** Input of {@link differencesInQ}: decisions in order of time, one entry a decision. */
export interface DifferencesInQInput {
  /** Outcome of the decision itself; its effects on later ones come in by the states. */
  readonly outcome: ArrayLike<number>;
  readonly arm: ArrayLike<number>;
  /**
   * State of the market before each decision, `rows × width`, row-major: what carries one decision's effect to later ones (stock
   * that is left, budgets, supply), and what a value linear in them needs (powers, products). No constant.
   */
  readonly features: ArrayLike<number>;
  /** Trajectory of each row; rows of one follow each other. @defaultValue all rows are one */
  readonly trajectory?: ArrayLike<number>;
}

/** Options of {@link differencesInQ}. */
export interface DifferencesInQOptions extends EstimateOptions {
  /** `λ` of LSTD(λ), from 0 to below 1: larger is less biased by features that cannot hold the value, and noisier. @defaultValue 0 */
  readonly trace?: number;
  /** Stretches of rows whose errors are taken as independent; each must be long against the market's memory. @defaultValue 30 */
  readonly batches?: number;
}

/** A Differences-in-Qs estimate. */
export interface DifferencesInQEstimate extends EffectEstimate {
  /** Plain difference in means on the same rows. */
  readonly naive: number;
  /** Long-run mean outcome of a decision while both arms run. */
  readonly meanOutcome: number;
  /** Coefficients of the features in the value of a state. */
  readonly stateValue: Float64Array;
}

/**
 * Differences in Qs: the effect, a decision, of treating every decision instead of none, from a test in which each decision's arm is
 * drawn by itself: `E[Q(s, 1) − Q(s, 0)]`, in which Q is the average-outcome action value of the **mixed** policy and s its states.
 *
 * A decision counts with what it leaves behind: `r − η + V(s′) − V(s)` in place of `r`, V by LSTD(λ) on the features. The bias is of
 * second order in the difference of the two policies' transitions, where that of the plain difference is of first. The last row of a
 * trajectory only says where the one before it led.
 *
 * The interval is Student's over batches of the estimate's influence values, which hold the noise of V too.
 *
 * @throws RangeError for columns of different lengths, values that are not finite, features that determine each other, or fewer
 * transitions than batches
 * @see Farias, Li, Peng & Zheng (2022), "Markovian interference in experiments"; Bradtke & Barto (1996), "Linear least-squares
 * algorithms for temporal difference learning"
 */
export function differencesInQ(
  input: DifferencesInQInput,
  options: DifferencesInQOptions = {},
): DifferencesInQEstimate {
  const where = "differencesInQ";
  const { outcome, arm } = input;
  const { trace = 0, batches = 30 } = options;
  if (!(trace >= 0 && trace < 1))
    throw new RangeError(`${where}: trace must be from 0 to below 1, got ${trace}`);
  checkedCount(`${where}: batches`, batches, 2);
  const steps = new Transitions(where, input);
  if (steps.count < batches)
    throw new RangeError(`${where}: needs at least ${batches} transitions (batches), got ${steps.count}`);
  const size = steps.width + 1;

  // Normal equations Σ z (1, φ − φ′) · (η, θ) = Σ z r, in which z is 1 beside the trace of φ.
  const matrix = new Float64Array(size * size);
  const solution = new Float64Array(size);
  const change = [new Float64Array(size), new Float64Array(size)];
  const count = [0, 0];
  const outcomeSum = [0, 0];
  steps.each(trace, (row, instrument, difference) => {
    for (let i = 0; i < size; i++) {
      solution[i]! += instrument[i]! * outcome[row]!;
      for (let j = 0; j < size; j++) matrix[i * size + j]! += instrument[i]! * difference[j]!;
    }
    const side = arm[row]!;
    if (side === OUTSIDE) return;
    count[side]!++;
    outcomeSum[side]! += outcome[row]!;
    for (let j = 1; j < size; j++) change[side]![j]! += difference[j]!;
  });
  for (const side of [CONTROL, TREATMENT])
    if (count[side]! < 2)
      throw new RangeError(`${where}: needs at least 2 transitions of arm ${side}, got ${count[side]}`);

  // The effect moves with the coefficients by `gradient`; `sensitivity` turns this into weights of the equations' errors.
  const gradient = Float64Array.from(
    { length: size },
    (_, j) => change[TREATMENT]![j]! / count[TREATMENT]! - change[CONTROL]![j]! / count[CONTROL]!,
  );
  const sensitivity = gradient.slice();
  const transposed = Float64Array.from(
    { length: size * size },
    (_, i) => matrix[(i % size) * size + Math.floor(i / size)]!,
  );
  if (!solveInPlace(matrix, solution, 1) || !solveInPlace(transposed, sensitivity, 1))
    throw new RangeError(
      `${where}: features must not determine each other (drop those that are constant or sums of others)`,
    );

  const naive = outcomeSum[TREATMENT]! / count[TREATMENT]! - outcomeSum[CONTROL]! / count[CONTROL]!;
  let effect = naive;
  for (let j = 1; j < size; j++) effect -= gradient[j]! * solution[j]!;
  const meanError = [0, 0];
  for (const side of [CONTROL, TREATMENT]) {
    let mean = outcomeSum[side]! / count[side]! - solution[0]!;
    for (let j = 1; j < size; j++) mean -= (solution[j]! * change[side]![j]!) / count[side]!;
    meanError[side] = mean;
  }
  const influence = new Float64Array(steps.count);
  let at = 0;
  steps.each(trace, (row, instrument, difference) => {
    let error = outcome[row]!;
    for (let j = 0; j < size; j++) error -= solution[j]! * difference[j]!;
    let own = 0;
    for (let i = 0; i < size; i++) own += sensitivity[i]! * instrument[i]!;
    let value = -own * steps.count * error;
    const side = arm[row]!;
    if (side === TREATMENT) value += ((error - meanError[TREATMENT]!) * steps.count) / count[TREATMENT]!;
    else if (side === CONTROL) value -= ((error - meanError[CONTROL]!) * steps.count) / count[CONTROL]!;
    influence[at++] = value;
  });
  const estimate = studentEstimate(
    where,
    { effect, variance: batchVariance(influence, batches), degreesOfFreedom: batches - 1 },
    options,
  );
  const stateValue = Float64Array.from({ length: steps.width }, (_, j) => solution[j + 1]! / steps.scale[j]!);
  return { ...estimate, naive, meanOutcome: solution[0]!, stateValue };
}

/** Visits one transition; both vectors start with the 1 of the mean outcome and are reused. */
type Visit = (row: number, instrument: Float64Array, difference: Float64Array) => void;

/** Rows with the row after them in the same trajectory, with features centred and scaled. */
class Transitions {
  readonly width: number;
  readonly count: number;
  /** Standard deviation of each feature. */
  readonly scale: Float64Array;
  readonly #mean: Float64Array;
  readonly #features: ArrayLike<number>;
  readonly #trajectory: ArrayLike<number> | undefined;
  readonly #rows: number;

  constructor(where: string, { outcome, arm, features, trajectory }: DifferencesInQInput) {
    const rows = outcome.length;
    checkColumn(`${where}: outcome`, outcome, rows);
    checkArms(`${where}: arm`, arm, rows);
    if (trajectory !== undefined) checkColumn(`${where}: trajectory`, trajectory, rows);
    const width = rows === 0 ? 0 : features.length / rows;
    if (!(Number.isInteger(width) && width >= 1))
      throw new RangeError(
        `${where}: features must be ${rows} rows of one width >= 1, got ${features.length} numbers`,
      );
    checkColumn(`${where}: features`, features, features.length);
    this.width = width;
    this.#rows = rows;
    this.#features = features;
    this.#trajectory = trajectory;
    const mean = new Float64Array(width);
    const scale = new Float64Array(width);
    for (let i = 0; i < features.length; i++) mean[i % width]! += features[i]! / rows;
    for (let i = 0; i < features.length; i++)
      scale[i % width]! += (features[i]! - mean[i % width]!) ** 2 / rows;
    for (let j = 0; j < width; j++) scale[j] = Math.sqrt(scale[j]!) || 1;
    this.#mean = mean;
    this.scale = scale;
    let count = 0;
    for (let i = 0; i + 1 < rows; i++) if (this.#follows(i)) count++;
    this.count = count;
  }

  #follows(row: number): boolean {
    return this.#trajectory === undefined || this.#trajectory[row] === this.#trajectory[row + 1];
  }

  each(trace: number, visit: Visit): void {
    const { width, scale } = this;
    const instrument = new Float64Array(width + 1);
    const difference = new Float64Array(width + 1);
    instrument[0] = 1;
    difference[0] = 1;
    for (let row = 0; row + 1 < this.#rows; row++) {
      const follows = this.#follows(row);
      for (let j = 0; j < width; j++) {
        const now = this.#features[row * width + j]!;
        instrument[j + 1] = trace * instrument[j + 1]! + (now - this.#mean[j]!) / scale[j]!;
        difference[j + 1] = (now - this.#features[(row + 1) * width + j]!) / scale[j]!;
      }
      if (follows) visit(row, instrument, difference);
      else instrument.fill(0, 1);
    }
  }
}
