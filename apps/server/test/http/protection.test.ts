import { createPublicKey } from "node:crypto";
import { request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { generateSigningKeys } from "@longview/formats";
import { createPolicyServer } from "../../src/index.ts";
import { namedBody, rankBody } from "../helpers/rank-bodies.ts";
import {
  CONTROL,
  errorOf,
  LOG,
  mainPolicy,
  testFolder,
  testServer,
  type TestServer,
} from "../helpers/test-server.ts";
import { writeTinyBundle } from "../helpers/tiny-bundle.ts";

const { folder, bundles, remove } = testFolder("protection");
const bundle = join(bundles, "first");
const lines: string[] = [];
let server: TestServer;
let port = 0;
beforeAll(async () => {
  await writeTinyBundle(bundle, { policyId: "first" });
  server = await testServer({
    policies: [mainPolicy(bundle)],
    limits: { inFlight: 3, bodyBytes: 20_000 },
    logTo: { write: (line) => void lines.push(line) },
    logLevel: "debug",
  });
  port = await server.start({ host: "127.0.0.1", port: 0 });
});
afterAll(async () => {
  await server.stop();
  remove();
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** One request over a socket. */
function ask(method: string, path: string, body?: unknown, to = port): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const outgoing = request(
      { host: "127.0.0.1", port: to, method, path, headers: { "content-type": "application/json" } },
      (incoming) => {
        let received = "";
        incoming.on("data", (piece: Buffer) => (received += piece.toString()));
        incoming.on("end", () =>
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text: received }),
        );
      },
    );
    outgoing.on("error", reject);
    outgoing.end(text);
  });
}

const inject = (method: "GET" | "POST" | "PUT", url: string, options: object = {}) =>
  server.fastify.inject({ method, url, ...options });

