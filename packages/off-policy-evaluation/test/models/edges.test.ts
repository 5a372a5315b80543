import { rootKey } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import { OffPolicyEvaluationError } from "../../src/index.ts";
import {
  crossFitRewardModel,
  directMethodInterval,
  estimatePropensities,
  modelColumns,
  type ModelRows,
  type RewardModelKind,
} from "../../src/models/index.ts";
import { expectClose } from "../bandit/golden.ts";
import { meanOf } from "./worlds.ts";

const key = rootKey("edges");
const KINDS: readonly RewardModelKind[] = ["linear", "logistic", "mlp"];
const network = { hidden: [8], epochs: 3 };

function rowsOf(rowCount: number, actionCount = 3): ModelRows & { reward: Float64Array } {
  return {
    action: Int32Array.from({ length: rowCount }, (_, i) => i % actionCount),
    actionCount,
    reward: Float64Array.from({ length: rowCount }, (_, i) => (i % 5 === 0 ? 1 : 0)),
    features: { names: ["x"], values: Float64Array.from({ length: rowCount }, (_, i) => Math.sin(i)) },
  };
}

const everyPrediction = async (
  rows: ModelRows & { readonly reward: Float64Array },
  options: { readonly kind: RewardModelKind; readonly folds?: number },
): Promise<Float64Array> => {
  const model = await crossFitRewardModel(rows, { key, network, ...options });
  const out = new Float64Array(model.rowCount * model.actionCount);
  await model.predictInto(out, 0, model.rowCount);
  expect([...out, ...model.predictedReward].every(Number.isFinite)).toBe(true);
  return out;
};

async function errorOf(run: () => unknown): Promise<OffPolicyEvaluationError> {
  try {
    await run();
  } catch (error) {
    if (error instanceof OffPolicyEvaluationError) {
      expect(error.message).not.toContain("\n");
      return error;
    }
    throw error;
  }
  throw new Error("nothing was refused");
}

describe.each(KINDS)("%s", (kind) => {
  test("an action that no row has gets about the mean of what the model says of the others", async () => {
    const rows = rowsOf(120);
    const out = await everyPrediction({ ...rows, actionCount: 4 }, { kind });
    const mean = meanOf(rows.reward);
    if (kind !== "mlp")
      for (let row = 0; row < 120; row++) expect(Math.abs(out[row * 4 + 3]! - mean)).toBeLessThan(0.15);
  });

  test("rewards that are all 0, all 1, or all alike", async () => {
    const rows = rowsOf(60);
    for (const value of kind === "logistic" ? [0, 1, 0.5] : [0, 1, -7.25]) {
      const out = await everyPrediction({ ...rows, reward: rows.reward.map(() => value) }, { kind });
      for (const predicted of out) expect(Math.abs(predicted - value)).toBeLessThan(0.03);
    }
  });

  test("a constant feature changes nothing but may be there", async () => {
    const rows = rowsOf(60);
    const { features: _, ...without } = rows;
    const values = new Float64Array(60).fill(1e9 + 0.1);
    const constant = await everyPrediction({ ...without, features: { names: ["same"], values } }, { kind });
    if (kind === "mlp") return;
    const plain = await everyPrediction(without, { kind });
    constant.forEach((value, at) => expectClose(value, plain[at]!, 1e-9));
  });

  test("one action; a fold that is one unit; two rows in two folds", async () => {
    await everyPrediction(rowsOf(30, 1), { kind });
    const rows = rowsOf(30);
    const units = rows.action.map((_, i) => (i < 28 ? 0 : i));
    await everyPrediction({ ...rows, units }, { kind, folds: 3 });
    await everyPrediction(rowsOf(2), { kind, folds: 2 });
  });

  test("weights of 0 in all training rows of a fold are refused", async () => {
    const rows = rowsOf(30);
    const weights = rows.reward.map((_, i) => (i === 0 ? 1 : 0));
    const error = await errorOf(() => crossFitRewardModel(rows, { key, kind, weights, network }));
    expect(error.code).toBe("NO_SUPPORT");
    expect(error.message).toMatch(/weights are 0 in every row outside fold \d/);
  });
});

test("a feature that is constant in some training folds only", async () => {
  const rows = rowsOf(40);
  const values = Float64Array.from({ length: 40 }, (_, i) => (i === 7 ? 1 : 0));
  for (const kind of ["linear", "logistic"] as const)
    await everyPrediction({ ...rows, features: { names: ["rare"], values } }, { kind });
});

test("features as large as times in milliseconds lose nothing", async () => {
  const rows = rowsOf(90);
  const shifted = { names: ["x"], values: rows.features!.values.map((x) => 1.7e12 + 86_400_000 * x) };
  for (const kind of ["linear", "logistic"] as const) {
    const plain = await everyPrediction(rows, { kind });
    const large = await everyPrediction({ ...rows, features: shifted }, { kind });
    large.forEach((value, at) => expectClose(value, plain[at]!, 1e-6));
  }
});

