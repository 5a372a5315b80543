import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createPolicyClient, PolicyServerError } from "../src/index.ts";

interface Called {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server that answers each call by `respond`, and what it was called with. */
async function serverThat(
  respond: (response: ServerResponse, number: number) => void,
): Promise<{ url: string; calls: Called[] }> {
  const calls: Called[] = [];
  const server = createServer((request, response) => {
    void textOf(request).then((text) => {
      calls.push({
        method: request.method,
        url: request.url,
        authorization: request.headers.authorization,
        body: text === "" ? undefined : JSON.parse(text),
      });
      respond(response, calls.length);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return { url: `http://127.0.0.1:${isAddress(address) ? address.port : 0}/`, calls };
}

const isAddress = (address: unknown): address is AddressInfo =>
  typeof address === "object" && address !== null && "port" in address;

async function textOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) if (Buffer.isBuffer(piece)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response
    .writeHead(status, { "content-type": "application/json", ...headers })
    .end(typeof body === "string" ? body : JSON.stringify(body));
}

const ANSWER = {
  decision_id: "0123456789ab-1-0",
  policy_id: "main",
  policy: "live",
  mode: "explore",
  item_ids: ["b"],
  positions: [1],
  slate_propensity: 0.5,
  position_propensities: [0.5],
  random_key: "00/0",
};
const REQUEST = {
  unit_id: "u1",
  context: [1],
  candidates: { features: ["f"], item_ids: ["a", "b"], rows: [[1], [2]] },
};
const DEPLOYMENT = { policies: [], earlier: 0 };
const FEEDBACK = { joined: 1, late: 0, duplicate: 0, unknown: 0, results: ["joined"] };

test("calls each route with its body and token, and hands its answer on", async () => {
  const answers: Record<string, unknown> = {
    "/v1/rank": ANSWER,
    "/v1/rank/batch": { answers: [ANSWER, { error: { code: "BAD_REQUEST", message: "odd" } }] },
    "/v1/feedback": FEEDBACK,
    "/v1/policy": DEPLOYMENT,
    "/v1/policy/rollback": DEPLOYMENT,
    "/v1/blocklist": { item_ids: ["a"], creator_ids: [] },
    "/readyz": {},
  };
  const { url, calls } = await serverThat((response) => send(response, 200, answers[calls.at(-1)!.url!]));
  const client = createPolicyClient({ url, token: "secret" });
  expect(await client.rank(REQUEST)).toEqual(ANSWER);
  expect(await client.rankBatch([REQUEST, REQUEST])).toHaveLength(2);
  const report = { decision_id: ANSWER.decision_id, objectives: { reward: 1 } };
  expect(await client.feedback([report])).toEqual(FEEDBACK);
  expect(await client.deployment()).toEqual(DEPLOYMENT);
  const deployment = { policies: [{ name: "live", bundle: "main", share: 1 }] };
  expect(await client.deploy(deployment)).toEqual(DEPLOYMENT);
  expect(await client.rollback()).toEqual(DEPLOYMENT);
  expect(await client.block({ item_ids: ["a"], creator_ids: [] })).toEqual({
    item_ids: ["a"],
    creator_ids: [],
  });
  expect(await client.ready()).toBe(true);
  expect(calls.map(({ method, url: path, body }) => [method, path, body])).toEqual([
    ["POST", "/v1/rank", REQUEST],
    ["POST", "/v1/rank/batch", { requests: [REQUEST, REQUEST] }],
    ["POST", "/v1/feedback", { feedback: [report] }],
    ["GET", "/v1/policy", undefined],
    ["PUT", "/v1/policy", deployment],
    ["POST", "/v1/policy/rollback", undefined],
    ["PUT", "/v1/blocklist", { item_ids: ["a"], creator_ids: [] }],
    ["GET", "/readyz", undefined],
  ]);
  expect(new Set(calls.map(({ authorization }) => authorization))).toEqual(new Set(["Bearer secret"]));
});

test("calls again what was refused for the moment, and nothing else", async () => {
  const busy = { error: { code: "OVERLOADED", message: "too many requests at once" } };
  const { url, calls } = await serverThat((response, number) =>
    number < 3 ? send(response, 503, busy, { "retry-after": "0" }) : send(response, 200, ANSWER),
  );
  expect(await createPolicyClient({ url }).rank(REQUEST)).toEqual(ANSWER);
  expect(calls).toHaveLength(3);

  const always = await serverThat((response) => send(response, 503, busy, { "retry-after": "0" }));
  await expect(createPolicyClient({ url: always.url, retries: 1 }).rank(REQUEST)).rejects.toMatchObject({
    code: "OVERLOADED",
    status: 503,
    retryAfterSeconds: 0,
    message: "POST /v1/rank: too many requests at once",
  });
  expect(always.calls).toHaveLength(2);

  // Whether a decision was made is not known then.
  const broken = await serverThat((response) => response.destroy());
  await expect(createPolicyClient({ url: broken.url }).rank(REQUEST)).rejects.toMatchObject({
    code: "UNREACHABLE",
    status: 0,
  });
  expect(broken.calls).toHaveLength(1);
});

test.each([
  [
    400,
    { error: { code: "BAD_REQUEST", message: "unit_id: is missing" } },
    "BAD_REQUEST",
    "unit_id: is missing",
  ],
  [502, "<html>", "BAD_ANSWER", "answered 502, and not as a policy server does"],
  [200, { decision_id: 7 }, "BAD_ANSWER", "an answer of another form: decision_id"],
])("says in one line what was refused: %i", async (status, body, code, message) => {
  const { url } = await serverThat((response) => send(response, status, body));
  const failure = await createPolicyClient({ url })
    .rank(REQUEST)
    .catch((cause: unknown) => cause);
  expect(failure).toBeInstanceOf(PolicyServerError);
  expect(failure).toMatchObject({ code, status });
  expect(String(failure)).toContain(message);
  expect(String(failure)).not.toContain("\n");
});

test("gives up when an answer takes too long, and where nobody listens", async () => {
  const { url } = await serverThat(() => {});
  await expect(createPolicyClient({ url, timeoutMilliseconds: 50 }).status()).rejects.toMatchObject({
    code: "TIMED_OUT",
    message: "GET /v1/status: no answer within 50 ms",
  });
  const nobody = createPolicyClient({ url: "http://127.0.0.1:9", timeoutMilliseconds: 500 });
  await expect(nobody.status()).rejects.toMatchObject({ code: "UNREACHABLE" });
  expect(await nobody.ready()).toBe(false);
});

test("refuses an url that is none", () => {
  expect(() => createPolicyClient({ url: "localhost" })).toThrow('url: found "localhost"');
});
