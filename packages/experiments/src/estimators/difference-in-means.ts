import { checkArms, checkColumn } from "../checks.ts";
import type { EstimateOptions } from "./estimate.ts";
import { groupSums } from "./group-sums.ts";
import { ratioEffectOf, type ArmEffect } from "./ratio.ts";

/** Input of {@link differenceInMeans}. */
export interface DifferenceInput {
  /** One entry a row. */
  readonly outcome: ArrayLike<number>;
  /** Rows outside the experiment are left out. */
  readonly arm: ArrayLike<number>;
  /**
   * What was randomised, where several rows share one: user ids of decisions, or clusters of users. Rows of one cluster must have
   * one arm. @defaultValue each row is a unit
   */
  readonly cluster?: ArrayLike<number>;
}

/**
 * Difference of the arms' means with Welch's interval; with clusters the rows' means with the interval of whole clusters
 * (the delta method on clusters' sums and counts).
 *
 * Unbiased for the effect of treating everyone only where no unit's outcome depends on another's arm.
 *
 * @throws RangeError for columns of different lengths, values that are not finite, a cluster in two arms, or an arm of less than 2
 * units
 * @example
 * differenceInMeans({ outcome: [1, 2, 3, 5], arm: [0, 0, 1, 1] }).effect; // => 2.5
 */
export function differenceInMeans(
  { outcome, arm, cluster }: DifferenceInput,
  options: EstimateOptions = {},
): ArmEffect {
  const where = "differenceInMeans";
  const rows = outcome.length;
  if (cluster === undefined)
    return ratioEffectOf(
      where,
      { numerator: outcome, denominator: new Float64Array(rows).fill(1), arm },
      options,
    );
  checkColumn(`${where}: outcome`, outcome, rows);
  checkArms(`${where}: arm`, arm, rows);
  checkColumn(`${where}: cluster`, cluster, rows);
  return ratioEffectOf(where, groupSums(where, { group: cluster, numerator: outcome, arm }), options);
}
