import type { FastifyInstance } from "fastify";
import {
  MAXIMUM_BATCH,
  rankAnswerSchema,
  rankBatchAnswerSchema,
  rankBatchRequestSchema,
  rankRequestSchema,
} from "@longview/formats";
import { badRequest, ServingProblem } from "../serving-problem.ts";
import { routeSchema } from "./documentation.ts";
import { readRankRequest } from "./read-rank-request.ts";
import { found, readObject, refuseUnknownKeys } from "./read-values.ts";
import type { RankService } from "./rank-service.ts";
import type { ServerLimits } from "./server-options.ts";

/** `POST /v1/rank` and `POST /v1/rank/batch`. */
export function rankRoutes(
  fastify: FastifyInstance,
  { service, limits }: { readonly service: RankService; readonly limits: ServerLimits },
): void {
  fastify.post(
    "/v1/rank",
    {
      bodyLimit: limits.bodyBytes,
      schema: routeSchema({
        summary: "Choose a slate for one decision; it is in the log when the answer comes",
        tag: "ranking",
        body: rankRequestSchema,
        answer: rankAnswerSchema,
      }),
    },
    (request) => service.rank(readRankRequest(request.body), request.arrived),
  );
  fastify.post(
    "/v1/rank/batch",
    {
      bodyLimit: limits.batchBytes,
      schema: routeSchema({
        summary: "Choose slates for several decisions; each is answered or refused by itself",
        tag: "ranking",
        body: rankBatchRequestSchema,
        answer: rankBatchAnswerSchema,
      }),
    },
    async (request) => {
      const body = readObject(request.body, "body");
      refuseUnknownKeys(body, ["requests"], "");
      const { requests } = body;
      if (!Array.isArray(requests) || requests.length === 0)
        throw badRequest(
          `requests: found ${found(requests)}, allowed: a list of 1 to ${MAXIMUM_BATCH} requests`,
        );
      if (requests.length > MAXIMUM_BATCH)
        throw new ServingProblem(
          "TOO_LARGE",
          `requests: has ${requests.length}, allowed: at most ${MAXIMUM_BATCH}`,
        );
      const queries = requests.map((each: unknown, number) => {
        try {
          return readRankRequest(each, `requests.${number}.`);
        } catch (error) {
          if (error instanceof ServingProblem) return error;
          throw error;
        }
      });
      return { answers: await service.rankAll(queries, request.arrived) };
    },
  );
}
