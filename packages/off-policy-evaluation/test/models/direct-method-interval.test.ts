import { foldIn, normalQuantile, rootKey, type RandomKey } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import { directMethod, estimateValue, ModelledBanditLog, standardErrorOf } from "../../src/index.ts";
import {
  crossFitRewardModel,
  directMethodInterval,
  modelColumns,
  type RewardRows,
} from "../../src/models/index.ts";
import { expectClose } from "../bandit/golden.ts";
import { Draws, logistic, meanOf, softmax } from "./worlds.ts";

const ACTIONS = 10;
/** Milliseconds that a test may take on a busy machine. */
const PATIENCE = 60_000;

interface World {
  readonly rows: RewardRows;
  readonly truth: number;
}

/** Actions' effects and a logger that favours some of them, drawn anew for each world; the target is uniform. */
function drawnWorld(key: RandomKey, options: { readonly binary: boolean; readonly rowCount: number }): World {
  const { binary, rowCount } = options;
  const draws = new Draws(key, 2 * ACTIONS + 2 + 4 * rowCount);
  const effect = Array.from({ length: ACTIONS }, () => 0.5 * draws.normal());
  const logger = softmax(Array.from({ length: ACTIONS }, () => 1.2 * draws.normal()));
  const slope = [0.3 * draws.normal(), 0.3 * draws.normal()] as const;
  const mean = (score: number): number => (binary ? logistic(score - 1.5) : score);
  const action = new Int32Array(rowCount);
  const reward = new Float64Array(rowCount);
  const values = new Float64Array(2 * rowCount);
  for (let i = 0; i < rowCount; i++) {
    const [x, y] = [draws.normal(), draws.normal()];
    values.set([x, y], 2 * i);
    action[i] = draws.index(logger);
    const expected = mean(effect[action[i]!]! + slope[0] * x + slope[1] * y);
    const noise = draws.uniform();
    reward[i] = binary ? (noise < expected ? 1 : 0) : expected + normalQuantile(noise);
  }
  // Both features are normal, so that the score is too: its mean over quantiles.
  const spread = Math.hypot(slope[0], slope[1]);
  const points = Array.from({ length: 200 }, (_, k) => spread * normalQuantile((k + 0.5) / 200));
  const truth = meanOf(effect.map((own) => meanOf(points.map((point) => mean(own + point)))));
  return { rows: { action, actionCount: ACTIONS, reward, features: { names: ["x", "y"], values } }, truth };
}

const uniformly = (_: number, count: number): Float64Array =>
  new Float64Array(count * ACTIONS).fill(1 / ACTIONS);

describe("directMethodInterval", () => {
  // Binomial with 250 worlds at 95 %: fewer than 226 hits have a probability of 1e-3, and so have more than 247.
  test.each([
    ["linear", false],
    ["logistic", true],
  ] as const)(
    "%s: covers the truth in 250 worlds where contexts' spread alone does not",
    async (kind, binary) => {
      let hits = 0;
      let naiveHits = 0;
      for (let world = 0; world < 250; world++) {
        const { rows, truth } = drawnWorld(foldIn(rootKey(kind), world), { binary, rowCount: 900 });
        const model = await crossFitRewardModel(rows, { kind, key: rootKey(world) });
        const interval = await directMethodInterval(model, uniformly);
        if (interval.lower <= truth && truth <= interval.upper) hits++;
        // What an interval made of the terms of directMethod comes to.
        if (Math.abs(interval.value - truth) < 1.96 * interval.contextError) naiveHits++;
        if (world === 0) {
          const columns = await modelColumns(model, uniformly);
          const all = new Float64Array(900).fill(0.1);
          const { reward } = rows;
          const log = new ModelledBanditLog({ reward, propensity: all, actionProbability: all, ...columns });
          expectClose(interval.value, estimateValue(directMethod(log)), 1e-12);
          expectClose(interval.contextError, standardErrorOf(directMethod(log)), 1e-12);
        }
        expect(interval.contextError).toBeLessThan(interval.samplingError);
        expectClose(
          interval.standardError,
          Math.hypot(interval.samplingError, interval.shrinkageError),
          1e-12,
        );
      }
      expect(hits).toBeGreaterThanOrEqual(226);
      expect(hits).toBeLessThanOrEqual(247);
      expect(naiveHits).toBeLessThan(150);
    },
    PATIENCE,
  );

  test.each(["linear", "logistic"] as const)(
    "%s: a row's influence is what leaving its unit out does to the value, refitted",
    async (kind) => {
      const { rows } = drawnWorld(rootKey("jackknife"), { binary: kind === "logistic", rowCount: 250 });
      const options = { kind, key: rootKey(1), penalties: [5] };
      const valueUnder = async (weights: Float64Array): Promise<number> => {
        const model = await crossFitRewardModel(rows, { ...options, weights });
        return meanOf((await modelColumns(model, uniformly)).directValue);
      };
      const ones = new Float64Array(250).fill(1);
      const whole = await valueUnder(ones);
      // Jackknife of the model alone: contexts keep their weight.
      let squares = 0;
      for (let i = 0; i < 250; i++) squares += ((await valueUnder(ones.with(i, 0))) - whole) ** 2;
      const jackknife = Math.sqrt((249 / 250) * squares);
      const model = await crossFitRewardModel(rows, options);
      const { samplingError, contextError } = await directMethodInterval(model, uniformly);
      // Contexts and rewards vary almost independently; residuals out of fold and left out differ by a few per cent.
      expect(Math.abs(Math.sqrt(samplingError ** 2 - contextError ** 2) / jackknife - 1)).toBeLessThan(0.1);
    },
    PATIENCE,
  );

  test("rows repeated within units widen it as if they were one; the model's own units are the clusters", async () => {
    const { rows } = drawnWorld(rootKey("clusters"), { binary: false, rowCount: 600 });
    const twice = <T extends Float64Array | Int32Array>(values: T, width = 1): number[] =>
      Array.from({ length: 2 * values.length }, (_, at) => {
        const row = Math.floor(at / width / 2);
        return values[row * width + (at % width)]!;
      });
    const repeated: RewardRows = {
      action: Int32Array.from(twice(rows.action)),
      actionCount: ACTIONS,
      reward: Float64Array.from(twice(rows.reward)),
      features: { names: ["x", "y"], values: Float64Array.from(twice(rows.features!.values, 2)) },
      units: Int32Array.from({ length: 1200 }, (_, i) => Math.floor(i / 2)),
    };
    const options = { kind: "linear" as const, key: rootKey(3) };
    const single = await directMethodInterval(
      await crossFitRewardModel(rows, { ...options, penalties: [5] }),
      uniformly,
    );
    const model = await crossFitRewardModel(repeated, { ...options, penalties: [10] });
    const clustered = await directMethodInterval(model, uniformly);
    const pretended = await directMethodInterval(model, uniformly, {
      clusters: Int32Array.from({ length: 1200 }, (_, i) => i),
    });
    // The same fits: twice the rows and twice the penalty, in the same folds.
    expectClose(clustered.value, single.value, 1e-10);
    expectClose(clustered.samplingError, single.samplingError, 1e-10);
    expect(pretended.samplingError).toBeLessThan(0.75 * clustered.samplingError);
  });
});
