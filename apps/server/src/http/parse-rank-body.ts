import { randomBytes } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { badRequest } from "../serving-problem.ts";
import { scanRows } from "./number-rows.ts";
import { readObject } from "./read-values.ts";

/** Stands for the rows while the rest of the body is parsed; nobody can send it, for nobody knows it. */
const STAND_IN = randomBytes(16).toString("hex");

/** How the rows begin, compact or with a space. A quote inside a JSON text is escaped, so these are never part of one. */
const BEGINNINGS = ['"rows":[[', '"rows": [['] as const;

/**
 * Parses a ranking request. Numbers of its rows go straight from the bytes into one typed array, the rest through
 * `JSON.parse`; what is not as plain as that goes through `JSON.parse` whole.
 *
 * @throws SyntaxError where the body is no JSON
 */
export function parseRankBody(bytes: Buffer): unknown {
  for (const beginning of BEGINNINGS) {
    const key = bytes.indexOf(beginning, 0, "latin1");
    if (key < 0) continue;
    const start = key + beginning.length - 2;
    const scanned = scanRows(bytes, start);
    if (scanned === undefined) break;
    const body: unknown = parsedOrUndefined(
      `${bytes.toString("utf8", 0, start)}"${STAND_IN}"${bytes.toString("utf8", scanned.end)}`,
    );
    const candidates = propertyOf(body, "candidates");
    // Elsewhere, or there twice: then it was not this array that counts.
    if (propertyOf(candidates, "rows") !== STAND_IN) break;
    const { rows } = scanned;
    return { ...readObject(body, "body"), candidates: { ...readObject(candidates, "candidates"), rows } };
  }
  return JSON.parse(bytes.toString("utf8"));
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function propertyOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

/**
 * Reads JSON bodies. Handlers take known keys alone from what comes out, so a key such as `__proto__` needs no search
 * through every body.
 */
export function readJsonBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, body, done) => {
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    if (bytes.length === 0) {
      done(badRequest("body: found nothing, allowed: JSON"));
      return;
    }
    try {
      done(
        null,
        request.routeOptions.url === "/v1/rank" ? parseRankBody(bytes) : JSON.parse(bytes.toString("utf8")),
      );
    } catch {
      done(badRequest("body: is no JSON, or was cut off"));
    }
  });
}
