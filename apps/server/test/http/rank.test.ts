import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBundlePolicy, replayDecision, type BundlePolicy } from "@longview/policies";
import { rankAnswerSchema, rankBatchAnswerSchema, type RankAnswer } from "@longview/formats";
import type { ServedDecision } from "../../src/decision-log/index.ts";
import { namedBody, rankBody } from "../helpers/rank-bodies.ts";
import {
  asJson,
  CONTROL,
  errorOf,
  mainPolicy,
  testFolder,
  testServer,
  type TestServer,
} from "../helpers/test-server.ts";
import { writeTinyBundle } from "../helpers/tiny-bundle.ts";

const { bundles, remove } = testFolder("rank");
const bundle = join(bundles, "first");
let server: TestServer;
let policy: BundlePolicy;
beforeAll(async () => {
  await writeTinyBundle(bundle, { policyId: "first", propensityFloor: 0.1 });
  policy = await openBundlePolicy(bundle);
  server = await testServer({ policies: [mainPolicy(bundle)] });
});
afterAll(async () => {
  await server.stop();
  remove();
});

const post = (url: string, body: unknown) =>
  server.fastify.inject({ method: "POST", url, payload: asJson(body) });

const logged = ({ decision_id }: RankAnswer): ServedDecision =>
  server.log.rows[Number(decision_id.replace("log-", ""))]!;

/** A logged decision as a row of the log's files holds it. */
const rowOf = ({ policyId, randomKey, context, itemIds, features, featureCount, slate }: ServedDecision) => ({
  policy_id: policyId,
  random_key: randomKey,
  context: [...context],
  candidates: itemIds.map((item_id, m) => ({
    item_id,
    creator_id: "c",
    features: [...features.subarray(m * featureCount, (m + 1) * featureCount)],
  })),
  slate: [...slate],
});

test("an answer says what to show and with which probability, as it stands in the log", async () => {
  const body = { ...rankBody(1, 40), session_id: "s1", step: 4 };
  const answer = rankAnswerSchema.parse(await server.rank(body));
  expect(answer).toMatchObject({ policy_id: "first", policy: "main", mode: "explore" });
  expect(answer.item_ids).toEqual(answer.positions.map((place) => body.candidates.item_ids[place]));
  expect(new Set(answer.positions).size).toBe(3);
  expect(answer.position_propensities.reduce((product, p) => product * p, 1)).toBeCloseTo(
    answer.slate_propensity,
    12,
  );
  const row = logged(answer);
  expect(row).toMatchObject({
    unitId: "u1",
    sessionId: "s1",
    step: 4,
    policyId: "first",
    randomKey: answer.random_key,
    slatePropensity: answer.slate_propensity,
    itemIds: body.candidates.item_ids,
    creatorIds: body.candidates.creator_ids,
  });
  expect(row.features).toEqual(Float32Array.from(body.candidates.rows.flat()));
});

test("every decision is made once more from its row alone, drawn or best, few candidates or many", async () => {
  for (let number = 0; number < 60; number++) {
    const answer = await server.rank({
      ...rankBody(number, 1 + 3 * (number % 20)),
      mode: number % 5 === 0 ? "greedy" : "explore",
      slots: 1 + (number % 4),
    });
    const replayed = await replayDecision(rowOf(logged(answer)), policy);
    expect([...replayed.slate]).toEqual(answer.positions);
    expect(replayed.joint).toBe(answer.slate_propensity);
    expect([...replayed.positions]).toEqual(answer.position_propensities);
  }
});

test("the floor is part of the propensity: none is below its share of the uniform policy's", async () => {
  const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => server.rank(rankBody(i % 5))));
  for (const { slate_propensity } of answers) expect(slate_propensity).toBeGreaterThan(0.1 / 120);
  const own = await testServer({ policies: [mainPolicy(bundle, 0.5)] });
  const answer = await own.rank(rankBody(1));
  expect(answer.policy_id).toBe("first/floor=0.5");
  expect(answer.slate_propensity).toBeGreaterThan(0.5 / 120);
  expect([...(await replayDecision(rowOf(own.log.rows[0]!), policy)).slate]).toEqual(answer.positions);
  await own.stop();
});

