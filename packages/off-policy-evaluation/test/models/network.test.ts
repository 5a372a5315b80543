import { rootKey } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import { crossFitRewardModel, type RewardRows } from "../../src/models/index.ts";
import { Draws, logistic, meanOf } from "./worlds.ts";

const key = rootKey("network");

/** Which action is better depends on the context's sign: nothing that adds up action and context can know. */
function crossedWorld(rowCount: number, binary: boolean): { rows: RewardRows; expected: Float64Array } {
  const draws = new Draws(key, 4 * rowCount);
  const action = new Int32Array(rowCount);
  const reward = new Float64Array(rowCount);
  const values = new Float64Array(2 * rowCount);
  const expected = new Float64Array(2 * rowCount);
  for (let i = 0; i < rowCount; i++) {
    values[2 * i] = draws.normal();
    values[2 * i + 1] = 50 + 10 * draws.normal();
    action[i] = draws.uniform() < 0.5 ? 0 : 1;
    for (const a of [0, 1]) {
      const score = 2 * (a === 0 ? 1 : -1) * Math.tanh(2 * values[2 * i]!);
      expected[2 * i + a] = binary ? logistic(score) : 10 + score;
    }
    const noise = draws.uniform();
    const mean = expected[2 * i + action[i]!]!;
    reward[i] = binary ? (noise < mean ? 1 : 0) : mean + noise - 0.5;
  }
  return { rows: { action, actionCount: 2, reward, features: { names: ["x", "y"], values } }, expected };
}

const errorOf = (predicted: Float64Array, expected: Float64Array): number =>
  Math.sqrt(meanOf(predicted.map((value, at) => (value - expected[at]!) ** 2)));

describe("mlp", () => {
  test.each([
    ["a sigmoid head for rewards of 0 and 1", true],
    ["an identity head for others", false],
  ])("learns how action and context work together, which linear models cannot: %s", async (_, binary) => {
    const { rows, expected } = crossedWorld(3000, binary);
    const out = new Float64Array(6000);
    const options = { key, network: { hidden: [16, 8], epochs: 30 }, penalties: [1] };
    const network = await crossFitRewardModel(rows, { ...options, kind: "mlp" });
    await network.predictInto(out, 0, 3000);
    const linear = await crossFitRewardModel(rows, { key });
    const plain = new Float64Array(6000);
    await linear.predictInto(plain, 0, 3000);
    expect(linear.kind).toBe(binary ? "logistic" : "linear");
    expect(errorOf(out, expected)).toBeLessThan(0.2 * errorOf(plain, expected));
    expect(network.calibration.expectedError).toBeLessThan(0.05);
  });

  test("the same bytes again, whatever piece a row is asked for in", async () => {
    const { rows } = crossedWorld(300, true);
    const options = { key, kind: "mlp" as const, network: { hidden: [8], epochs: 3 } };
    const first = await crossFitRewardModel(rows, options);
    const again = await crossFitRewardModel(rows, options);
    expect(again.predictedReward).toEqual(first.predictedReward);
    expect(again.chosenPenalty).toEqual(first.chosenPenalty);
    const whole = new Float64Array(600);
    await first.predictInto(whole, 0, 300);
    const piece = new Float64Array(2 * 17);
    await first.predictInto(piece, 101, 17);
    expect(piece).toEqual(whole.slice(202, 236));
  });

  test("a unit's own rewards do not reach its predictions", async () => {
    const { rows } = crossedWorld(90, true);
    const units = rows.action.map((_, i) => Math.floor(i / 3));
    const options = { key, kind: "mlp" as const, network: { hidden: [6], epochs: 3 } };
    const changed = rows.reward.map((value, i) => (units[i] === 4 ? 1 - value : value));
    const before = await crossFitRewardModel({ ...rows, units }, options);
    const after = await crossFitRewardModel({ ...rows, units, reward: changed }, options);
    const [first, second] = [new Float64Array(180), new Float64Array(180)];
    await before.predictInto(first, 0, 90);
    await after.predictInto(second, 0, 90);
    const own = (_: number, at: number): boolean => units[Math.floor(at / 2)] === 4;
    expect(second.filter(own)).toEqual(first.filter(own));
    expect(second).not.toEqual(first);
  });

  test("positions, features of actions and weights reach it", async () => {
    const rowCount = 1500;
    const draws = new Draws(key, 3 * rowCount);
    const action = Int32Array.from({ length: rowCount }, () => Math.floor(6 * draws.uniform()));
    const position = action.map((_, i) => i % 2);
    const size = Float64Array.of(-2, -1, 0, 1, 2, 3);
    const reward = Float64Array.from(action, (a, i) => 0.5 * size[a]! + position[i]! + 0.1 * draws.normal());
    // Rows whose reward is nonsense, and weightless.
    const weights = reward.map((_, i) => (i % 5 === 0 ? 0 : 1));
    const spoilt = reward.map((value, i) => (i % 5 === 0 ? 100 : value));
    const model = await crossFitRewardModel(
      {
        action,
        actionCount: 6,
        position,
        reward: spoilt,
        actionFeatures: { names: ["size"], values: size },
      },
      { kind: "mlp", key, weights, network: { hidden: [8], epochs: 20 }, penalties: [1] },
    );
    const kept = model.predictedReward.map((value, i) => (value - reward[i]!) ** 2);
    expect(Math.sqrt(meanOf(kept))).toBeLessThan(0.2);
  });
});
