import {
  blocklistSchema,
  deploymentSchema,
  feedbackAnswerSchema,
  rankAnswerSchema,
  rankBatchAnswerSchema,
  servingErrorSchema,
  serverStatusSchema,
  type Blocklist,
  type Deployment,
  type DeploymentRequest,
  type FeedbackAnswer,
  type FeedbackReport,
  type RankAnswer,
  type RankBatchAnswer,
  type RankRequest,
  type ServerStatus,
} from "@longview/formats";
import type { z } from "zod";
import { PolicyServerError } from "./policy-server-error.ts";

/** How a policy server is called. */
export interface PolicyClientOptions {
  /** Where it listens, as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Bearer token of the control calls. */
  readonly token?: string;
  /** Longest wait for one answer. @defaultValue 2000 */
  readonly timeoutMilliseconds?: number;
  /**
   * How often a call is repeated that the server refused for the moment (503 with Retry-After): it did nothing then, so no decision
   * is made twice. Nothing else is repeated. @defaultValue 2
   */
  readonly retries?: number;
}

/** A policy server's calls; every one rejects with a {@link PolicyServerError}. */
export interface PolicyClient {
  /** Makes one decision. It is in the server's log when this resolves. */
  rank(request: RankRequest): Promise<RankAnswer>;
  /** Makes up to 64 decisions; each has an answer or an error of its own. */
  rankBatch(requests: readonly RankRequest[]): Promise<RankBatchAnswer["answers"]>;
  /** Reports what came of decisions, up to 1,000 in one call. */
  feedback(reports: readonly FeedbackReport[]): Promise<FeedbackAnswer>;
  /** What is live. */
  deployment(): Promise<Deployment>;
  /** Replaces what is live, all at once. Needs the token. */
  deploy(request: DeploymentRequest): Promise<Deployment>;
  /** Goes back to what was live before. Needs the token. */
  rollback(): Promise<Deployment>;
  /** Replaces what is never shown. Needs the token. */
  block(blocklist: Blocklist): Promise<Blocklist>;
  status(): Promise<ServerStatus>;
  /** Whether the server takes decisions now; false also where it cannot be reached. */
  ready(): Promise<boolean>;
}

/**
 * A typed client of a policy server, from the schemas that the server itself answers by.
 *
 * @throws RangeError for an url that is none
 * @example
 * const client = createPolicyClient({ url: "http://127.0.0.1:8080" });
 * const { decision_id, item_ids } = await client.rank({ unit_id: "u1", context, candidates });
 * await client.feedback([{ decision_id, objectives: { reward: 1 } }]);
 */
export function createPolicyClient(options: PolicyClientOptions): PolicyClient {
  const { token, timeoutMilliseconds = 2000, retries = 2 } = options;
  if (!URL.canParse(options.url))
    throw new RangeError(`url: found ${JSON.stringify(options.url)}, allowed: as http://127.0.0.1:8080`);
  const base = options.url.replace(/\/+$/, "");

  async function once(method: string, path: string, body: unknown): Promise<Response> {
    try {
      return await fetch(base + path, {
        method,
        headers: {
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeoutMilliseconds),
      });
    } catch (cause) {
      const late = cause instanceof Error && cause.name === "TimeoutError";
      throw new PolicyServerError(
        late
          ? `${method} ${path}: no answer within ${timeoutMilliseconds} ms`
          : `${method} ${path}: ${base} cannot be reached`,
        { code: late ? "TIMED_OUT" : "UNREACHABLE", status: 0, cause },
      );
    }
  }

  async function call<Schema extends z.ZodType>(
    schema: Schema,
    [method, path]: readonly [string, string],
    body?: unknown,
  ): Promise<z.infer<Schema>> {
    for (let attempt = 0; ; attempt++) {
      const response = await once(method, path, body);
      const answer = await jsonOf(response);
      if (response.ok) {
        const parsed = schema.safeParse(answer);
        if (parsed.success) return parsed.data;
        const [issue] = parsed.error.issues;
        throw new PolicyServerError(
          `${method} ${path}: an answer of another form: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`,
          { code: "BAD_ANSWER", status: response.status },
        );
      }
      const error = errorOf(response, answer, `${method} ${path}`);
      const { retryAfterSeconds } = error;
      if (response.status !== 503 || retryAfterSeconds === undefined || attempt >= retries) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000 * retryAfterSeconds));
    }
  }

  return {
    rank: (request) => call(rankAnswerSchema, ["POST", "/v1/rank"], request),
    rankBatch: async (requests) =>
      (await call(rankBatchAnswerSchema, ["POST", "/v1/rank/batch"], { requests })).answers,
    feedback: (reports) => call(feedbackAnswerSchema, ["POST", "/v1/feedback"], { feedback: reports }),
    deployment: () => call(deploymentSchema, ["GET", "/v1/policy"]),
    deploy: (request) => call(deploymentSchema, ["PUT", "/v1/policy"], request),
    rollback: () => call(deploymentSchema, ["POST", "/v1/policy/rollback"]),
    block: (blocklist) => call(blocklistSchema, ["PUT", "/v1/blocklist"], blocklist),
    status: () => call(serverStatusSchema, ["GET", "/v1/status"]),
    ready: async () => {
      try {
        return (await once("GET", "/readyz", undefined)).ok;
      } catch {
        return false;
      }
    },
  };
}

async function jsonOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

function errorOf(response: Response, answer: unknown, where: string): PolicyServerError {
  const parsed = servingErrorSchema.safeParse(answer);
  const after = Number(response.headers.get("retry-after") ?? Number.NaN);
  return new PolicyServerError(
    parsed.success
      ? `${where}: ${parsed.data.error.message}`
      : `${where}: answered ${response.status}, and not as a policy server does`,
    {
      code: parsed.success ? parsed.data.error.code : "BAD_ANSWER",
      status: response.status,
      retryAfterSeconds: after >= 0 ? after : undefined,
    },
  );
}
