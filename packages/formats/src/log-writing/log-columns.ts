import type { DuckDBValue } from "@duckdb/node-api";
import type { DecisionLogRow } from "../decision-log.ts";
import { identifier } from "../log-reading/sql.ts";
import type { LogMetrics } from "./row-problem.ts";

type DuckDBModule = typeof import("@duckdb/node-api");

/** One column of the file. */
export interface LogColumn {
  readonly name: string;
  readonly sqlType: string;
  readonly valueOf: (row: DecisionLogRow) => DuckDBValue;
}

/**
 * The columns of DESIGN.md's decision log, in its order. Features and context are float32, which is what policies read;
 * all other numbers are float64.
 */
export function logColumns({ listValue, structValue }: DuckDBModule, metrics: LogMetrics): LogColumn[] {
  const doubles = (names: readonly string[]): string =>
    `STRUCT(${names.map((name) => `${identifier(name)} DOUBLE`).join(", ")})`;
  const columns: LogColumn[] = [
    { name: "decision_id", sqlType: "VARCHAR", valueOf: (row) => row.decision_id },
    { name: "unit_id", sqlType: "VARCHAR", valueOf: (row) => row.unit_id },
    { name: "session_id", sqlType: "VARCHAR", valueOf: (row) => row.session_id },
    { name: "step", sqlType: "INTEGER", valueOf: (row) => row.step },
    { name: "timestamp", sqlType: "DOUBLE", valueOf: (row) => row.timestamp },
    { name: "policy_id", sqlType: "VARCHAR", valueOf: (row) => row.policy_id },
    { name: "random_key", sqlType: "VARCHAR", valueOf: (row) => row.random_key },
    { name: "context", sqlType: "FLOAT[]", valueOf: (row) => listValue(row.context) },
    {
      name: "candidates",
      sqlType: "STRUCT(item_id VARCHAR, creator_id VARCHAR, features FLOAT[])[]",
      valueOf: (row) =>
        listValue(
          row.candidates.map(({ item_id, creator_id, features }) =>
            structValue({ item_id, creator_id, features: listValue(features) }),
          ),
        ),
    },
    { name: "slate", sqlType: "INTEGER[]", valueOf: (row) => listValue(row.slate) },
    { name: "slate_propensity", sqlType: "DOUBLE", valueOf: (row) => row.slate_propensity },
    {
      name: "position_propensities",
      sqlType: "DOUBLE[]",
      valueOf: (row) => listValue(row.position_propensities),
    },
    {
      name: "objectives",
      sqlType: doubles(metrics.objectives),
      valueOf: (row) => structValue(row.objectives),
    },
  ];
  if (metrics.costs.length > 0)
    columns.push({
      name: "costs",
      sqlType: doubles(metrics.costs),
      valueOf: (row) => structValue(row.costs),
    });
  columns.push(
    { name: "terminated", sqlType: "BOOLEAN", valueOf: (row) => row.terminated },
    { name: "truncated", sqlType: "BOOLEAN", valueOf: (row) => row.truncated },
    { name: "outcomes_complete", sqlType: "BOOLEAN", valueOf: (row) => row.outcomes_complete },
  );
  return columns;
}
