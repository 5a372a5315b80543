import { expect, test } from "vitest";
import { box, dict, multiBinary, slate } from "@longview/environment";
import { spaceToJson, type DecisionLogRow } from "@longview/formats";
import { deriveKey, foldIn, rootKey, uniformsInto } from "@longview/statistics";
import {
  createDecisionScorer,
  createPolicyModel,
  exportPolicy,
  greedyPolicyId,
  parseRandomKey,
  parseServedPolicyId,
  policySettings,
  randomKeyText,
  replayDecision,
  servedPolicyId,
  SlateDraws,
  type DecisionScorer,
  type DecisionTable,
} from "../src/index.ts";

const key = rootKey("replayed decisions");
const CONTEXT = 3;
const FEATURES = 4;

async function scorerOf(propensityFloor: number): Promise<DecisionScorer> {
  const model = createPolicyModel({
    observationSpace: dict({
      context: box({ low: -5, high: 5, shape: [CONTEXT] }),
      candidates: box({ low: -5, high: 5, shape: [6, FEATURES] }),
      mask: multiBinary(6),
    }),
    actionSpace: slate({ slots: 2, candidates: 6 }),
    settings: policySettings.parse({ policyGain: 1, hiddenSizes: [16], itemSizes: [16, 8] }),
    valueNames: ["reward"],
  });
  const normaliser = Object.fromEntries(
    model.shape.observation
      .filter(({ normalisedSize }) => normalisedSize > 0)
      .map(({ name, normalisedSize }) => [
        name,
        { mean: new Float32Array(normalisedSize), scale: new Float32Array(normalisedSize).fill(1) },
      ]),
  );
  const { onnx } = exportPolicy({
    model,
    state: { parameters: model.initialize(deriveKey(key, "parameters")), normaliser },
    observationClip: 10,
  });
  return createDecisionScorer({
    onnx,
    distribution: "plackett-luce",
    observation: { context: { shape: [CONTEXT] }, candidates: { shape: [6, FEATURES] } },
    actionSpace: { ...spaceToJson(model.shape.actionSpace) },
    propensityFloor,
  });
}

function numbers(purpose: string, count: number): Float32Array {
  const out = new Float64Array(count);
  const { first, second } = deriveKey(key, purpose);
  uniformsInto(out, 0, count, first, second, 0, 0);
  return Float32Array.from(out, (u) => 4 * u - 2);
}

function tableOf(number: number, count: number): DecisionTable {
  return {
    context: numbers(`context ${number}`, CONTEXT),
    itemIds: Array.from({ length: count }, (_, m) => `i${m}`),
    features: numbers(`features ${number}`, count * FEATURES),
    featureCount: FEATURES,
  };
}

type Row = Pick<DecisionLogRow, "policy_id" | "random_key" | "context" | "candidates" | "slate">;

const rowOf = (table: DecisionTable): Pick<Row, "context" | "candidates"> => ({
  context: [...table.context],
  candidates: table.itemIds.map((item_id, m) => ({
    item_id,
    creator_id: "c",
    features: [...table.features.subarray(m * FEATURES, (m + 1) * FEATURES)],
  })),
});

test("a decision in typed arrays scores as its log row does, to the last bit, narrow or wide", async () => {
  const scorer = await scorerOf(0);
  const tables = [1, 5, 31, 32, 33, 200].map((count, number) => tableOf(number, count));
  const together = await scorer.scores(tables.map(rowOf));
  for (const [number, table] of tables.entries()) {
    expect(await scorer.tableScores(table)).toEqual(together[number]);
    expect((await scorer.scores([rowOf(table)]))[0]).toEqual(together[number]);
  }
  await expect(scorer.tableScores({ ...tables[0]!, context: new Float32Array(2) })).rejects.toThrow(
    "context has 2 numbers, the policy reads 3",
  );
  await expect(scorer.tableScores({ ...tables[0]!, features: new Float32Array(3) })).rejects.toThrow(
    /^candidates have/,
  );
  await scorer.dispose();
});

test("a thousand logged decisions are made once more from their rows alone, exactly", async () => {
  const scorer = await scorerOf(0.1);
  const draws = new SlateDraws(64);
  let uniformly = 0;
  for (let number = 0; number < 1000; number++) {
    const table = tableOf(number, 1 + (number % 40));
    const scores = await scorer.tableScores(table);
    const row = rowOf(table);
    const groups = scorer.groups(row, 3);
    const own = foldIn(key, number);
    const floor = [0.1, 0, 0.3][number % 3]!;
    const made = draws.draw({ groups }, { kind: "scores", scores }, { share: floor, key: own, entity: 7 });
    const replayed = await replayDecision(
      {
        ...row,
        policy_id: servedPolicyId("bundle", 0.1, floor),
        random_key: randomKeyText(own, 7),
        slate: [...made.slate],
      },
      scorer,
    );
    expect(replayed).toEqual(made);
    const alone = draws.draw({ groups }, { kind: "scores", scores }, { share: 0, key: own, entity: 7 });
    if (alone.slate.join() !== made.slate.join()) uniformly++;
  }
  expect(uniformly).toBeGreaterThan(50);
  await scorer.dispose();
});

test("a greedy decision is made once more with propensity 1", async () => {
  const scorer = await scorerOf(0.1);
  const table = tableOf(1, 12);
  const row = rowOf(table);
  const scores = await scorer.tableScores(table);
  const { slate: best, joint } = await replayDecision(
    { ...row, policy_id: greedyPolicyId("bundle"), random_key: "", slate: [0, 0, 0] },
    scorer,
  );
  expect(joint).toBe(1);
  expect(scores[best[0]!]).toBe(Math.max(...scores));
  await scorer.dispose();
});

test("served policy ids say the floor and the mode; random keys survive being written", () => {
  expect(parseServedPolicyId(servedPolicyId("main-1", 0.1, 0.1))).toEqual({
    bundle: "main-1",
    floor: undefined,
    greedy: false,
  });
  expect(parseServedPolicyId(greedyPolicyId(servedPolicyId("main-1", 0, 0.05)))).toEqual({
    bundle: "main-1",
    floor: 0.05,
    greedy: true,
  });
  const own = { first: 0xfffffff0, second: 5 };
  expect(parseRandomKey(randomKeyText(own, 12))).toEqual({ key: own, entity: 12 });
  expect(() => parseRandomKey("1/2")).toThrow(/^random_key: found "1\/2", allowed/);
});
