import { lstatSync } from "node:fs";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import {
  blocklistSchema,
  deploymentRequestSchema,
  deploymentSchema,
  type Deployment as DeploymentAnswer,
  type DeploymentRequest,
} from "@longview/formats";
import type { BlockedItems } from "../policies/blocklist.ts";
import type { Deployments, PolicyToDeploy } from "../policies/deployments.ts";
import { ServingProblem } from "../serving-problem.ts";
import { tokenGuard } from "./bearer-token.ts";
import { routeSchema } from "./documentation.ts";
import { parseBody } from "./parse-body.ts";

/** What control calls work on. */
export interface DeploymentRoutesOptions {
  readonly deployments: Deployments;
  readonly blocked: BlockedItems;
  readonly bundlesRoot: string | undefined;
  readonly token: string | undefined;
}

/** `GET` and `PUT /v1/policy`, `POST /v1/policy/rollback`, `GET` and `PUT /v1/blocklist`. */
export function deploymentRoutes(fastify: FastifyInstance, options: DeploymentRoutesOptions): void {
  const { deployments, blocked, bundlesRoot } = options;
  const requireToken = tokenGuard(options.token);
  // Before the body is read.
  const guard = async (request: Parameters<typeof requireToken>[0]): Promise<void> => requireToken(request);

  fastify.get(
    "/v1/policy",
    { schema: routeSchema({ summary: "What is live", tag: "deployment", answer: deploymentSchema }) },
    () => deploymentAnswer(deployments),
  );
  fastify.put(
    "/v1/policy",
    {
      onRequest: guard,
      schema: routeSchema({
        summary: "Replace everything that is live at once; requests in flight end with what they began with",
        tag: "deployment",
        body: deploymentRequestSchema,
        answer: deploymentSchema,
        control: true,
      }),
    },
    async (request) => {
      const wanted = parseBody(deploymentRequestSchema, request.body);
      const policies = policiesToDeploy(wanted, bundlesRoot);
      try {
        await deployments.deploy(policies);
      } catch (cause) {
        request.log.warn({ err: cause }, "a deployment was refused");
        throw new ServingProblem(
          "BUNDLE_REFUSED",
          `${withoutPaths(cause, bundlesRoot)}; what was live stays live`,
          { cause },
        );
      }
      request.log.info({ policies: wanted.policies }, "a deployment went live");
      return deploymentAnswer(deployments);
    },
  );
  fastify.post(
    "/v1/policy/rollback",
    {
      onRequest: guard,
      schema: routeSchema({
        summary: "Make live again what was live before",
        tag: "deployment",
        answer: deploymentSchema,
        control: true,
      }),
    },
    async (request) => {
      if ((await deployments.rollback()) === undefined)
        throw new ServingProblem("CONFLICT", "nothing was live before, so there is nothing to go back to");
      request.log.info("went back to the deployment before");
      return deploymentAnswer(deployments);
    },
  );
  fastify.get(
    "/v1/blocklist",
    {
      onRequest: guard,
      schema: routeSchema({
        summary: "What is never shown",
        tag: "deployment",
        answer: blocklistSchema,
        control: true,
      }),
    },
    () => blocked.list,
  );
  fastify.put(
    "/v1/blocklist",
    {
      onRequest: guard,
      bodyLimit: 64 << 20,
      schema: routeSchema({
        summary: "Replace what is never shown, whoever ranks; kept over restarts",
        tag: "deployment",
        body: blocklistSchema,
        answer: blocklistSchema,
        control: true,
      }),
    },
    ({ body }) => {
      blocked.replace(parseBody(blocklistSchema, body));
      return blocked.list;
    },
  );
}

/** Names of all outcomes that some policies were trained for; the reward, where they were trained for it alone. */
export function metricNames(
  manifests: readonly { readonly objectives: readonly string[]; readonly costs: readonly string[] }[],
): { objectives: string[]; costs: string[] } {
  const objectives = [...new Set(manifests.flatMap((manifest) => manifest.objectives))];
  return {
    objectives: objectives.length === 0 ? ["reward"] : objectives,
    costs: [...new Set(manifests.flatMap(({ costs }) => costs))],
  };
}

function policiesToDeploy({ policies }: DeploymentRequest, root: string | undefined): PolicyToDeploy[] {
  if (root === undefined)
    throw new ServingProblem(
      "FORBIDDEN",
      "this server loads no other bundles; start it with --bundles FOLDER to allow those in it",
    );
  return policies.map(({ name, bundle, share, mode = "serve", propensity_floor }, i) => {
    const folder = join(root, bundle);
    // A link could lead out of the root.
    if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
      throw new ServingProblem("NOT_FOUND", `policies.${i}.bundle: there is no bundle ${bundle}`);
    return {
      name,
      folder,
      mode,
      share: share ?? (mode === "serve" ? 1 : 0),
      propensityFloor: propensity_floor,
    };
  });
}

/** The first line of an error, with bundles named by their folders alone and other paths left out. */
export function withoutPaths(error: unknown, root: string | undefined): string {
  const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  const own = root === undefined ? line : line.replaceAll(join(root, "/"), "");
  return own.replaceAll(/(?<![\w.-])\/(?:[\w.@-]+\/)+[\w.@-]*/g, "(a file)");
}

function deploymentAnswer({ current, earlier }: Deployments): DeploymentAnswer {
  return {
    policies: current.policies.map(({ name, exploreId, mode, share, propensityFloor, since, loaded }) => ({
      name,
      policy_id: exploreId,
      bundle: loaded.bundle,
      mode,
      share,
      propensity_floor: propensityFloor,
      since,
      signed_by: loaded.signedBy ?? null,
      context_features: [...loaded.contextNames],
      candidate_features: [...loaded.candidateNames],
      slots: loaded.slots,
    })),
    earlier,
  };
}
