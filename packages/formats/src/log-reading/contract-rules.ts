import { metricsOf, type ColumnMapping } from "./column-mapping.ts";
import { identifier, literal } from "./sql.ts";

/** Every rule of a log's contract that a row can break. */
export const CONTRACT_RULES = [
  "ROW_UNREADABLE",
  "PROPENSITY_MISSING",
  "PROPENSITY_NOT_A_NUMBER",
  "PROPENSITY_NAN",
  "PROPENSITY_NOT_POSITIVE",
  "PROPENSITY_ABOVE_ONE",
  "REWARD_MISSING",
  "REWARD_NOT_A_NUMBER",
  "REWARD_NOT_FINITE",
  "ACTION_MISSING",
  "ACTION_UNKNOWN",
  "SLATE_INVALID",
  "POSITION_INVALID",
  "PROBABILITY_INVALID",
  "TIMESTAMP_INVALID",
  "TIME_BACKWARD",
  "DECISION_ID_MISSING",
  "DECISION_ID_DUPLICATE",
  "UNIT_MISSING",
  "POLICY_MISSING",
  "POLICY_UNKNOWN",
  "SESSION_MISSING",
  "STEP_INVALID",
  "OUTCOMES_FLAG_INVALID",
] as const;
export type ContractRuleCode = (typeof CONTRACT_RULES)[number];

/** The end of the year 9999, in seconds: what is beyond it was counted in something finer than seconds. */
const LARGEST_TIME = 253_402_300_800;

/** One rule, bound to a log's columns. */
export interface ContractRule {
  readonly code: ContractRuleCode;
  /** What is wrong with a row that breaks it, with the column's name. */
  readonly fault: string;
  /** What is allowed. */
  readonly allowed: string;
  /** SQL over the canonical columns: whether a row breaks it. */
  readonly broken: string;
  /** SQL over the canonical columns: what to show of the first such row, as text. */
  readonly shown: string;
}

/** What the rules need to know beside the mapping. */
export interface RuleSettings {
  readonly slates: boolean;
  readonly knownPolicies: readonly string[] | undefined;
  readonly knownActions: readonly string[] | undefined;
}

