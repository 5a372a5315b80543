import { z } from "zod";
import { DecisionLogError } from "./decision-log-error.ts";
import { nearMiss } from "./near-miss.ts";
import { schemaIssueText } from "./schema-issue.ts";

const column = z.string().min(1);

/**
 * Which column of a log holds what; the values are column names. A name with a dot also reaches into a struct or a
 * JSON object (`objectives.engagement`).
 */
export const columnMappingSchema = z.strictObject({
  reward: z
    .union([column, z.record(z.string().min(1), column)])
    .describe("The reward's column, or several metrics by name; the first is the primary one"),
  propensity: column.optional().describe("Probability with which the logged action was chosen, in (0, 1]"),
  action: column.optional().describe("What was shown: an item's id"),
  position: column.optional().describe("Where it was shown"),
  position_base: z.int().min(0).default(0).describe("The first position's number in the log: 0 or 1"),
  decision_id: column.optional().describe("Unique in the log"),
  unit_id: column.optional().describe("The user: what is independent of what"),
  timestamp: column.optional().describe("Seconds, or a date and time (UTC unless it says otherwise)"),
  policy_id: column.optional().describe("The policy that decided"),
  session_id: column.optional().describe("The session (episode) of a unit that a decision belongs to"),
  step: column.optional().describe("The decision's number in its session, from 0"),
  features: z
    .array(column)
    .optional()
    .describe("What was known before the decision: numbers, lists of numbers, or categories as text"),
  outcomes_complete: column.optional().describe("False while the attribution window is open"),
  probabilities: z
    .record(z.string().min(1), column)
    .optional()
    .describe("Other policies' probability of the logged action, in [0, 1], by policy name"),
});
/** A checked column mapping. */
export type ColumnMapping = z.infer<typeof columnMappingSchema>;
/** A column mapping as a person writes it. */
export type ColumnMappingInput = z.input<typeof columnMappingSchema>;

/**
 * Checks a column mapping, the parsed content of a YAML or JSON file.
 *
 * @param where - the file's name, for the message
 * @throws DecisionLogError `BAD_MAPPING`, one line that names the entry
 */
export function parseColumnMapping(value: unknown, where = "column mapping"): ColumnMapping {
  const parsed = columnMappingSchema.safeParse(value);
  if (parsed.success) {
    const { reward } = parsed.data;
    if (typeof reward !== "string" && Object.keys(reward).length === 0)
      throw new DecisionLogError("BAD_MAPPING", `${where}: reward names no column; at least one is needed`);
    return parsed.data;
  }
  const { issues } = parsed.error;
  const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0]!;
  const known = Object.keys(columnMappingSchema.shape);
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0]!;
    const near = nearMiss(key, known);
    const hint = near === undefined ? "" : ` did you mean ${JSON.stringify(near)}?`;
    throw new DecisionLogError(
      "BAD_MAPPING",
      `${where}: there is no entry ${JSON.stringify(key)};${hint} allowed: ${known.join(", ")}`,
    );
  }
  const what =
    issue.path.length === 0
      ? "must be entries such as `reward: click`"
      : issue.path.length === 1 && issue.path[0] === "reward"
        ? "reward: must name a column, or be entries `metric: column`"
        : schemaIssueText(issue, value);
  throw new DecisionLogError("BAD_MAPPING", `${where}: ${what}`);
}

/** The metrics of a mapping, name and column, the primary one first. */
export function metricsOf(mapping: ColumnMapping): readonly (readonly [name: string, column: string])[] {
  return typeof mapping.reward === "string" ? [["reward", mapping.reward]] : Object.entries(mapping.reward);
}

/**
 * A mapping with further policies' probabilities, by policy name.
 *
 * @throws DecisionLogError `BAD_MAPPING` for a name that is mapped already
 */
export function withProbabilities(
  mapping: ColumnMapping,
  more: Readonly<Record<string, string>> | undefined,
): ColumnMapping {
  if (more === undefined) return mapping;
  for (const name of Object.keys(more))
    if (mapping.probabilities !== undefined && Object.hasOwn(mapping.probabilities, name))
      throw new DecisionLogError("BAD_MAPPING", `probabilities: ${name} is mapped already`);
  return { ...mapping, probabilities: { ...mapping.probabilities, ...more } };
}
