import { cpSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deploymentSchema, serverStatusSchema, type Deployment } from "@longview/formats";
import { rankBody } from "../helpers/rank-bodies.ts";
import {
  asJson,
  CONTROL,
  errorOf,
  mainPolicy,
  testFolder,
  testServer,
  type TestServer,
} from "../helpers/test-server.ts";
import { CANDIDATE_NAMES, writeTinyBundle } from "../helpers/tiny-bundle.ts";

const { folder, bundles, remove } = testFolder("deployment");
const servers: TestServer[] = [];
beforeAll(async () => {
  await writeTinyBundle(join(bundles, "first"), { policyId: "first" });
  await writeTinyBundle(join(bundles, "second"), { policyId: "second" });
  await writeTinyBundle(join(bundles, "wider"), {
    policyId: "wider",
    candidateNames: [...CANDIDATE_NAMES, "novelty"],
  });
  await writeTinyBundle(join(bundles, "wrong"), { policyId: "wrong", wrongBy: 1e-3 });
  cpSync(join(bundles, "second"), join(bundles, "damaged"), { recursive: true });
  writeFileSync(join(bundles, "damaged", "policy.onnx"), "damaged");
  symlinkSync(join(bundles, "second"), join(bundles, "link"));
});
afterAll(async () => {
  for (const server of servers) await server.stop();
  remove();
});

async function started(): Promise<TestServer> {
  const server = await testServer({
    policies: [mainPolicy(join(bundles, "first"))],
    bundlesRoot: bundles,
    limits: { inFlight: 1000 },
  });
  servers.push(server);
  return server;
}

const put = (server: TestServer, policies: readonly object[]) =>
  server.fastify.inject({ method: "PUT", url: "/v1/policy", headers: CONTROL, payload: { policies } });
const rollback = (server: TestServer) =>
  server.fastify.inject({ method: "POST", url: "/v1/policy/rollback", headers: CONTROL });
const live = (deployment: Deployment) => deployment.policies.map(({ policy_id }) => policy_id);

test("a deployment replaces what is live at once, and a rollback brings it back", async () => {
  const server = await started();
  const before = deploymentSchema.parse((await server.fastify.inject("/v1/policy")).json());
  expect(before).toMatchObject({
    earlier: 0,
    policies: [{ name: "main", bundle: "first", share: 1, candidate_features: [...CANDIDATE_NAMES] }],
  });
  const answer = await put(server, [{ name: "main", bundle: "second", propensity_floor: 0.25 }]);
  expect(live(deploymentSchema.parse(answer.json()))).toEqual(["second/floor=0.25"]);
  expect((await server.rank(rankBody(1))).policy_id).toBe("second/floor=0.25");
  expect(live(deploymentSchema.parse((await rollback(server)).json()))).toEqual(["first"]);
  expect((await server.rank(rankBody(1))).policy_id).toBe("first");
  const again = await rollback(server);
  expect([again.statusCode, errorOf(again).code]).toEqual([409, "CONFLICT"]);
});

test("a policy whose outcomes the log cannot hold does not go live", async () => {
  const server = await started();
  server.log.broken = true;
  const answer = await put(server, [{ name: "main", bundle: "second" }]);
  expect([answer.statusCode, errorOf(answer).code]).toEqual([422, "BUNDLE_REFUSED"]);
  expect(live(deploymentSchema.parse((await server.fastify.inject("/v1/policy")).json()))).toEqual(["first"]);
  server.log.broken = false;
  expect((await server.rank(rankBody(1))).policy_id).toBe("first");
});

test("a bundle that is damaged, fails its golden requests or lies elsewhere is refused, and the old one stays", async () => {
  const server = await started();
  for (const [bundle, status, message] of [
    ["wrong", 422, /^wrong\/golden.json: request 0, output scores/],
    ["damaged", 422, /^damaged\/policy.onnx: /],
    ["none", 404, /^policies.0.bundle: there is no bundle none$/],
    ["link", 404, /there is no bundle link/],
    ["..", 400, /^policies.0.bundle: /],
    ["../first", 400, /^policies.0.bundle: /],
  ] as const) {
    const answer = await put(server, [{ name: "main", bundle }]);
    expect([bundle, answer.statusCode]).toEqual([bundle, status]);
    expect(errorOf(answer).message).toMatch(message);
    expect(answer.body).not.toContain(folder);
  }
  // One that is refused takes the whole deployment with it.
  await put(server, [
    { name: "main", bundle: "second", share: 0.5 },
    { name: "next", bundle: "wrong", share: 0.5 },
  ]);
  expect((await server.rank(rankBody(1))).policy_id).toBe("first");
  const wrongShares = await put(server, [
    { name: "main", bundle: "first", share: 0.5 },
    { name: "next", bundle: "second", share: 0.4 },
  ]);
  expect(errorOf(wrongShares).message).toMatch(/^policies: the shares of those that serve sum to 0.9/);
});

