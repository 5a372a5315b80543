import type { FastifyInstance } from "fastify";
import { serverStatusSchema } from "@longview/formats";
import { PrometheusMetrics } from "../metrics/prometheus.ts";
import { serverStatus, type StatusSources } from "../metrics/server-status.ts";
import { ServingProblem } from "../serving-problem.ts";
import { routeSchema } from "./documentation.ts";

/** `/healthz`, `/readyz`, `/metrics` and `/v1/status`. */
export function operationRoutes(fastify: FastifyInstance, sources: StatusSources): void {
  const metrics = new PrometheusMetrics();
  fastify.get(
    "/healthz",
    { schema: routeSchema({ summary: "Whether the process answers", tag: "operation" }) },
    () => ({ status: "ok" }),
  );
  fastify.get(
    "/readyz",
    { schema: routeSchema({ summary: "Whether it takes requests: 503 before and after", tag: "operation" }) },
    () => {
      if (!sources.deployments.ready || sources.admission.stopping)
        throw new ServingProblem("STOPPING", "the server takes no requests");
      return { status: "ready" };
    },
  );
  fastify.get(
    "/metrics",
    { schema: routeSchema({ summary: "Figures in Prometheus' text format", tag: "operation" }) },
    async (_request, reply) =>
      reply.type(metrics.contentType).send(await metrics.text(serverStatus(sources))),
  );
  fastify.get(
    "/v1/status",
    {
      schema: routeSchema({
        summary: "Figures of policies, traffic, log and drift, for the page",
        tag: "operation",
        answer: serverStatusSchema,
      }),
    },
    () => serverStatus(sources),
  );
}
