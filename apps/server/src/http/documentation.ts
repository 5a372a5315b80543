import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance, FastifySchema } from "fastify";
import { jsonSchemaTransform } from "fastify-type-provider-zod";
import { z } from "zod";
import { servingErrorSchema } from "@longview/formats";

/** An answer's schema as JSON Schema, by which Fastify compiles its serializer. */
export function answerSchema(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: "draft-7", io: "output" });
  return rest;
}

const errorSchema = answerSchema(servingErrorSchema);

/** What the documentation says of a route. */
export interface RouteDescription {
  readonly summary: string;
  readonly tag: "ranking" | "feedback" | "deployment" | "operation";
  readonly body?: z.ZodType;
  readonly answer?: z.ZodType;
  /** Whether it is a control call. */
  readonly control?: boolean;
}

/** A route's schema: bodies are checked by their handlers, so that every error has one form. */
export function routeSchema({ summary, tag, body, answer, control }: RouteDescription): FastifySchema {
  return {
    summary,
    tags: [tag],
    ...(body === undefined ? {} : { body }),
    response: {
      ...(answer === undefined ? {} : { 200: answerSchema(answer) }),
      "4xx": errorSchema,
      "5xx": errorSchema,
    },
    ...(control === true ? { security: [{ token: [] }] } : {}),
  };
}

/** Serves the OpenAPI document, made from the routes' schemas, and a page to read and try it: `/docs`. */
export async function serveDocumentation(fastify: FastifyInstance, version: string): Promise<void> {
  await fastify.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Longview policy server",
        version,
        description: "Ranks candidates by an exported policy and logs each decision with its propensity.",
      },
      components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
    },
    transform: (document) => {
      const { response, ...rest } = document.schema;
      const { schema, url } = jsonSchemaTransform({ ...document, schema: rest });
      return { schema: { ...schema, response }, url };
    },
  });
  await fastify.register(swaggerUi, { routePrefix: "/docs", staticCSP: true });
}
