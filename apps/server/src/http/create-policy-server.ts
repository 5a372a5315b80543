import { join } from "node:path";
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from "fastify";
import { pino } from "pino";
import type { PolicyFeatures } from "@longview/formats";
import packageInformation from "../../package.json" with { type: "json" };
import { openServedLog } from "../decision-log/index.ts";
import { RecentDecisions } from "../metrics/recent-decisions.ts";
import { BlockedItems } from "../policies/blocklist.ts";
import { DecisionKeys } from "../policies/decision-keys.ts";
import { Deployments } from "../policies/deployments.ts";
import { LoadedPolicy } from "../policies/loaded-policy.ts";
import { Shadows } from "../policies/shadows.ts";
import { unitKeys } from "../policies/unit-key.ts";
import { Admission } from "./admission.ts";
import { deploymentRoutes, metricNames } from "./deployment-routes.ts";
import { serveDocumentation } from "./documentation.ts";
import { answerErrors, frameworkErrors, MALFORMED_ANSWER } from "./error-answers.ts";
import { feedbackRoute } from "./feedback-route.ts";
import { operationRoutes } from "./operation-routes.ts";
import { pageRoutes } from "./page-routes.ts";
import { readJsonBodies } from "./parse-rank-body.ts";
import { rankRoutes } from "./rank-routes.ts";
import { RankService } from "./rank-service.ts";
import { DEFAULT_LIMITS, type PolicyServerOptions, type ServerLimits } from "./server-options.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** When the request came, by `performance.now()`. */
    arrived: number;
  }
}

/** A policy server in this process. */
export interface PolicyServer {
  /** Its routes; `inject` asks them without a socket. */
  readonly fastify: FastifyInstance;
  /** What is live. */
  policies(): readonly {
    readonly name: string;
    readonly policyId: string;
    readonly mode: "serve" | "shadow";
    readonly share: number;
  }[];
  /** Listens. @returns the port, chosen by the system where 0 was asked for */
  start(address: { readonly host: string; readonly port: number }): Promise<number>;
  /** Takes no more requests, ends those in flight, closes the log. */
  stop(): Promise<void>;
}

const wallClock = (): number => Date.now() / 1000;

/**
 * Makes a policy server: bundles checked and loaded, decision log open, routes ready.
 *
 * @throws Error one line that names what is at fault: a bundle, the log, a file of the state
 * @example
 * const server = await createPolicyServer({
 *   policies: [{ name: "main", folder: "runs/main/policy", mode: "serve", share: 1, propensityFloor: undefined }],
 *   logFolder: "decision-log",
 *   log: { attributionSeconds: 3600, rotateBytes: 64e6, rotateSeconds: 300, durability: "process" },
 * });
 * const port = await server.start({ host: "127.0.0.1", port: 8080 });
 */