/** The rules that one row can break by itself. */
export function rowRules(mapping: ColumnMapping, settings: RuleSettings): readonly ContractRule[] {
  const rules: ContractRule[] = [
    {
      code: "ROW_UNREADABLE",
      fault: "row cannot be read",
      allowed: "a whole row",
      broken: "fault IS NOT NULL",
      shown: "fault",
    },
  ];
  const add = (
    code: ContractRuleCode,
    fault: string,
    allowed: string,
    broken: string,
    shown: string,
  ): void => {
    rules.push({ code, fault, allowed, broken: `live AND coalesce(${broken}, false)`, shown });
  };
  const number = (
    code: "PROPENSITY" | "REWARD",
    name: string,
    shownName: string,
    allowed: string,
  ): { value: string; text: string } => {
    const value = identifier(name);
    const text = identifier(`${name}_text`);
    add(`${code}_MISSING`, `${shownName} is missing`, allowed, identifier(`${name}_missing`), "NULL");
    add(
      `${code}_NOT_A_NUMBER`,
      `${shownName} is not a number`,
      allowed,
      `${value} IS NULL AND NOT ${identifier(`${name}_missing`)}`,
      text,
    );
    return { value, text };
  };
  if (mapping.propensity !== undefined) {
    const allowed = "above 0 and at most 1";
    const { value, text } = number("PROPENSITY", "propensity", mapping.propensity, allowed);
    add("PROPENSITY_NAN", `${mapping.propensity} is NaN`, allowed, `isnan(${value})`, text);
    add(
      "PROPENSITY_NOT_POSITIVE",
      `${mapping.propensity} is not above 0`,
      allowed,
      `NOT isnan(${value}) AND ${value} <= 0`,
      text,
    );
    add(
      "PROPENSITY_ABOVE_ONE",
      `${mapping.propensity} is above 1`,
      allowed,
      `NOT isnan(${value}) AND ${value} > 1`,
      text,
    );
  }
  for (const [k, [, column]] of metricsOf(mapping).entries()) {
    const { value, text } = number("REWARD", `reward_${k}`, column, "a finite number");
    add(
      "REWARD_NOT_FINITE",
      `${column} is NaN or infinite`,
      "a finite number",
      `NOT isfinite(${value})`,
      text,
    );
  }
  if (mapping.action !== undefined) {
    add(
      "ACTION_MISSING",
      `${mapping.action} is missing`,
      "an item's id",
      "coalesce(action = '', true)",
      "NULL",
    );
  }
  if (settings.knownActions !== undefined && (mapping.action !== undefined || settings.slates))
    add(
      "ACTION_UNKNOWN",
      `${mapping.action ?? "the slate's item"} is not a known item`,
      `one of ${settings.knownActions.length} items`,
      `action <> '' AND action NOT IN (${settings.knownActions.map(literal).join(", ")})` +
        (settings.slates ? " AND slate_size = 1" : ""),
      "action",
    );
  if (settings.slates)
    add(
      "SLATE_INVALID",
      "slate is empty, shows a candidate twice, or one that is not there",
      "distinct positions into candidates",
      "NOT slate_valid",
      "slate_text",
    );
  if (mapping.position !== undefined)
    add(
      "POSITION_INVALID",
      `${mapping.position} is not a position`,
      `a whole number from ${mapping.position_base}`,
      `position IS NULL OR NOT isfinite(position) OR position <> floor(position) OR ` +
        `position < ${mapping.position_base} OR position > 1e6`,
      "position_text",
    );
  for (const [k, [, column]] of Object.entries(mapping.probabilities ?? {}).entries())
    add(
      "PROBABILITY_INVALID",
      `${column} is not a probability`,
      "from 0 to 1",
      `probability_${k} IS NULL OR isnan(probability_${k}) OR probability_${k} < 0 OR probability_${k} > 1`,
      `probability_${k}_text`,
    );
  if (mapping.timestamp !== undefined)
    add(
      "TIMESTAMP_INVALID",
      `${mapping.timestamp} is not a time`,
      "seconds, or a date and time",
      `time IS NULL OR abs(time) > ${LARGEST_TIME}`,
      "time_text",
    );
  if (mapping.decision_id !== undefined)
    add(
      "DECISION_ID_MISSING",
      `${mapping.decision_id} is missing`,
      "an id, unique in the log",
      "coalesce(decision_id = '', true)",
      "NULL",
    );
  if (mapping.unit_id !== undefined)
    add("UNIT_MISSING", `${mapping.unit_id} is missing`, "an id", "coalesce(unit_id = '', true)", "NULL");
  if (mapping.policy_id !== undefined) {
    add(
      "POLICY_MISSING",
      `${mapping.policy_id} is missing`,
      "an id",
      "coalesce(policy_id = '', true)",
      "NULL",
    );
    if (settings.knownPolicies !== undefined)
      add(
        "POLICY_UNKNOWN",
        `${mapping.policy_id} names an unknown policy`,
        settings.knownPolicies.join(", "),
        `policy_id <> '' AND policy_id NOT IN (${settings.knownPolicies.map(literal).join(", ")})`,
        "policy_id",
      );
  }
  if (mapping.session_id !== undefined)
    add(
      "SESSION_MISSING",
      `${mapping.session_id} is missing`,
      "an id",
      "coalesce(session_id = '', true)",
      "NULL",
    );
  if (mapping.step !== undefined)
    add(
      "STEP_INVALID",
      `${mapping.step} is not a step`,
      "a whole number from 0",
      "step IS NULL OR NOT isfinite(step) OR step <> floor(step) OR step < 0 OR step > 1e9",
      "step_text",
    );
  if (mapping.outcomes_complete !== undefined)
    add(
      "OUTCOMES_FLAG_INVALID",
      `${mapping.outcomes_complete} is neither true nor false`,
      "true or false",
      "complete IS NULL",
      "complete_text",
    );
  return rules;
}
