import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDecisionLog } from "@longview/formats";
import { afterAll, expect, test } from "vitest";
import { BanditLog, collectLoggedBandit, estimateValue, inversePropensity } from "../../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "longview-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a log of several metrics, users and policies is collected in its order, and evaluates", async () => {
  const file = join(folder, "log.csv");
  const text = [
    "user,at,who,item,p,click,spent,other",
    "u2,10,new,b,0.5,1,2.5,0.25",
    "u1,11,old,a,0.25,0,0,0.5",
    "u2,12,old,a,0.25,1,4,1",
  ].join("\n");
  writeFileSync(file, `${text}\n`);
  const reader = await openDecisionLog({
    files: [file],
    mapping: {
      reward: { click: "click", spent: "spent" },
      propensity: "p",
      action: "item",
      unit_id: "user",
      timestamp: "at",
      policy_id: "who",
      probabilities: { candidate: "other" },
    },
  });
  const logged = await collectLoggedBandit(reader);
  expect(reader.policies).toEqual([
    { id: "new", rows: 1 },
    { id: "old", rows: 2 },
  ]);
  reader.close();
  expect(logged).toMatchObject({
    rowCount: 3,
    metrics: ["click", "spent"],
    actions: ["a", "b"],
    policies: ["new", "old"],
  });
  expect([...logged.unit!]).toEqual([0, 1, 0]);
  expect([...logged.action!]).toEqual([1, 0, 0]);
  expect([...logged.policy!]).toEqual([0, 1, 1]);
  expect([...logged.time!]).toEqual([10, 11, 12]);
  const log = new BanditLog({
    reward: logged.rewards[1]!,
    propensity: logged.propensity!,
    actionProbability: logged.probabilities["candidate"]!,
  });
  // (2.5 · 0.25/0.5 + 0 · 0.5/0.25 + 4 · 1/0.25) / 3
  expect(estimateValue(inversePropensity(log))).toBeCloseTo((1.25 + 16) / 3, 14);
});

test("slates of several items are no bandit log, and say so", async () => {
  const file = join(folder, "slates.jsonl");
  const decision = {
    decision_id: "d",
    candidates: [{ item_id: "x" }, { item_id: "y" }],
    slate: [1, 0],
    slate_propensity: 0.5,
    objectives: { value: 1 },
  };
  writeFileSync(file, `${JSON.stringify(decision)}\n`);
  const reader = await openDecisionLog({ files: [file] });
  await expect(collectLoggedBandit(reader)).rejects.toMatchObject({ code: "NOT_COMPUTABLE" });
  reader.close();
});
