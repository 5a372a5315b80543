import type { DecisionLogChunk, DecisionLogReader, FileHash } from "@longview/formats";

/** A policy as a decision log sees it: what it would have done where the log decided. */
export interface LoggedPolicy {
  /** The policy as a person named it: `uniform`, `table:candidate.csv`, `bundle:runs/main/policy` … */
  readonly label: string;
  /** Columns of the log that the reader must hand on in `chunk.carried` for it. */
  readonly carry: readonly string[];
  /**
   * Called once with the open log, before any chunk.
   *
   * @throws OffPolicyEvaluationError one line, when the policy does not fit the log
   */
  prepare(reader: DecisionLogReader): void | Promise<void>;
  /** Probability with which the policy does what was logged (the action, or the whole slate in its order); one entry a row. */
  probabilityOfLogged(chunk: DecisionLogChunk): Float64Array | Promise<Float64Array>;
  /**
   * The whole distribution over `reader.actions`, row-major [rows, actions]; a row's sum below 1 is mass on what the log never
   * shows. Undefined where only the logged action's probability is known, or the log shows slates.
   */
  readonly distribution: ((chunk: DecisionLogChunk) => Float64Array | Promise<Float64Array>) | undefined;
  /** Logs that it learned from: an evaluation on one of them is no evidence. */
  readonly learnedFrom: readonly FileHash[];
  /** SHA-256 of what defines it: a table, a bundle's manifest; undefined where nothing but its label does. */
  readonly sha256: string | undefined;
}
