/** Every code that {@link DecisionLogError} carries. Codes are stable: add, never rename. */
export const DECISION_LOG_ERROR_CODES = [
  /** A file is missing, cut short, not what its name says, or cannot be decoded. */
  "UNREADABLE_FILE",
  /** There is no row to read, or none that may be kept. */
  "EMPTY",
  /** A column that is asked for is not in a file. */
  "MISSING_COLUMN",
  /** A column mapping or an option of the caller is not allowed. */
  "BAD_MAPPING",
  /** Rows break the log's contract. */
  "CONTRACT",
] as const;

/** Why a log was refused. */
export type DecisionLogErrorCode = (typeof DECISION_LOG_ERROR_CODES)[number];

/** A log that is refused: a stable `code`, and one line for each thing that is wrong (what, where, what is allowed). */
export class DecisionLogError extends Error {
  override readonly name = "DecisionLogError";
  readonly code: DecisionLogErrorCode;
  /** The message's lines; one unless `code` is `CONTRACT`. */
  readonly lines: readonly string[];

  constructor(code: DecisionLogErrorCode, lines: string | readonly string[], options?: ErrorOptions) {
    const all = typeof lines === "string" ? [lines] : lines;
    super(all.join("\n"), options);
    this.code = code;
    this.lines = all;
  }
}