test("a seed repeats the slate whatever came between; without one, keys and slates differ", async () => {
  const seeded = { ...rankBody(2, 30), seed: "again" };
  const first = await server.rank(seeded);
  const others = await Promise.all(Array.from({ length: 20 }, () => server.rank(rankBody(2, 30))));
  const second = await server.rank(seeded);
  expect({ ...second, decision_id: first.decision_id }).toEqual(first);
  expect(new Set(others.map(({ random_key }) => random_key)).size).toBe(20);
  expect(new Set(others.map(({ positions }) => positions.join())).size).toBeGreaterThan(5);
  expect((await server.rank({ ...seeded, seed: "other" })).random_key).not.toBe(first.random_key);
});

test("greedy shows the best scores in their order, with propensity 1 and its own policy id", async () => {
  const answer = await server.rank({ ...rankBody(3, 20), mode: "greedy" });
  const [scores] = await policy.scores([rowOf(logged(answer))]);
  const best = [...scores!.keys()].toSorted((a, b) => scores![b]! - scores![a]!).slice(0, 3);
  expect(answer.positions).toEqual(best);
  expect(answer).toMatchObject({
    policy_id: "first/greedy",
    slate_propensity: 1,
    position_propensities: [1, 1, 1],
  });
});

test("what the mask or the blocklist takes is never shown and never seen, whatever its score", async () => {
  const body = rankBody(4, 12);
  const top = (await server.rank({ ...body, mode: "greedy" })).positions;
  const eligible = body.candidates.item_ids.map((_, m) => m !== top[0]);
  const masked = { ...body, candidates: { ...body.candidates, eligible } };
  const greedy = await server.rank({ ...masked, mode: "greedy" });
  expect(greedy.positions).not.toContain(top[0]);
  expect(logged(greedy).itemIds).toEqual(body.candidates.item_ids.filter((_, m) => eligible[m]));
  const blockedCreator = body.candidates.creator_ids![top[1]!]!;
  const put = await server.fastify.inject({
    method: "PUT",
    url: "/v1/blocklist",
    headers: CONTROL,
    payload: { item_ids: [body.candidates.item_ids[top[2]!]], creator_ids: [blockedCreator] },
  });
  expect(put.statusCode).toBe(200);
  for (let draw = 0; draw < 50; draw++) {
    const { positions, item_ids } = await server.rank({ ...masked, slots: 10 });
    expect(positions).not.toContain(top[0]);
    expect(positions).not.toContain(top[2]);
    for (const place of positions) expect(body.candidates.creator_ids![place]).not.toBe(blockedCreator);
    expect(item_ids).toEqual(positions.map((place) => body.candidates.item_ids[place]));
  }
  const nothing = await post("/v1/rank", {
    ...body,
    candidates: { ...body.candidates, eligible: eligible.map(() => false) },
  });
  expect(nothing.statusCode).toBe(422);
  expect(errorOf(nothing).code).toBe("NOTHING_ELIGIBLE");
  await server.fastify.inject({
    method: "PUT",
    url: "/v1/blocklist",
    headers: CONTROL,
    payload: { item_ids: [], creator_ids: [] },
  });
});

test("features by name, or rows in another order of names, are the same decision", async () => {
  const body = { ...rankBody(5, 9), seed: "7" };
  const { candidates } = body;
  const rows = await server.rank(body);
  const same = (answer: RankAnswer) => ({ ...answer, decision_id: rows.decision_id });
  expect(same(await server.rank(namedBody(body)))).toEqual(rows);
  const turned = {
    ...candidates,
    features: candidates.features.toReversed(),
    rows: candidates.rows.map((row) => row.toReversed()),
  };
  expect(same(await server.rank({ ...body, candidates: turned }))).toEqual(rows);
  const masked = candidates.item_ids.map((_, m) => m % 2 === 0);
  expect(
    same(await server.rank(namedBody({ ...body, candidates: { ...candidates, eligible: masked } })))
      .positions,
  ).toEqual((await server.rank({ ...body, candidates: { ...candidates, eligible: masked } })).positions);
});

