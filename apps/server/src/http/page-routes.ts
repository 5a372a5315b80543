import type { FastifyInstance } from "fastify";
import { PAGE_HEADERS, pageFiles } from "../page/page-files.ts";

/** The page at `/` and its files. */
export function pageRoutes(fastify: FastifyInstance): void {
  for (const { path, contentType, body } of pageFiles())
    fastify.get(path, { schema: { hide: true } }, (_request, reply) =>
      reply.headers(PAGE_HEADERS).type(contentType).send(body),
    );
}