export async function createPolicyServer(options: PolicyServerOptions): Promise<PolicyServer> {
  const { policies, trustedKeys, logFolder, openLog = openServedLog, seed, now = wallClock } = options;
  const limits: ServerLimits = { ...DEFAULT_LIMITS, ...options.limits };
  const began = now();
  // Bundles first: one that is refused must leave no trace of a log.
  const openPolicy = (folder: string): Promise<LoadedPolicy> => LoadedPolicy.open(folder, trustedKeys);
  const first = await Promise.all(policies.map(({ folder }) => openPolicy(folder)));
  const names = metricNames(first.map(({ manifest }) => manifest));
  const log = await openLog(logFolder, { ...options.log, ...names, now });
  try {
    const keys = unitKeys(logFolder, seed);
    const waiting = [...first];
    const deployments = new Deployments({
      // The first deployment's bundles are open already.
      open: async (folder) => waiting.shift() ?? (await openPolicy(folder)),
      prepare: async (opened) => {
        await log.addMetrics(metricNames(opened.map(({ manifest }) => manifest)));
        await log.addPolicies(featuresOf(opened));
      },
      splitKey: keys.split,
      now,
    });
    await deployments.deploy(policies);
    const blocked = new BlockedItems(join(logFolder, "blocklist.json"));
    const shadows = new Shadows(blocked, now);
    const recent = new RecentDecisions(keys.hash);
    const admission = new Admission(limits, now);
    const service = new RankService({
      deployments,
      log,
      shadows,
      recent,
      blocked,
      now,
      keys: new DecisionKeys(seed),
      history: admission.history,
    });
    const fastify = createFastify(options, limits);
    fastify.decorateRequest("arrived", 0);
    fastify.addHook("onRequest", (request, reply, done) => {
      request.arrived = performance.now();
      // The route and not the address, which may be spelt in several ways.
      if (COUNTED.test(request.routeOptions.url ?? "")) admission.receive(reply);
      done();
    });
    fastify.addHook("preHandler", (request, reply, done) => {
      if (COUNTED.test(request.routeOptions.url ?? "")) admission.enter(reply);
      done();
    });
    fastify.addHook("onSend", (_request, reply, payload, done) => {
      // So that no caller sends its next request on a connection that is about to close.
      if (admission.stopping) void reply.header("connection", "close");
      done(null, payload);
    });
    answerErrors(fastify);
    const { version } = packageInformation;
    await serveDocumentation(fastify, version);
    rankRoutes(fastify, { service, limits });
    feedbackRoute(fastify, { log, limits });
    deploymentRoutes(fastify, {
      deployments,
      blocked,
      bundlesRoot: options.bundlesRoot,
      token: options.token,
    });
    pageRoutes(fastify);
    operationRoutes(fastify, { deployments, log, admission, recent, version, began, now });
    await fastify.ready();
    return {
      fastify,
      policies: () =>
        deployments.current.policies.map(({ name, exploreId, mode, share }) => ({
          name,
          policyId: exploreId,
          mode,
          share,
        })),
      async start(address) {
        await fastify.listen(address);
        return portOf(fastify.addresses()) ?? address.port;
      },
      async stop() {
        admission.stop();
        // Callers between two requests learn of the end by their next answer.
        await new Promise((resolve) => setTimeout(resolve, LAST_CALL));
        await closeConnections(fastify, limits.milliseconds);
        admission.close();
        await shadows.idle();
        await deployments.close();
        await log.close();
      },
    };
  } catch (error) {
    await log.close();
    throw error;
  }
}

/** Features by a bundle's own id: what is served under another floor, or greedily, has an id that begins with it. */
const featuresOf = (policies: readonly LoadedPolicy[]): PolicyFeatures =>
  Object.fromEntries(
    policies.map(({ manifest, contextNames, candidateNames }) => [
      manifest.policyId,
      { context: [...contextNames], candidates: [...candidateNames] },
    ]),
  );

/** Milliseconds between the end's announcement and the first closing of idle connections. */
const LAST_CALL = 300;

const portOf = ([first]: readonly (string | { readonly port: number })[]): number | undefined =>
  typeof first === "object" ? first.port : undefined;

/** Stops listening, and waits for what is in flight; connections close as they fall idle. */
async function closeConnections(fastify: FastifyInstance, milliseconds: number): Promise<void> {
  const { server } = fastify;
  const idle = setInterval(() => server.closeIdleConnections(), 20);
  // By then every request that came has been answered or has timed out.
  const last = setTimeout(() => server.closeAllConnections(), milliseconds);
  await fastify.close();
  clearInterval(idle);
  clearTimeout(last);
}

/** What is counted and bounded: the routes that work, and not those that watch. */
const COUNTED = /^\/v1\/(?!status)/;

function createFastify(options: PolicyServerOptions, limits: ServerLimits): FastifyInstance {
  const { logTo, logLevel = "info" } = options;
  const loggerInstance: FastifyBaseLogger = pino(
    { level: logTo === undefined ? "silent" : logLevel, base: null },
    logTo ?? { write() {} },
  );
  const fastify = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.milliseconds,
    forceCloseConnections: "idle",
    // Requests that come while the server stops get an answer of the same form as every other.
    return503OnClosing: false,
    frameworkErrors,
    clientErrorHandler(_error, socket) {
      if (socket.writable) socket.write(MALFORMED_ANSWER);
      socket.destroy();
    },
  });
  fastify.setValidatorCompiler(() => () => true);
  readJsonBodies(fastify);
  return fastify;
}
