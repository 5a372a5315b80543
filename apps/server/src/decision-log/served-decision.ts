/** A decision as the ranking knows it when it answers. Its arrays are copied when it is appended. */
export interface ServedDecision {
  readonly unitId: string;
  /** Undefined for a decision that stands alone: its session is itself. */
  readonly sessionId: string | undefined;
  readonly step: number;
  readonly policyId: string;
  readonly randomKey: string;
  readonly context: Float32Array;
  readonly itemIds: readonly string[];
  readonly creatorIds: readonly string[];
  /** Candidates × features, row after row. */
  readonly features: Float32Array;
  readonly featureCount: number;
  /** Positions into the candidates, first shown first. */
  readonly slate: Int32Array;
  readonly slatePropensity: number;
  readonly positionPropensities: Float64Array;
}

/** What came of a decision. Metrics that are not named are 0. */
export interface FeedbackReport {
  readonly decisionId: string;
  readonly objectives?: Readonly<Record<string, number>> | undefined;
  readonly costs?: Readonly<Record<string, number>> | undefined;
  readonly terminated?: boolean | undefined;
  readonly truncated?: boolean | undefined;
}

/**
 * What became of a report: it goes into the log; its decision's window is closed; its decision has one already; no
 * such decision was answered.
 */
export type FeedbackResult = "joined" | "late" | "duplicate" | "unknown";

const isProbability = (value: number): boolean => value > 0 && value <= 1;

/** What a decision breaks of the log's contract, or undefined. */
export function decisionProblem(decision: ServedDecision): string | undefined {
  const { itemIds, creatorIds, features, featureCount, slate, slatePropensity, positionPropensities } =
    decision;
  // The log's readers trim ids.
  for (const name of ["unitId", "sessionId", "policyId"] as const)
    if (decision[name]?.trim() === "") return `${name} is empty`;
  if (!Number.isInteger(decision.step) || decision.step < 0 || decision.step > 1e9)
    return `step is ${decision.step}; allowed: a whole number from 0 to 1e9`;
  if (creatorIds.length !== itemIds.length)
    return `creatorIds has ${creatorIds.length} entries for ${itemIds.length} candidates`;
  if (features.length !== itemIds.length * featureCount)
    return `features has ${features.length} numbers for ${itemIds.length} candidates of ${featureCount}`;
  if (slate.length === 0) return "slate is empty";
  if (positionPropensities.length !== slate.length)
    return `positionPropensities has ${positionPropensities.length} entries for a slate of ${slate.length}`;
  for (let k = 0; k < slate.length; k++) {
    const position = slate[k]!;
    if (position < 0 || position >= itemIds.length)
      return `slate holds ${position}; allowed: positions 0 … ${itemIds.length - 1}`;
    if (slate.indexOf(position) !== k) return "slate shows a candidate twice";
    if (!isProbability(positionPropensities[k]!))
      return `positionPropensities holds ${positionPropensities[k]}; allowed: above 0 and at most 1`;
  }
  if (!isProbability(slatePropensity))
    return `slatePropensity is ${slatePropensity}; allowed: above 0 and at most 1`;
  return undefined;
}