test("units are split by the shares, a canary that grows keeps its units, and a unit has one policy", async () => {
  const server = await started();
  const policyOf = async (number: number) => (await server.rank(rankBody(number, 2))).policy;
  const units = Array.from({ length: 400 }, (_, i) => i);
  const names: string[][] = [];
  for (const share of [0.1, 0.4]) {
    await put(server, [
      { name: "main", bundle: "first", share: 1 - share },
      { name: "canary", bundle: "second", share },
    ]);
    const own = await Promise.all(units.map(policyOf));
    expect(await policyOf(7)).toBe(own[7]);
    // Five standard errors.
    const part = own.filter((name) => name === "canary").length / units.length;
    expect(Math.abs(part - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / units.length));
    names.push(own);
  }
  units.forEach((i) => {
    if (names[0]![i] === "canary") expect(names[1]![i]).toBe("canary");
  });
});

test("a shadow ranks what is served and nobody sees it", async () => {
  const server = await started();
  await put(server, [
    { name: "main", bundle: "first" },
    { name: "same", bundle: "first", mode: "shadow" },
    { name: "other", bundle: "second", mode: "shadow" },
    { name: "lacking", bundle: "wider", mode: "shadow" },
  ]);
  const before = server.log.rows.length;
  for (let number = 0; number < 40; number++)
    expect((await server.rank(rankBody(number, 12))).policy_id).toBe("first");
  expect(server.log.rows.length - before).toBe(40);
  for (const { policyId } of server.log.rows.slice(before)) expect(policyId).toBe("first");
  const shadows = async () => {
    const status = serverStatusSchema.parse((await server.fastify.inject("/v1/status")).json());
    return Object.fromEntries(status.policies.map((policy) => [policy.name, policy]));
  };
  for (let turn = 0; turn < 200 && (await shadows())["other"]!.decisions < 40; turn++)
    await new Promise((resolve) => setTimeout(resolve, 5));
  const { main, same, other, lacking } = await shadows();
  expect(main!.agreement_with_served).toBe(null);
  expect([same!.decisions, same!.agreement_with_served]).toEqual([40, 1]);
  expect(other!.agreement_with_served).toBeLessThan(0.9);
  expect(lacking!.decisions).toBe(0);
});

test("a canary may read a feature that the policy beside it does not know", async () => {
  const server = await started();
  await put(server, [
    { name: "main", bundle: "first", share: 0.5 },
    { name: "canary", bundle: "wider", share: 0.5 },
  ]);
  const seen = new Set<string>();
  for (let number = 0; number < 30; number++) {
    const { candidates, ...body } = rankBody(number, 5);
    const wide = {
      ...candidates,
      features: [...candidates.features, "novelty"],
      rows: candidates.rows.map((row) => [...row, 0.5]),
    };
    seen.add((await server.rank({ ...body, candidates: wide })).policy_id);
  }
  expect([...seen].toSorted()).toEqual(["first", "wider"]);
});

test("swaps under load lose no request, and each answer's policy gave the slate its propensity", async () => {
  const server = await started();
  const expected: Record<string, number[]> = {};
  const asked = { ...rankBody(1, 40), seed: "fixed" };
  for (const name of ["first", "second"]) {
    await put(server, [{ name: "main", bundle: name }]);
    const { positions } = await server.rank(asked);
    expected[name] = positions;
  }
  expect(expected["first"]).not.toEqual(expected["second"]);
  let swapping = true;
  let answered = 0;
  const ask = async (): Promise<void> => {
    while (swapping) {
      const { policy_id, positions } = await server.rank(asked);
      expect(positions).toEqual(expected[policy_id]);
      answered++;
    }
  };
  const load = Array.from({ length: 4 }, ask);
  for (let swap = 0; swap < 8; swap++) {
    const answer =
      swap % 4 === 3
        ? await rollback(server)
        : await put(server, [{ name: "main", bundle: swap % 2 === 0 ? "first" : "second" }]);
    expect(answer.statusCode).toBe(200);
  }
  swapping = false;
  await Promise.all(load);
  expect(answered).toBeGreaterThan(20);
});

test("without a root of bundles or without a token nothing is deployed", async () => {
  const server = await testServer({ policies: [mainPolicy(join(bundles, "first"))], token: undefined });
  servers.push(server);
  const closed = await server.fastify.inject({
    method: "PUT",
    url: "/v1/policy",
    headers: CONTROL,
    payload: asJson({ policies: [{ name: "main", bundle: "second" }] }),
  });
  expect(closed.statusCode).toBe(403);
  expect(errorOf(closed).message).toMatch(/--token-file FILE or LONGVIEW_TOKEN/);
  const rootless = await testServer({ policies: [mainPolicy(join(bundles, "first"))] });
  servers.push(rootless);
  const answer = await put(rootless, [{ name: "main", bundle: "second" }]);
  expect([answer.statusCode, errorOf(answer).message]).toEqual([
    403,
    "this server loads no other bundles; start it with --bundles FOLDER to allow those in it",
  ]);
});
