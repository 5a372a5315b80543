/** Candidates in typed arrays, features in the order that the request names them. */
export interface CandidateTable {
  readonly itemIds: readonly string[];
  readonly creatorIds: readonly string[] | undefined;
  readonly featureNames: readonly string[];
  /** Candidates × features, row after row. */
  readonly features: Float32Array;
  readonly eligible: readonly boolean[] | undefined;
}

/** A decision that is asked for. */
export interface RankQuery {
  readonly unitId: string;
  readonly sessionId: string | undefined;
  readonly step: number;
  readonly mode: "explore" | "greedy";
  readonly seed: string | undefined;
  readonly slots: number | undefined;
  /** In the policy's order, or by name. */
  readonly context: Float32Array | Readonly<Record<string, number>>;
  readonly candidates: CandidateTable;
}
