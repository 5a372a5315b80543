import type { ValidityCheck } from "@longview/formats";
import { describe, expect, test } from "vitest";
import { judgeLaunch, pValueText } from "../../src/index.ts";
import { banditBlock, contextOf, logOf, specOf, type BanditWorld } from "./made-up-launch.ts";

const world: BanditWorld = {
  logging: [0.5, 0.3, 0.2],
  candidate: [0.2, 0.3, 0.5],
  clickRate: [0.1, 0.2, 0.4],
  rows: 4000,
  seed: "sentences",
};

test("a p-value has two digits, and a very small one none", () => {
  expect([0.5, 0.0312, 0.0001, 0.00009, 0].map(pValueText)).toEqual([
    "p 0.5",
    "p 0.031",
    "p 0.0001",
    "p < 0.0001",
    "p < 0.0001",
  ]);
});

describe("the sentences of a verdict", () => {
  test("on wrong propensities say what was found, beside what is needed", async () => {
    const block = banditBlock(world);
    const wrong = { ...block, propensity: block.propensity.map((p) => 0.7 * p) };
    const verdict = await judgeLaunch(logOf(wrong, { actions: ["a", "b", "c"] }), contextOf(specOf()));
    const inverse = verdict.reasons.find(({ code }) => code === "invalid:inverse-propensities")!;
    expect(inverse.text).toMatch(
      /^Inverse propensities: the mean of 1 \/ \(items × propensity\) is 1\.4\d+ ± 0\.0\d+, above 1 by more than chance \(p < 0\.0001\); needed: a mean of at most 1, within chance \(p at least 0\.01\)$/,
    );
    expect(verdict.risk).toMatch(
      /^The evidence cannot carry the question\. Mean weight of the candidate: it is 1\.4/,
    );
    const weight = verdict.flips.find(({ metric }) => metric === "Mean weight of the candidate")!;
    expect(weight.text).toContain("the propensity column may be the wrong one");
    const light = verdict.lights.find(({ name }) => name === "validity")!;
    const red = verdict.validity.filter(({ state }) => state === "red");
    expect(light.text).toMatch(new RegExp(`; ${red.length - 1} more fail`));
  });

  test("count the cautions of a caution", async () => {
    const verdict = await judgeLaunch(logOf(banditBlock(world)), contextOf(specOf()));
    const amber = verdict.validity.filter(({ state }: ValidityCheck) => state === "amber");
    expect(amber.map(({ id }) => id)).toEqual(["units"]);
    expect(verdict.lights[0]!.text).toBe("Independent units: 4,000 decisions, taken as independent");
  });

  test("say why positions and days are missing", async () => {
    const { time: _, ...block } = banditBlock(world);
    const verdict = await judgeLaunch(logOf(block), contextOf(specOf()));
    expect(verdict.positions).toEqual([]);
    expect(verdict.days).toEqual([]);
    expect(verdict.absent).toContain("By position: the log has no positions.");
    expect(verdict.absent).toContain("By day, and drift: the log has no times.");
    const none = await judgeLaunch(
      logOf({ ...block, candidate: new Float64Array(block.rowCount) }),
      contextOf(specOf()),
    );
    expect(none.absent[0]).toMatch(/^Effects, estimators, positions, days and segments/);
  });

  test("on estimated propensities say that they were estimated", async () => {
    const calibration = {
      bins: [],
      expectedError: 0,
      largestError: 0,
      bias: 0,
      meanSquaredError: 0,
      statistic: 0,
      pValue: 0.5,
    };
    const context = contextOf(specOf(), { estimatedPropensities: calibration });
    const verdict = await judgeLaunch(logOf(banditBlock(world)), context);
    expect(verdict.reasons[0]!.text).toBe(
      "Source of the propensities: they were estimated, not logged (calibration p 0.5); " +
        "needed: logged ones; the specification does not allow estimates",
    );
  });
});
