import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RankAnswer, ServingError } from "@longview/formats";
import { createPolicyServer, type PolicyServer, type PolicyServerOptions } from "../../src/index.ts";
import { MemoryLog } from "./memory-log.ts";

/** The token of test servers. */
export const TOKEN = "a-token-of-tests";
export const CONTROL = { authorization: `Bearer ${TOKEN}` } as const;

/** A server under test, with its log in memory. */
export interface TestServer extends PolicyServer {
  readonly log: MemoryLog;
  /** Posts a ranking request that must be answered. */
  rank(body: unknown): Promise<RankAnswer>;
}

/** How decision logs of tests are kept. */
export const LOG = {
  attributionSeconds: 3600,
  rotateBytes: 1e7,
  rotateSeconds: 3600,
  durability: "process",
} as const;

/** A policy that serves everything from a bundle. */
export const mainPolicy = (folder: string, propensityFloor?: number) =>
  ({ name: "main", folder, mode: "serve", share: 1, propensityFloor }) as const;

/** A folder of a test file, with a place for bundles. */
export function testFolder(name: string): { folder: string; bundles: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), `longview-${name}-`));
  const bundles = join(folder, "bundles");
  mkdirSync(bundles);
  return { folder, bundles, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Makes a server whose log is in memory; its state has a folder of its own. */
export async function testServer(
  options: Pick<PolicyServerOptions, "policies"> & Partial<PolicyServerOptions>,
): Promise<TestServer> {
  const log = new MemoryLog();
  const logFolder = options.logFolder ?? mkdtempSync(join(tmpdir(), "longview-log-"));
  const server = await createPolicyServer({
    openLog: () => Promise.resolve(log),
    logFolder,
    log: LOG,
    token: TOKEN,
    seed: "test",
    ...options,
  });
  return {
    ...server,
    log,
    async rank(body) {
      const answer = await server.fastify.inject({ method: "POST", url: "/v1/rank", payload: asJson(body) });
      if (answer.statusCode !== 200) throw new Error(`${answer.statusCode}: ${answer.body}`);
      return answer.json<RankAnswer>();
    },
    async stop() {
      await server.stop();
      if (options.logFolder === undefined) rmSync(logFolder, { recursive: true, force: true });
    },
  };
}

/** What `inject` takes as a payload. */
export const asJson = (body: unknown): object => {
  if (typeof body === "object" && body !== null) return body;
  throw new TypeError("a test's body is an object");
};

/** The error of an answer. */
export const errorOf = (answer: { json<Body>(): Body }): ServingError["error"] =>
  answer.json<ServingError>().error;
