import { z } from "zod";

/** Most reports of one call. */
export const MAXIMUM_FEEDBACK = 1000;

const metricsSchema = z.record(z.string().min(1).max(128), z.number());

/** What came of one decision. A name that is missing counts as 0. */
export const feedbackReportSchema = z.strictObject({
  decision_id: z.string().min(1).max(256),
  objectives: metricsSchema.optional(),
  costs: metricsSchema.optional(),
  terminated: z.boolean().optional().describe("Whether the session ended by itself"),
  truncated: z.boolean().optional().describe("Whether the session was cut off"),
});
export type FeedbackReport = z.infer<typeof feedbackReportSchema>;

/** Body of `POST /v1/feedback`: one report or a list of them. */
export const feedbackRequestSchema = z.union([
  feedbackReportSchema,
  z.strictObject({ feedback: z.array(feedbackReportSchema).min(1).max(MAXIMUM_FEEDBACK) }),
]);
export type FeedbackRequest = z.infer<typeof feedbackRequestSchema>;

/** What became of a report: only what joined counts, the others are kept apart. */
export const FEEDBACK_RESULTS = ["joined", "late", "duplicate", "unknown"] as const;
export type FeedbackResult = (typeof FEEDBACK_RESULTS)[number];

/** Answer of `POST /v1/feedback`. */
export const feedbackAnswerSchema = z.strictObject({
  joined: z.int(),
  late: z.int(),
  duplicate: z.int(),
  unknown: z.int(),
  results: z.array(z.enum(FEEDBACK_RESULTS)).describe("One a report, in their order"),
});
export type FeedbackAnswer = z.infer<typeof feedbackAnswerSchema>;
