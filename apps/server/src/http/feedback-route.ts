import type { FastifyInstance } from "fastify";
import { z } from "zod";
import {
  FEEDBACK_RESULTS,
  feedbackAnswerSchema,
  feedbackReportSchema,
  feedbackRequestSchema,
  MAXIMUM_FEEDBACK,
  type FeedbackAnswer,
  type FeedbackReport,
  type FeedbackResult,
} from "@longview/formats";
import type { DecisionSink } from "../decision-sink.ts";
import { badRequest, ServingProblem } from "../serving-problem.ts";
import { routeSchema } from "./documentation.ts";
import { parseBody } from "./parse-body.ts";
import type { ServerLimits } from "./server-options.ts";

const listSchema = z.strictObject({ feedback: z.array(feedbackReportSchema).min(1).max(MAXIMUM_FEEDBACK) });

/** `POST /v1/feedback`. */
export function feedbackRoute(
  fastify: FastifyInstance,
  { log, limits }: { readonly log: DecisionSink; readonly limits: ServerLimits },
): void {
  fastify.post(
    "/v1/feedback",
    {
      bodyLimit: limits.batchBytes,
      schema: routeSchema({
        summary: "Report what came of decisions; each joins its decision once, inside its window",
        tag: "feedback",
        body: feedbackRequestSchema,
        answer: feedbackAnswerSchema,
      }),
    },
    async ({ body }) => {
      const reports = readReports(body);
      const results = await log
        .feedback(
          reports.map(({ decision_id, ...rest }) => ({
            decisionId: decision_id,
            ...rest,
          })),
        )
        .catch((cause: unknown) => {
          if (cause instanceof RangeError) throw badRequest(cause.message.replace(/^decision log: /, ""));
          throw new ServingProblem("LOG_UNAVAILABLE", "the feedback could not be kept; try again", { cause });
        });
      return answerOf(results);
    },
  );
}

/** A union's error would say nothing of the place, so the form is told first. */
function readReports(body: unknown): readonly FeedbackReport[] {
  if (typeof body === "object" && body !== null && "feedback" in body)
    return parseBody(listSchema, body).feedback;
  return [parseBody(feedbackReportSchema, body)];
}

function answerOf(results: readonly FeedbackResult[]): FeedbackAnswer {
  const counts = { joined: 0, late: 0, duplicate: 0, unknown: 0 };
  for (const result of FEEDBACK_RESULTS) counts[result] = results.filter((each) => each === result).length;
  return { ...counts, results: [...results] };
}
