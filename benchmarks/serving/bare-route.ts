import Fastify from "fastify";

/** What a policy server is measured beside: Fastify parses the same body and answers a few bytes. */
const fastify = Fastify({ logger: false, bodyLimit: 4 << 20 });
fastify.post("/v1/rank", (request) => ({ parsed: typeof request.body === "object" }));
process.stdout.write(`${await fastify.listen({ host: "127.0.0.1", port: 0 })}\n`);
process.on("SIGTERM", () => process.exit(0));
