/** Every code that {@link OffPolicyEvaluationError} carries. Codes are stable: add, never rename. */
export const OFF_POLICY_EVALUATION_ERROR_CODES = [
  /** The target policy puts no weight on anything that was logged. */
  "NO_SUPPORT",
  /** Arrays that describe the same rows have different lengths. */
  "BAD_LENGTH",
  /** A number in the data is outside its range or not finite. */
  "BAD_VALUE",
  /** There are no rows. */
  "EMPTY",
  /** An option of the caller is outside its range. */
  "BAD_OPTION",
  /** What is asked for needs something that the data does not hold. */
  "NOT_COMPUTABLE",
] as const;

/** Why an evaluation was refused. */
export type OffPolicyEvaluationErrorCode = (typeof OFF_POLICY_EVALUATION_ERROR_CODES)[number];

/** The package's one error: a stable `code` and one line that says what, where and what is allowed. */
export class OffPolicyEvaluationError extends Error {
  override readonly name = "OffPolicyEvaluationError";
  readonly code: OffPolicyEvaluationErrorCode;

  constructor(code: OffPolicyEvaluationErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
