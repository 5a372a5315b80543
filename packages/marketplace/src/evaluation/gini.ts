import { gini as giniOfShares } from "@longview/scorecard";

/** Gini coefficient of non-negative values; 0 where nothing is shared out, which the scorecard's own calls not a number. */
export function gini(values: ArrayLike<number>): number {
  const coefficient = giniOfShares(values);
  return Number.isNaN(coefficient) ? 0 : coefficient;
}
