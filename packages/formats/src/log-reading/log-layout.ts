import { parseColumnMapping, type ColumnMapping } from "./column-mapping.ts";
import { DecisionLogError } from "./decision-log-error.ts";

/** How a log is laid out: as Open Bandit publishes it, as Longview writes it, or as a mapping says. */
export const LOG_LAYOUTS = ["open-bandit", "decision-log", "mapping"] as const;
export type LogLayout = (typeof LOG_LAYOUTS)[number];

/** Columns that make a file one of the Open Bandit Dataset. */
export const OPEN_BANDIT_COLUMNS = ["timestamp", "item_id", "position", "click", "propensity_score"] as const;

/** Columns that make a file one of Longview's own decision logs. */
export const DECISION_LOG_COLUMNS = [
  "decision_id",
  "slate",
  "candidates",
  "slate_propensity",
  "objectives",
] as const;

/** The Open Bandit Dataset as published: positions 1 to 3 become 0 to 2. */
export const OPEN_BANDIT_MAPPING: ColumnMapping = parseColumnMapping({
  reward: { click: "click" },
  propensity: "propensity_score",
  action: "item_id",
  position: "position",
  position_base: 1,
  timestamp: "timestamp",
});

/** {@link OPEN_BANDIT_MAPPING} with the user's categories, where a file has them. */
export function openBanditMapping(columns: readonly string[]): ColumnMapping {
  const features = columns.filter((name) => /^user_feature_\d+$/.test(name));
  return features.length === 0 ? OPEN_BANDIT_MAPPING : { ...OPEN_BANDIT_MAPPING, features };
}

/** The layout of a file that comes without a mapping. */
export function recognizeLayout(file: string, columns: readonly string[]): "open-bandit" | "decision-log" {
  if (OPEN_BANDIT_COLUMNS.every((name) => columns.includes(name))) return "open-bandit";
  if (DECISION_LOG_COLUMNS.every((name) => columns.includes(name))) return "decision-log";
  throw new DecisionLogError(
    "BAD_MAPPING",
    `${file}: its columns (${columns.slice(0, 12).join(", ")}${columns.length > 12 ? ", …" : ""}) are neither ` +
      `Open Bandit's nor a decision log's; a column mapping is needed`,
  );
}

/** The mapping of Longview's own log, whose metrics are what its first rows name. */
export function decisionLogMapping(
  file: string,
  columns: readonly string[],
  metrics: Readonly<Record<string, string>>,
): ColumnMapping {
  if (Object.keys(metrics).length === 0)
    throw new DecisionLogError("MISSING_COLUMN", `${file}: "objectives" holds no metric; one is needed`);
  const optional = (name: string): Record<string, string> => (columns.includes(name) ? { [name]: name } : {});
  return parseColumnMapping({
    reward: metrics,
    propensity: "slate_propensity",
    decision_id: "decision_id",
    ...optional("unit_id"),
    ...optional("timestamp"),
    ...optional("policy_id"),
    ...optional("session_id"),
    ...optional("step"),
    ...(columns.includes("context") ? { features: ["context"] } : {}),
    ...optional("outcomes_complete"),
  });
}
