import { z } from "zod";

/** What a server's error says it is about, with the status of its answer. */
export const SERVING_ERRORS = {
  BAD_REQUEST: 400,
  UNKNOWN_FEATURE: 400,
  MISSING_FEATURE: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  NOTHING_ELIGIBLE: 422,
  BUNDLE_REFUSED: 422,
  INTERNAL: 500,
  OVERLOADED: 503,
  LOG_UNAVAILABLE: 503,
  STOPPING: 503,
  TIMED_OUT: 503,
} as const;
export type ServingErrorCode = keyof typeof SERVING_ERRORS;

/** The one form of every error answer. */
export const servingErrorSchema = z.strictObject({
  error: z.strictObject({
    code: z.string().describe(Object.keys(SERVING_ERRORS).join(", ")),
    message: z.string().describe("One line: what, where, what is allowed"),
  }),
});
export type ServingError = z.infer<typeof servingErrorSchema>;
