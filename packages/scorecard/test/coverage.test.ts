import { rootKey } from "@longview/statistics";
import { expect, test } from "vitest";
import { ecosystemValue } from "../src/ecosystem/ecosystem-value.ts";
import { parseExchangeRates } from "../src/ecosystem/exchange-rates.ts";
import { Scorecard } from "../src/scorecard.ts";
import { knownPages, knownTruths } from "./helpers/known-world.ts";
import { found } from "./helpers/score.ts";

const WORLDS = 100;
const USERS = 400;

const rates = parseExchangeRates({
  name: "test",
  version: 1,
  unit: "point",
  terms: [
    { metric: "satisfaction", weight: 2 },
    { metric: "creatorGini", weight: -1 },
    { metric: "worstTenthValue", weight: 3 },
  ],
});

// Of 100 worlds a 95 % interval misses 13 or more in 1 of 670 suites; nine metrics are looked at.
test(`intervals over ${USERS} users cover the truth in at least 88 of ${WORLDS} worlds, though pages of a user are alike`, () => {
  const truths = knownTruths();
  const hits = new Map<string, number>([...Object.keys(truths), "value"].map((name) => [name, 0]));
  const look = (
    name: string,
    truth: number,
    interval: readonly [number | null, number | null] | null,
  ): void => {
    if (interval![0]! <= truth && truth <= interval![1]!) hits.set(name, hits.get(name)! + 1);
  };
  for (let world = 0; world < WORLDS; world++) {
    const scorecard = new Scorecard({ key: rootKey("coverage") });
    scorecard.addPages(knownPages("coverage test", world, USERS));
    const [summary] = scorecard.summarise();
    for (const [name, truth] of Object.entries(truths)) look(name, truth, found(summary!, name).interval);
    const value = ecosystemValue(summary!, rates);
    if ("reason" in value) throw new Error(value.reason);
    look(
      "value",
      2 * truths["satisfaction"]! - truths["creatorGini"]! + 3 * truths["worstTenthValue"]!,
      value.interval,
    );
  }
  for (const [name, count] of hits) expect([name, count >= 88, count]).toEqual([name, true, count]);
}, 30_000);
