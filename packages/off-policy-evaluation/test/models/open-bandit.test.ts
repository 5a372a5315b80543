import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { openDecisionLog } from "@longview/formats";
import { rootKey } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import {
  collectLoggedBandit,
  defaultInterval,
  directMethod,
  doublyRobust,
  ModelledBanditLog,
  uniformActionProbability,
  type LoggedBandit,
} from "../../src/index.ts";
import {
  crossFitRewardModel,
  directMethodInterval,
  estimatePropensities,
  modelColumns,
} from "../../src/models/index.ts";
import { meanOf } from "./worlds.ts";

const folder = new URL("../../../../../shared/data/open-bandit/", import.meta.url);
const absent = !existsSync(folder);

async function collect(name: string): Promise<LoggedBandit> {
  const reader = await openDecisionLog({ files: [fileURLToPath(new URL(`${name}.csv.gz`, folder))] });
  try {
    return await collectLoggedBandit(reader);
  } finally {
    reader.close();
  }
}

describe("Open Bandit, men, BTS log to uniform (skipped where the data is absent)", () => {
  test.skipIf(absent)("DR with a cross-fitted logistic model holds the random log's own value", async () => {
    const random = await collect("obd_random_men");
    const bts = await collect("obd_bts_men");
    const truth = meanOf(random.rewards[0]!);
    expect(truth).toBeCloseTo(0.0046, 10);
    const reward = bts.rewards[0]!;
    const actionCount = bts.actions!.length;
    const rows = { action: bts.action!, actionCount, position: bts.position!, reward };
    const uniformly = (_: number, count: number): Float64Array =>
      new Float64Array(count * actionCount).fill(1 / actionCount);
    const model = await crossFitRewardModel(rows, { key: rootKey("open bandit") });
    expect(model.kind).toBe("logistic");
    expect(model.calibration.pValue).toBeGreaterThan(0.01);
    const log = new ModelledBanditLog({
      reward,
      propensity: bts.propensity!,
      actionProbability: uniformActionProbability(bts),
      ...(await modelColumns(model, uniformly)),
    });
    const robust = defaultInterval(doublyRobust(log));
    expect(robust.lower).toBeLessThan(truth);
    expect(robust.upper).toBeGreaterThan(truth);
    // The direct method of contexts alone is sure of itself and far off; with the model's error it is over 20 times as wide.
    const naive = defaultInterval(directMethod(log));
    const honest = await directMethodInterval(model, uniformly);
    expect(naive.lower).toBeGreaterThan(truth);
    expect((honest.upper - honest.lower) / (naive.upper - naive.lower)).toBeGreaterThan(20);
  });

  test.skipIf(absent)(
    "propensities by position alone fall short of the logged ones, which changed over time",
    async () => {
      const bts = await collect("obd_bts_men");
      const estimated = await estimatePropensities(
        { action: bts.action!, actionCount: bts.actions!.length, position: bts.position! },
        { key: rootKey("open bandit") },
      );
      expect(estimated.calibrationAfter.pValue).toBeGreaterThan(1e-3);
      expect(estimated.logLoss).toBeGreaterThan(-meanOf(bts.propensity!.map(Math.log)) + 0.3);
    },
  );
});
