import type { DecisionLogRow } from "../decision-log.ts";

/** The metrics that every row of a log names. */
export interface LogMetrics {
  /** Names inside `objectives`, in the file's order; at least one. */
  readonly objectives: readonly string[];
  /** Names inside `costs`; none leaves the column out, since Parquet has no empty struct. */
  readonly costs: readonly string[];
}

/** @throws RangeError when no objective is named, or a name twice */
export function requireMetricNames(metrics: LogMetrics): void {
  for (const [column, names] of [
    ["objectives", metrics.objectives],
    ["costs", metrics.costs],
  ] as const) {
    // SQL's names know no case.
    const twice = names.find(
      (name, at) => names.findIndex((each) => each.toLowerCase() === name.toLowerCase()) !== at,
    );
    if (twice !== undefined) throw new RangeError(`decision log: ${column} names ${twice} twice`);
  }
  if (metrics.objectives.length === 0)
    throw new RangeError("decision log: objectives names none; at least one is needed");
}

/**
 * What a row breaks of the log's contract, or undefined. `decisionLogRowSchema` says the same and more, at many times
 * the price of a row with hundreds of features.
 */
export function rowProblem(row: DecisionLogRow, metrics: LogMetrics): string | undefined {
  for (const name of ["decision_id", "unit_id", "session_id", "policy_id"] as const)
    if (row[name] === "") return `${name} is empty`;
  if (!Number.isSafeInteger(row.step) || row.step < 0)
    return `step is ${row.step}; allowed: a whole number from 0`;
  if (!Number.isFinite(row.timestamp)) return `timestamp is ${row.timestamp}; allowed: a finite number`;
  if (!isProbability(row.slate_propensity))
    return `slate_propensity is ${row.slate_propensity}; allowed: above 0 and at most 1`;
  if (row.position_propensities.length !== row.slate.length)
    return `position_propensities has ${row.position_propensities.length} entries for a slate of ${row.slate.length}`;
  const strange = row.position_propensities.find((value) => !isProbability(value));
  if (strange !== undefined) return `position_propensities holds ${strange}; allowed: above 0 and at most 1`;
  if (row.slate.length === 0) return "slate is empty";
  const outside = row.slate.find(
    (position) => !Number.isSafeInteger(position) || position < 0 || position >= row.candidates.length,
  );
  if (outside !== undefined)
    return `slate holds ${outside}; allowed: positions 0 … ${row.candidates.length - 1}`;
  if (new Set(row.slate).size !== row.slate.length) return "slate shows a candidate twice";
  if (!allFinite(row.context)) return "context holds a number that is not finite";
  const candidate = row.candidates.findIndex(({ features }) => !allFinite(features));
  if (candidate >= 0) return `candidates.${candidate}.features holds a number that is not finite`;
  return (
    metricsProblem("objectives", row.objectives, metrics.objectives) ??
    metricsProblem("costs", row.costs, metrics.costs)
  );
}

const isProbability = (value: number): boolean => value > 0 && value <= 1;

function allFinite(values: readonly number[]): boolean {
  for (const value of values) if (!Number.isFinite(value)) return false;
  return true;
}

function metricsProblem(
  column: "objectives" | "costs",
  values: Readonly<Record<string, number>>,
  names: readonly string[],
): string | undefined {
  const given = Object.keys(values);
  const unknown = given.find((name) => !names.includes(name));
  if (unknown !== undefined)
    return `${column}.${unknown} is not among the log's: ${names.join(", ") || "none"}`;
  const bad = names.find((name) => !Number.isFinite(values[name]));
  return bad === undefined ? undefined : `${column}.${bad} is ${values[bad]}; allowed: a finite number`;
}