/** Waits until something holds. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 1000 && !(await holds()); turn++)
    await new Promise((resolve) => setTimeout(resolve, 2));
}

async function requests(): Promise<{ in_flight: number; refused: number; total: number; failed: number }> {
  const status: { requests: { in_flight: number; refused: number; total: number; failed: number } } = (
    await inject("GET", "/v1/status")
  ).json();
  return status.requests;
}

test("under overload so many are worked on, the others get 503 with Retry-After, and none stays counted", async () => {
  let open = (): void => {};
  server.log.gate = new Promise((resolve) => (open = resolve));
  const waiting = Array.from({ length: 3 }, (_, i) => ask("POST", "/v1/rank", rankBody(i)));
  await until(async () => (await requests()).in_flight === 3);
  const turned = await ask("POST", "/v1/rank", rankBody(9));
  expect([turned.status, turned.headers["retry-after"]]).toEqual([503, "1"]);
  expect(JSON.parse(turned.text)).toEqual({
    error: {
      code: "OVERLOADED",
      message: "3 requests are being worked on, allowed: no more at once; try again",
    },
  });
  // Watching is not turned away.
  expect((await ask("GET", "/healthz")).status).toBe(200);
  open();
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200, 200]);
  await until(async () => (await requests()).in_flight === 0);
  expect((await requests()).in_flight).toBe(0);
  // One whose caller leaves is counted out too.
  server.log.gate = new Promise((resolve) => (open = resolve));
  const socket = connect(port, "127.0.0.1");
  const text = JSON.stringify(rankBody(1));
  socket.write(
    `POST /v1/rank HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
  );
  await until(async () => (await requests()).in_flight === 1);
  socket.destroy();
  await until(async () => (await requests()).in_flight === 0);
  expect((await requests()).in_flight).toBe(0);
  open();
});

test("a log that cannot be written gives 503: nothing is answered that is not logged", async () => {
  server.log.broken = true;
  const ranked = await inject("POST", "/v1/rank", { payload: rankBody(1) });
  const batch = await inject("POST", "/v1/rank/batch", { payload: { requests: [rankBody(1)] } });
  const reported = await inject("POST", "/v1/feedback", { payload: { decision_id: "log-0" } });
  server.log.broken = false;
  for (const answer of [ranked, batch, reported]) {
    expect([answer.statusCode, answer.headers["retry-after"], errorOf(answer).code]).toEqual([
      503,
      "1",
      "LOG_UNAVAILABLE",
    ]);
    expect(answer.body).not.toContain("/var/log");
  }
});

test("a request that takes longer than the limit gets 503, and its late answer goes nowhere", async () => {
  const own = await testServer({ policies: [mainPolicy(bundle)], limits: { milliseconds: 40 } });
  let open = (): void => {};
  own.log.gate = new Promise((resolve) => (open = resolve));
  const answer = await own.fastify.inject({ method: "POST", url: "/v1/rank", payload: rankBody(1) });
  expect([answer.statusCode, answer.headers["retry-after"], errorOf(answer).code]).toEqual([
    503,
    "1",
    "TIMED_OUT",
  ]);
  open();
  own.log.gate = Promise.resolve();
  expect((await own.rank(rankBody(2))).policy_id).toBe("first");
  await own.stop();
});

test("control calls need the token, compared as a whole", async () => {
  const put = (headers: object) =>
    inject("PUT", "/v1/blocklist", { headers, payload: { item_ids: [], creator_ids: [] } });
  for (const authorization of [
    undefined,
    "Bearer wrong",
    "Basic YTpi",
    `Bearer ${CONTROL.authorization}`,
    "Bearer ",
  ]) {
    const answer = await put(authorization === undefined ? {} : { authorization });
    expect([answer.statusCode, answer.headers["www-authenticate"]]).toEqual([401, "Bearer"]);
    expect(errorOf(answer).code).toBe("UNAUTHORIZED");
  }
  expect((await put(CONTROL)).statusCode).toBe(200);
  expect((await put({ authorization: CONTROL.authorization.replace("Bearer", "bearer") })).statusCode).toBe(
    200,
  );
  expect((await inject("POST", "/v1/policy/rollback")).statusCode).toBe(401);
});

test("what is no request gets the error's one form, with no path and no stack", async () => {
  const json = { "content-type": "application/json" };
  const cases: [name: string, options: object, status: number, code: string][] = [
    ["no body", { headers: json }, 400, "BAD_REQUEST"],
    ["no JSON", { headers: json, payload: "{" }, 400, "BAD_REQUEST"],
    [
      "another type",
      { headers: { "content-type": "text/plain" }, payload: "x" },
      415,
      "UNSUPPORTED_MEDIA_TYPE",
    ],
    [
      "a form",
      { headers: { "content-type": "application/x-www-form-urlencoded" }, payload: "a=b" },
      415,
      "UNSUPPORTED_MEDIA_TYPE",
    ],
    ["no object", { headers: json, payload: "[]" }, 400, "BAD_REQUEST"],
    ["null", { headers: json, payload: "null" }, 400, "BAD_REQUEST"],
    ["a prototype", { headers: json, payload: '{"__proto__":{"a":1}}' }, 400, "BAD_REQUEST"],
    ["too large", { payload: rankBody(1, 1000) }, 413, "TOO_LARGE"],
    ["huge numbers", { payload: { ...rankBody(1), context: [1e39, 0, 0] } }, 400, "BAD_REQUEST"],
    [
      "deep",
      { headers: json, payload: `{"unit_id":${"[".repeat(8000)}${"]".repeat(8000)}}` },
      400,
      "BAD_REQUEST",
    ],
  ];
  for (const [name, options, status, code] of cases) {
    const answer = await inject("POST", "/v1/rank", options);
    expect([name, answer.statusCode, errorOf(answer).code]).toEqual([name, status, code]);
    expect(answer.body).not.toMatch(/node_modules|\.ts\b|    at |\/work|\\n/);
    expect(Object.keys(answer.json())).toEqual(["error"]);
  }
  for (const [method, url, status] of [
    ["GET", "/nowhere", 404],
    ["GET", "/v1/rank", 404],
    ["GET", "/%ff", 400],
    ["GET", "/docs/static/../../package.json", 404],
    ["GET", "/page/../../package.json", 404],
  ] as const) {
    const answer = await inject(method, url);
    expect([url, answer.statusCode]).toEqual([url, status]);
    expect(answer.json()).toHaveProperty("error.code");
  }
  expect((await requests()).failed).toBe(0);
});

test("bytes that are no HTTP get an answer, and the server goes on", async () => {
  const text = await new Promise<string>((resolve) => {
    let received = "";
    const socket = connect(port, "127.0.0.1", () => socket.write("NONSENSE\r\n\r\n"));
    socket.on("data", (piece: Buffer) => (received += piece.toString()));
    socket.on("close", () => resolve(received));
  });
  expect(text).toMatch(/^HTTP\/1.1 400 Bad Request\r\n[^]*"code":"BAD_REQUEST"/);
  expect((await ask("GET", "/readyz")).status).toBe(200);
});

test("every numbers' extreme that the schema takes is ranked or refused, never an internal error", async () => {
  const extreme = 3.4e38;
  for (const value of [extreme, -extreme, 1e-45, 0]) {
    const body = rankBody(1, 5);
    const rows = body.candidates.rows.map((row, m) =>
      row.map((_, f) => ((m + f) % 2 === 0 ? value : -value)),
    );
    const answer = await inject("POST", "/v1/rank", {
      payload: { ...body, context: [value, -value, value], candidates: { ...body.candidates, rows } },
    });
    expect([200, 400]).toContain(answer.statusCode);
  }
});

test("log lines hold no unit, whatever went wrong", async () => {
  await inject("POST", "/v1/rank", { payload: { ...rankBody(1), unit_id: "a-person", context: [1] } });
  await inject("POST", "/v1/rank", { payload: namedBody({ ...rankBody(1), unit_id: "a-person" }) });
  const status = await inject("GET", "/v1/status");
  expect(status.body).not.toContain("a-person");
  expect(status.json<{ recent: { unit: string }[] }>().recent[0]!.unit).toMatch(/^[0-9a-f]{12}$/);
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) {
    expect(line).not.toContain("a-person");
    expect(() => void JSON.parse(line)).not.toThrow();
  }
});

test("an address that is spelt otherwise is counted and bounded like any other", async () => {
  const before = await requests();
  expect((await inject("POST", "/%761/rank", { payload: rankBody(1) })).statusCode).toBe(200);
  expect((await requests()).total).toBe(before.total + 1);
});

test("bodies that never come keep nobody else from being served", async () => {
  const sockets = Array.from({ length: 6 }, () => connect(port, "127.0.0.1"));
  for (const socket of sockets)
    socket.write(
      "POST /v1/rank HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 999\r\n\r\n{",
    );
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await ask("POST", "/v1/rank", rankBody(1))).status).toBe(200);
  for (const socket of sockets) socket.destroy();
  await until(async () => (await requests()).in_flight === 0);
});

test("what is refused is told the log by its code alone", async () => {
  lines.length = 0;
  await inject("POST", "/v1/rank", { payload: { ...rankBody(1), unit_id: 4_711_123_456 } });
  expect(lines.join("")).toContain("BAD_REQUEST");
  expect(lines.join("")).not.toContain("4711123456");
});

test("a log that fails is told where it is looked for: in the lines, the figures and the status", async () => {
  lines.length = 0;
  server.log.broken = true;
  await inject("POST", "/v1/rank", { payload: rankBody(1) });
  server.log.broken = false;
  expect(lines.join("")).toContain("no space left");
  expect((await inject("GET", "/metrics")).body).toMatch(/^longview_log_failing 0$/m);
  expect((await inject("GET", "/v1/status")).json()).toMatchObject({
    log: { failed_conversions: 0, unreadable_segments: 0, failure: null },
  });
});

test("what watches a server is there: health, figures, documentation, page", async () => {
  await server.rank(rankBody(1));
  expect((await inject("GET", "/healthz")).json()).toEqual({ status: "ok" });
  expect((await inject("GET", "/readyz")).json()).toEqual({ status: "ready" });
  const metrics = await inject("GET", "/metrics");
  expect(metrics.headers["content-type"]).toContain("text/plain");
  expect(metrics.body).toMatch(
    /^longview_decisions_total\{policy="main",policy_id="first",mode="serve"\} \d+$/m,
  );
  expect(metrics.body).toMatch(/^longview_ready 1$/m);
  const openapi = (await inject("GET", "/docs/json")).json<{ paths: Record<string, object> }>();
  expect(Object.keys(openapi.paths).toSorted()).toEqual([
    "/healthz",
    "/metrics",
    "/readyz",
    "/v1/blocklist",
    "/v1/feedback",
    "/v1/policy",
    "/v1/policy/rollback",
    "/v1/rank",
    "/v1/rank/batch",
    "/v1/status",
  ]);
  expect((await inject("GET", "/docs/")).headers["content-security-policy"]).toBeDefined();
  const page = await inject("GET", "/");
  expect(page.headers["content-type"]).toContain("text/html");
  expect(page.headers["content-security-policy"]).toContain("default-src 'none'");
});

test("a server that is told to stop ends what is in flight, refuses the rest and closes its log", async () => {
  const own = await testServer({ policies: [mainPolicy(bundle)] });
  const ownPort = await own.start({ host: "127.0.0.1", port: 0 });
  let open = (): void => {};
  own.log.gate = new Promise((resolve) => (open = resolve));
  const inFlight = ask("POST", "/v1/rank", rankBody(1), ownPort);
  await until(() => own.log.rows.length === 1);
  const stopped = own.stop();
  const refused = (): Promise<boolean> =>
    ask("GET", "/healthz", undefined, ownPort).then(
      () => false,
      () => true,
    );
  await until(refused);
  expect(await refused()).toBe(true);
  expect(own.log.closed).toBe(false);
  open();
  expect((await inFlight).status).toBe(200);
  await stopped;
  expect(own.log.closed).toBe(true);
});

test("a server is not made with a bundle that nobody trusted signed", async () => {
  const { publicKey } = generateSigningKeys();
  const make = createPolicyServer({
    policies: [mainPolicy(bundle)],
    logFolder: join(folder, "log"),
    log: LOG,
    openLog: () => Promise.reject(new Error("it must not come to that")),
    trustedKeys: [createPublicKey(publicKey)],
  });
  await expect(make).rejects.toThrow(/manifest.json: has no signature, allowed/);
});
