import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { openDecisionLog } from "@longview/formats";
import { describe, expect, test } from "vitest";
import {
  BanditLog,
  candidateTableText,
  collectLoggedBandit,
  estimateValue,
  itemFrequencyTable,
  parseCandidateTable,
  selfNormalizedInversePropensity,
  tableActionProbability,
  uniformActionProbability,
  weightDiagnostics,
  type LoggedBandit,
} from "../../src/index.ts";

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

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("Open Bandit logs, read without a mapping (skipped where the data is absent)", () => {
  test.skipIf(absent)(
    "men, random to BTS by item frequencies: published SNIPS, effective size, on-policy value",
    async () => {
      const random = await collect("obd_random_men");
      const bts = await collect("obd_bts_men");
      const table = parseCandidateTable(candidateTableText(itemFrequencyTable(bts)), "bts.csv");
      const log = new BanditLog({
        reward: random.rewards[0]!,
        propensity: random.propensity!,
        actionProbability: tableActionProbability(table, random),
      });
      expect(table.positions).toEqual([1, 2, 3]);
      expect(estimateValue(selfNormalizedInversePropensity(log))).toBeCloseTo(0.00574, 5);
      expect(Math.round(weightDiagnostics(log.weight).effectiveSampleSize)).toBe(2869);
      expect(mean(bts.rewards[0]!)).toBeCloseTo(0.0069, 10);
    },
  );

  test.skipIf(absent)("women, BTS to uniform: two rows carry the evidence", async () => {
    const bts = await collect("obd_bts_women");
    const log = new BanditLog({
      reward: bts.rewards[0]!,
      propensity: bts.propensity!,
      actionProbability: uniformActionProbability(bts),
    });
    const diagnostics = weightDiagnostics(log.weight);
    expect(bts.actions).toHaveLength(46);
    expect(diagnostics.effectiveSampleSize).toBeCloseTo(2.08, 2);
    expect(diagnostics.largestShare).toBeCloseTo(0.69, 2);
  });
});
