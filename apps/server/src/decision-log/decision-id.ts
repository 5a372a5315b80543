/** Where a decision is in a log. */
export interface DecisionPlace {
  readonly segment: number;
  readonly index: number;
}

// One way to write each number: "7" is an id's, "07" nobody's.
const DECISION_ID = /^([0-9a-f]{12})-(0|[1-9]\d{0,9})-(0|[1-9]\d{0,9})$/;

/** The id that a client gets: it says where the decision is, so that no table of ids is needed. */
export function decisionId(logId: string, segment: number, index: number): string {
  return `${logId}-${segment}-${index}`;
}

/** The place that an id of this log names; undefined for any other text. */
export function decisionPlace(logId: string, id: string): DecisionPlace | undefined {
  const match = DECISION_ID.exec(id);
  if (match === null || match[1] !== logId) return undefined;
  return { segment: Number(match[2]), index: Number(match[3]) };
}
