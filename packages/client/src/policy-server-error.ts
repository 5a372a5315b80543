/** A request that a policy server refused, or that never reached it. */
export class PolicyServerError extends Error {
  override readonly name = "PolicyServerError";
  /** The server's own code, as `BAD_REQUEST` or `OVERLOADED`; `UNREACHABLE`, `TIMED_OUT` and `BAD_ANSWER` are the client's. */
  readonly code: string;
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;
  /** Seconds after which the server asks to be called again. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    message: string,
    options: {
      readonly code: string;
      readonly status: number;
      readonly retryAfterSeconds?: number | undefined;
      readonly cause?: unknown;
    },
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = options.code;
    this.status = options.status;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
