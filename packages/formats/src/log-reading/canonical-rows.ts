import { metricsOf, type ColumnMapping } from "./column-mapping.ts";
import type { LogSource } from "./log-source.ts";
import { identifier } from "./sql.ts";

/** File and row in one number: a log has at most 2^13 files of 2^40 rows. */
export const ROWS_PER_FILE = 2 ** 40;

/** What a canonical row is made from. */
export interface CanonicalSettings {
  readonly mapping: ColumnMapping;
  /** Whether the action is the one item of a slate of a decision log. */
  readonly slates: boolean;
  /** Columns to hand on as JSON. */
  readonly carry: readonly string[];
}

/**
 * The SELECT that turns one file's rows into the canonical columns that rules and readers work on: whatever the
 * format, a value, its text, and whether it is missing.
 *
 * @throws DecisionLogError `MISSING_COLUMN`
 */
export async function canonicalSelect(
  source: LogSource,
  fileIndex: number,
  { mapping, slates, carry }: CanonicalSettings,
): Promise<string> {
  const parts = [
    `${fileIndex}::BIGINT * ${ROWS_PER_FILE} + longview_source_row AS ordinal`,
    `longview_source_fault AS fault`,
  ];
  const number = async (name: string, column: string): Promise<void> => {
    const access = await source.column(column);
    parts.push(
      `${access.number} AS ${identifier(name)}`,
      `${access.text} AS ${identifier(`${name}_text`)}`,
      `${access.missing} AS ${identifier(`${name}_missing`)}`,
    );
  };
  const text = async (name: string, column: string | undefined): Promise<void> => {
    if (column !== undefined) parts.push(`trim(${(await source.column(column)).text}) AS ${name}`);
  };
  if (mapping.propensity !== undefined) await number("propensity", mapping.propensity);
  for (const [k, [, column]] of metricsOf(mapping).entries()) await number(`reward_${k}`, column);
  if (mapping.position !== undefined) await number("position", mapping.position);
  for (const [k, column] of Object.values(mapping.probabilities ?? {}).entries())
    await number(`probability_${k}`, column);
  await text("action", mapping.action);
  await text("decision_id", mapping.decision_id);
  await text("unit_id", mapping.unit_id);
  await text("policy_id", mapping.policy_id);
  await text("session_id", mapping.session_id);
  if (mapping.step !== undefined) await number("step", mapping.step);
  if (mapping.timestamp !== undefined) {
    const { time, text: shown } = await source.column(mapping.timestamp);
    parts.push(`CASE WHEN isfinite(${time}) THEN ${time} END AS time`, `${shown} AS time_text`);
  }
  if (mapping.outcomes_complete === undefined) parts.push("true AS complete");
  else {
    const { text: shown } = await source.column(mapping.outcomes_complete);
    parts.push(`TRY_CAST(${shown} AS BOOLEAN) AS complete`, `${shown} AS complete_text`);
  }
  if (slates) {
    await source.column("slate");
    await source.column("candidates");
    const slate = source.typed("slate", "INTEGER[]");
    const candidates = source.typed("candidates", "STRUCT(item_id VARCHAR)[]");
    parts.push(
      `len(${slate}) AS slate_size`,
      `len(${candidates}) AS candidate_count`,
      `CAST(${slate} AS VARCHAR) AS slate_text`,
      `coalesce(len(${slate}) > 0 AND list_min(${slate}) >= 0 AND list_max(${slate}) < len(${candidates}) ` +
        `AND len(list_distinct(${slate})) = len(${slate}), false) AS slate_valid`,
      `CAST(${candidates}[${slate}[1] + 1].item_id AS VARCHAR) AS action`,
    );
  }
  for (const [k, column] of carry.entries())
    parts.push(`CAST(${(await source.column(column)).json} AS VARCHAR) AS carried_${k}`);
  return (
    `SELECT *, fault IS NULL AND complete IS DISTINCT FROM false AS live ` +
    `FROM (SELECT ${parts.join(", ")} FROM ${source.relation} AS source)`
  );
}
