import { chiSquaredUpperTail } from "@longview/statistics";
import { OffPolicyEvaluationError } from "../error.ts";
import { checkLengths, checkWithin } from "../intervals/interval.ts";
import { byUnit, unitsOf } from "../intervals/units.ts";

/** Mean of the rows of one group. */
export interface GroupMean {
  readonly group: number;
  readonly count: number;
  readonly mean: number;
  /** Clustered when asked; NaN for a group of one unit. */
  readonly standardError: number;
}

/** Means by group, and whether they differ. */
export interface GroupComparison {
  /** Ascending by group. */
  readonly groups: readonly GroupMean[];
  /**
   * Σ of squared z-scores against the precision-weighted mean, over groups of at least two units. A group whose values are all
   * equal has the standard error that the variance of all rows would give it: a day without any reward counts.
   */
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  /** P-value of "all groups have one mean"; 1 when fewer than two can be compared. */
  readonly pValue: number;
}

/**
 * Compares the mean of `values` between groups (days, positions).
 *
 * @param groups - group number of each row
 * @throws OffPolicyEvaluationError `BAD_LENGTH`, `BAD_VALUE`, `EMPTY`
 * @see Cochran (1954), "The combination of estimates from different experiments"
 */
export function compareGroups(
  values: ArrayLike<number>,
  groups: ArrayLike<number>,
  clusters?: ArrayLike<number>,
): GroupComparison {
  const where = "compareGroups";
  checkLengths(where, { values, groups });
  checkWithin(where, "value", values);
  checkWithin(where, "group", groups);
  if (clusters !== undefined && clusters.length !== values.length)
    throw new OffPolicyEvaluationError(
      "BAD_LENGTH",
      `${where}: clusters must have ${values.length} entries, got ${clusters.length}`,
    );
  const rowsOf = new Map<number, number[]>();
  for (let i = 0; i < values.length; i++) {
    const rows = rowsOf.get(groups[i]!);
    if (rows === undefined) rowsOf.set(groups[i]!, [i]);
    else rows.push(i);
  }
  const found = [...rowsOf.entries()]
    .sort(([a], [b]) => a - b)
    .map(([group, rows]): GroupMean => {
      const own = Float64Array.from(rows, (i) => values[i]!);
      let sum = 0;
      for (const value of own) sum += value;
      const mean = sum / own.length;
      const ids = clusters === undefined ? undefined : Float64Array.from(rows, (i) => clusters[i]!);
      return { group, count: own.length, mean, standardError: errorOf(own, mean, ids) };
    });
  const usable = found
    .map((g) =>
      g.standardError === 0 ? { ...g, standardError: errorOfAll(values, g, rowsOf, clusters) } : g,
    )
    .filter((g) => g.standardError > 0);
  if (usable.length < 2) return { groups: found, statistic: 0, degreesOfFreedom: 0, pValue: 1 };
  let precision = 0;
  let weighted = 0;
  for (const g of usable) {
    precision += g.standardError ** -2;
    weighted += g.mean * g.standardError ** -2;
  }
  const centre = weighted / precision;
  let statistic = 0;
  for (const g of usable) statistic += ((g.mean - centre) / g.standardError) ** 2;
  const degreesOfFreedom = usable.length - 1;
  return {
    groups: found,
    statistic,
    degreesOfFreedom,
    pValue: chiSquaredUpperTail(statistic, degreesOfFreedom),
  };
}

/** Standard error of a group's mean by the variance of all rows; of clusters, as if each were one row. */
function errorOfAll(
  values: ArrayLike<number>,
  { group }: GroupMean,
  rowsOf: ReadonlyMap<number, readonly number[]>,
  clusters: ArrayLike<number> | undefined,
): number {
  const count = values.length;
  let mean = 0;
  for (let i = 0; i < count; i++) mean += values[i]! / count;
  let variance = 0;
  for (let i = 0; i < count; i++) variance += (values[i]! - mean) ** 2 / count;
  const rows = rowsOf.get(group)!;
  const units = clusters === undefined ? rows.length : new Set(rows.map((i) => clusters[i]!)).size;
  return Math.sqrt(variance / units);
}

function errorOf(values: Float64Array, mean: number, clusters: Float64Array | undefined): number {
  const distinct = clusters === undefined ? values.length : new Set(clusters).size;
  if (distinct < 2) return Number.NaN;
  const units = unitsOf("compareGroups", values.length, clusters);
  let squares = 0;
  for (const d of byUnit(
    values.map((v) => v - mean),
    units,
  ))
    squares += d * d;
  return Math.sqrt(squares / (units.count - 1) / units.count);
}
