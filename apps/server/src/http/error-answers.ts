import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ServingProblem } from "../serving-problem.ts";

/** Seconds after which a caller that was turned away may try again. */
const RETRY_AFTER = "1";

/** What a caller is told of an error of any kind: nothing of the server's inside. */
export function problemOf(error: unknown): ServingProblem {
  if (error instanceof ServingProblem) return error;
  const { code, statusCode } = describe(error);
  switch (code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return new ServingProblem("TOO_LARGE", "body: is larger than the server takes; send fewer candidates");
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return new ServingProblem(
        "UNSUPPORTED_MEDIA_TYPE",
        "content-type: found another, allowed: application/json",
      );
    case "FST_ERR_BAD_URL":
      return new ServingProblem("BAD_REQUEST", "the address is malformed");
    default:
      return statusCode !== undefined && statusCode >= 400 && statusCode < 500
        ? new ServingProblem("BAD_REQUEST", "body: is no JSON, or was cut off")
        : new ServingProblem("INTERNAL", "an internal error; the server's log has it");
  }
}

function describe(error: unknown): { code: string | undefined; statusCode: number | undefined } {
  if (!(error instanceof Error)) return { code: undefined, statusCode: undefined };
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const statusCode =
    "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : undefined;
  return { code, statusCode };
}

function answer(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(error);
  if (problem.code === "INTERNAL") request.log.error({ err: error }, "a request failed");
  else if (problem.code === "LOG_UNAVAILABLE") request.log.error({ err: problem.cause }, problem.message);
  // The message may hold what was sent, and with it who it was for.
  else request.log.debug({ code: problem.code, route: request.routeOptions.url }, "a request was refused");
  if (problem.status === 503) void reply.header("retry-after", RETRY_AFTER);
  if (problem.code === "UNAUTHORIZED") void reply.header("www-authenticate", "Bearer");
  // What is left of a body that was not read would be taken for the next request.
  if (problem.code === "STOPPING" || problem.code === "TOO_LARGE" || problem.code === "OVERLOADED")
    void reply.header("connection", "close");
  return reply.code(problem.status).type("application/json; charset=utf-8").send(problem.body);
}

/** Answers every error in one form. */
export function answerErrors(fastify: FastifyInstance): void {
  fastify.setErrorHandler((error: FastifyError, request, reply) => answer(error, request, reply));
  fastify.setNotFoundHandler((request, reply) =>
    answer(new ServingProblem("NOT_FOUND", "there is no such route; /docs lists them"), request, reply),
  );
}

/** Answers what is no HTTP, or whose address is malformed. */
export const frameworkErrors = (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
  void answer(error, request, reply);
};

/** Answer to bytes that are no HTTP request, written to the bare socket. */
export const MALFORMED_ANSWER = ((): string => {
  const body = JSON.stringify(
    new ServingProblem("BAD_REQUEST", "the request is no HTTP, or came too slowly").body,
  );
  return `HTTP/1.1 400 Bad Request\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`;
})();