test("a feature that is unknown or missing is refused with its name", async () => {
  const body = rankBody(6, 2);
  const { candidates } = body;
  const unknown = await post("/v1/rank", {
    ...body,
    candidates: { ...candidates, features: ["quality", "fresh", "length", "mtach"] },
  });
  expect(unknown.statusCode).toBe(400);
  expect(errorOf(unknown)).toMatchObject({ code: "UNKNOWN_FEATURE" });
  expect(errorOf(unknown).message).toContain('"mtach"');
  const missing = await post("/v1/rank", {
    ...body,
    candidates: {
      ...candidates,
      features: ["quality", "fresh", "length"],
      rows: candidates.rows.map((row) => row.slice(0, 3)),
    },
  });
  expect(errorOf(missing)).toMatchObject({ code: "MISSING_FEATURE" });
  expect(errorOf(missing).message).toContain('"match"');
  expect(errorOf(await post("/v1/rank", { ...body, context: { age: 1, hour: 2 } })).message).toContain(
    '"depth"',
  );
  expect(errorOf(await post("/v1/rank", { ...body, context: [1] }))).toEqual({
    code: "BAD_REQUEST",
    message: "context: has 1 numbers, the policy reads 3",
  });
});

test("a batch answers or refuses each by itself, in order, and logs what was decided", async () => {
  const before = server.log.rows.length;
  const requests = [rankBody(1), {}, { ...rankBody(2), context: [1] }, rankBody(3)];
  const { answers } = rankBatchAnswerSchema.parse((await post("/v1/rank/batch", { requests })).json());
  expect(answers.map((answer) => ("error" in answer ? answer.error.message : "answered"))).toEqual([
    "answered",
    "requests.1.unit_id: found nothing, allowed: a text of 1 to 256 characters, not blank",
    "context: has 1 numbers, the policy reads 3",
    "answered",
  ]);
  expect(server.log.rows.slice(before).map(({ unitId }) => unitId)).toEqual(["u1", "u3"]);
  const large = await post("/v1/rank/batch", { requests: Array.from({ length: 65 }, () => ({})) });
  expect(errorOf(large)).toEqual({ code: "TOO_LARGE", message: "requests: has 65, allowed: at most 64" });
  expect(errorOf(await post("/v1/rank/batch", { requests: [] })).code).toBe("BAD_REQUEST");
});

test("feedback says what became of each report", async () => {
  const { decision_id } = await server.rank(rankBody(1));
  const one = await post("/v1/feedback", { decision_id, objectives: { reward: 1 } });
  expect(one.json()).toEqual({ joined: 1, late: 0, duplicate: 0, unknown: 0, results: ["joined"] });
  const list = await post("/v1/feedback", { feedback: [{ decision_id }, { decision_id: "log-999999" }] });
  expect(list.json()).toEqual({
    joined: 0,
    late: 0,
    duplicate: 1,
    unknown: 1,
    results: ["duplicate", "unknown"],
  });
  const wrong = await post("/v1/feedback", { feedback: [{ decision_id, objectives: { reward: "1" } }] });
  expect(errorOf(wrong).message).toMatch(/^feedback.0.objectives.reward: /);
  expect(errorOf(await post("/v1/feedback", {})).message).toMatch(/^decision_id: /);
});

test("slates longer than the candidates hold all of them", async () => {
  const answer = await server.rank({ ...rankBody(1, 2), slots: 50 });
  expect(new Set(answer.positions)).toEqual(new Set([0, 1]));
  expect(answer.position_propensities[1]).toBe(1);
});
