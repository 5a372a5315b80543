import { checkArms, checkColumn } from "../checks.ts";
import { CONTROL, OUTSIDE, TREATMENT } from "../designs/design.ts";
import type { EstimateOptions } from "./estimate.ts";
import { ratioEffectOf, type ArmEffect } from "./ratio.ts";

/** Input of {@link cupedEffect}: one entry a unit of randomisation. */
export interface CupedInput {
  readonly outcome: ArrayLike<number>;
  /** What was known of the unit before it got its arm, such as the same outcome in the weeks before. */
  readonly covariate: ArrayLike<number>;
  readonly arm: ArrayLike<number>;
}

/** An effect with what the covariate explained. */
export interface CupedEffect extends ArmEffect {
  /** Coefficient of the covariate. */
  readonly coefficient: number;
  /** Variance of the adjusted outcome over that of the outcome, within arms: `1 − ρ²`. */
  readonly varianceRatio: number;
}

/**
 * Difference in means of `y − θ (x − x̄)`, with `θ` the covariance over the variance within arms: the same effect with variance
 * `1 − ρ²` times that of the plain difference.
 *
 * A covariate that treatment can move makes it biased: take it from before the experiment.
 *
 * @throws RangeError as `differenceInMeans`, and for a covariate without variation
 * @see Deng, Xu, Kohavi & Walker (2013), "Improving the sensitivity of online controlled experiments by utilizing pre-experiment data"
 */
export function cupedEffect(
  { outcome, covariate, arm }: CupedInput,
  options: EstimateOptions = {},
): CupedEffect {
  const where = "cupedEffect";
  const rows = outcome.length;
  checkColumn(`${where}: outcome`, outcome, rows);
  checkColumn(`${where}: covariate`, covariate, rows);
  checkArms(`${where}: arm`, arm, rows);
  let total = 0;
  let units = 0;
  let outcomeSquares = 0;
  let covariateSquares = 0;
  let products = 0;
  for (const wanted of [CONTROL, TREATMENT]) {
    let count = 0;
    let outcomeSum = 0;
    let covariateSum = 0;
    for (let i = 0; i < rows; i++) {
      if (arm[i] !== wanted) continue;
      count++;
      outcomeSum += outcome[i]!;
      covariateSum += covariate[i]!;
    }
    for (let i = 0; i < rows; i++) {
      if (arm[i] !== wanted) continue;
      const y = outcome[i]! - outcomeSum / count;
      const x = covariate[i]! - covariateSum / count;
      outcomeSquares += y * y;
      covariateSquares += x * x;
      products += x * y;
    }
    total += covariateSum;
    units += count;
  }
  if (!(covariateSquares > 0)) throw new RangeError(`${where}: the covariate must vary within an arm`);
  const coefficient = products / covariateSquares;
  const mean = total / units;
  const adjusted = Float64Array.from({ length: rows }, (_, i) =>
    arm[i] === OUTSIDE ? 0 : outcome[i]! - coefficient * (covariate[i]! - mean),
  );
  const effect = ratioEffectOf(
    where,
    { numerator: adjusted, denominator: new Float64Array(rows).fill(1), arm },
    options,
  );
  const explained = outcomeSquares === 0 ? 0 : (coefficient * products) / outcomeSquares;
  return { ...effect, coefficient, varianceRatio: 1 - explained };
}