test("a separating feature leaves a logistic model finite", async () => {
  const rows = rowsOf(60);
  const features = { names: ["leak"], values: rows.reward.slice() };
  const out = await everyPrediction({ ...rows, features }, { kind: "logistic" });
  rows.reward.forEach((value, row) => expect(Math.abs(out[row * 3]! - value)).toBeLessThan(0.35));
});

describe("refusals name the option or the entry", () => {
  const rows = rowsOf(9);
  test.each([
    [
      "more folds than units",
      { folds: 10 },
      "BAD_OPTION",
      "folds is 10: it can be at most the number of units, 9",
    ],
    ["one fold", { folds: 1 }, "BAD_OPTION", "folds is 1"],
    ["no penalty", { penalties: [] }, "BAD_OPTION", "penalties is empty"],
    ["a penalty of 0", { penalties: [0] }, "BAD_OPTION", "penalties has 0"],
    ["a negative weight", { weights: new Float64Array(9).fill(-1) }, "BAD_VALUE", "weights[0] is -1"],
    ["too few weights", { weights: new Float64Array(8) }, "BAD_LENGTH", "weights has 8 entries"],
    ["no tuning rows", { tuningRows: 0 }, "BAD_OPTION", "tuningRows is 0"],
    ["no hidden layer", { kind: "mlp" as const, network: { hidden: [] } }, "BAD_OPTION", "network.hidden"],
    ["no epochs", { kind: "mlp" as const, network: { epochs: 0 } }, "BAD_OPTION", "network.epochs is 0"],
  ])("%s", async (_, options, code, message) => {
    const error = await errorOf(() => crossFitRewardModel(rows, { key, ...options }));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });

  test.each([
    ["no rows", rowsOf(0), "EMPTY", "action has no rows"],
    ["an action out of range", { ...rows, actionCount: 2 }, "BAD_VALUE", "action[2] is 2"],
    ["a missing reward", { ...rows, reward: new Float64Array(8) }, "BAD_LENGTH", "reward has 8 entries"],
    [
      "a reward that is no number",
      { ...rows, reward: rows.reward.with(4, NaN) },
      "BAD_VALUE",
      "reward[4] is NaN",
    ],
    [
      "a feature that is no number",
      { ...rows, features: { names: ["x"], values: new Float64Array(9).fill(Infinity) } },
      "BAD_VALUE",
      "features.values[0] is Infinity",
    ],
    [
      "features of other rows",
      { ...rows, features: { names: ["x", "y"], values: new Float64Array(9) } },
      "BAD_LENGTH",
      "features.values has 9 entries: 18",
    ],
    ["positions without a column", { ...rows, positionCount: 2 }, "BAD_OPTION", "positionCount is 2"],
    [
      "a position out of range",
      { ...rows, position: new Int32Array(9).fill(2), positionCount: 2 },
      "BAD_VALUE",
      "position[0] is 2",
    ],
    ["units of other rows", { ...rows, units: [1] }, "BAD_LENGTH", "units has 1 entries"],
  ])("%s", async (_, bad, code, message) => {
    const error = await errorOf(() => crossFitRewardModel(bad, { key }));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });

  test("rewards outside [0, 1] for a logistic model; pieces and distributions that do not fit", async () => {
    const reward = rows.reward.with(3, 2);
    const outside = await errorOf(() => crossFitRewardModel({ ...rows, reward }, { key, kind: "logistic" }));
    expect(outside.message).toContain("reward[3] is 2");
    const model = await crossFitRewardModel(rows, { key });
    const piece = await errorOf(() => model.predictInto(new Float64Array(30), 5, 5));
    expect(piece.message).toContain("firstRow is 5 and count 5");
    const short = await errorOf(() => model.predictInto(new Float64Array(3), 0, 2));
    expect(short).toMatchObject({ code: "BAD_LENGTH" });
    const filled = (value: number) => (_: number, count: number) => new Float64Array(3 * count).fill(value);
    expect(await errorOf(() => modelColumns(model, () => new Float64Array(3)))).toMatchObject({
      code: "BAD_LENGTH",
    });
    expect(await errorOf(() => modelColumns(model, filled(0)))).toMatchObject({ code: "NO_SUPPORT" });
    expect(await errorOf(() => modelColumns(model, filled(0.5)))).toMatchObject({ code: "BAD_VALUE" });
    expect(await errorOf(() => modelColumns(model, filled(NaN)))).toMatchObject({ code: "BAD_VALUE" });
    expect(await errorOf(() => modelColumns(model, filled(1 / 3), { rowsAtATime: 0 }))).toMatchObject({
      code: "BAD_OPTION",
    });
    const net = await crossFitRewardModel(rows, { key, kind: "mlp", network });
    expect(await errorOf(() => directMethodInterval(net, filled(1 / 3)))).toMatchObject({
      code: "NOT_COMPUTABLE",
    });
  });

  test("estimatePropensities", async () => {
    expect(await errorOf(() => estimatePropensities(rows, { key, floor: 0 }))).toMatchObject({
      code: "BAD_OPTION",
      message: "floor is 0: it must be between 0 and 1",
    });
    expect(await errorOf(() => estimatePropensities(rows, { key, folds: 10 }))).toMatchObject({
      code: "BAD_OPTION",
    });
  });
});
