import type { DecisionLogChunk } from "@longview/formats";
import type { LoggedDecision } from "@longview/policies";

/** A row of a decision log as policies score it, with what was shown. */
export interface CarriedDecision extends LoggedDecision {
  readonly slate: readonly number[];
}

/** Columns that {@link carriedDecision} reads. */
export const CARRIED_COLUMNS = ["context", "candidates", "slate"] as const;

/** A row's carried columns as a decision, or what is wrong with them in one line. */
export function carriedDecision(chunk: DecisionLogChunk, row: number): CarriedDecision | string {
  const [context, candidates, slate] = CARRIED_COLUMNS.map((name) => chunk.carried[name]?.[row]);
  if (!isNumbers(context)) return "context is not a list of numbers";
  if (!Array.isArray(candidates)) return "candidates is not a list";
  const odd = candidates.findIndex((candidate) => !isCandidate(candidate));
  if (odd >= 0 || !candidates.every(isCandidate))
    return `candidates.${odd} has no item_id and list of features that are numbers`;
  if (!isNumbers(slate)) return "slate is not a list of numbers";
  return { context, candidates, slate };
}

function isNumbers(value: unknown): value is readonly number[] {
  if (!Array.isArray(value)) return false;
  for (const entry of value) if (typeof entry !== "number") return false;
  return true;
}

function isCandidate(value: unknown): value is LoggedDecision["candidates"][number] {
  return (
    typeof value === "object" &&
    value !== null &&
    "item_id" in value &&
    typeof value.item_id === "string" &&
    "features" in value &&
    isNumbers(value.features)
  );
}
