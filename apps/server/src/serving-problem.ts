import { SERVING_ERRORS, type ServingError, type ServingErrorCode } from "@longview/formats";

/** What a caller is told went wrong: a code, and one line that names no file and no stack. */
export class ServingProblem extends Error {
  override readonly name = "ServingProblem";
  readonly code: ServingErrorCode;

  constructor(code: ServingErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  get status(): number {
    return SERVING_ERRORS[this.code];
  }

  /** The answer's body. */
  get body(): ServingError {
    return { error: { code: this.code, message: this.message } };
  }
}

/** A request that is not as the schema says. */
export const badRequest = (message: string): ServingProblem => new ServingProblem("BAD_REQUEST", message);
