/** Every code that {@link ScorecardError} carries. Codes are stable: add, never rename. */
export const SCORECARD_ERROR_CODES = [
  /** Arrays that describe the same pages have different lengths. */
  "BAD_LENGTH",
  /** A number in the data is outside its range. */
  "BAD_VALUE",
  /** An option of the caller is outside its range. */
  "BAD_OPTION",
  /** The mapping of a log's columns to fields is wrong. */
  "BAD_FIELDS",
  /** The exchange rates are wrong, or changed without a new version. */
  "BAD_EXCHANGE_RATES",
] as const;

/** Why a scorecard was refused. */
export type ScorecardErrorCode = (typeof SCORECARD_ERROR_CODES)[number];

/** The package's one error: a stable `code` and one line that says what, where and what is allowed. */
export class ScorecardError extends Error {
  override readonly name = "ScorecardError";
  readonly code: ScorecardErrorCode;

  constructor(code: ScorecardErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
