import { expect, test } from "vitest";
import { meanInterval, rootKey } from "@longview/statistics";
import { validateConfiguration } from "../src/configuration/load.ts";
import { episodeCostValues, episodeUnits } from "../src/evaluation/episode-units.ts";
import { summarise } from "../src/evaluation/summarise.ts";
import type { PolicyUnits } from "../src/evaluation/unit-result.ts";

const policy = (name: string, values: readonly number[], costs: readonly number[] = values): PolicyUnits => ({
  name,
  role: name === "trained" ? "trained" : "baseline",
  description: name,
  units: values.map((value, index) => ({
    value,
    undiscountedValue: value,
    objectives: {},
    costs: { harm: costs[index]! },
  })),
});

test("an episode's cost is judged as training measures it: a ratio over all decisions, or the mean sum", () => {
  const sums = [2, 0, 7];
  const decisions = [10, 1, 25];
  expect(episodeCostValues(sums, decisions, "per-episode")).toEqual(sums);
  const { mean, standardError } = meanInterval(episodeCostValues(sums, decisions, "per-decision"));
  expect(mean).toBeCloseTo(9 / 36, 12);
  // The delta method, written out: residuals 2 − 10/4, 0 − 1/4, 7 − 25/4 over a mean of 12 decisions.
  const residuals = (0.5 ** 2 + 0.25 ** 2 + 0.75 ** 2) / 2;
  expect(standardError).toBeCloseTo(Math.sqrt(residuals / 3) / 12, 12);
  expect(episodeCostValues([0, 0], [0, 0], "per-decision")).toEqual([0, 0]);
});

test("episodes that cost more than the limit are not feasible", () => {
  const played = {
    returns: new Float64Array(12),
    decisions: new Float64Array(12).fill(100),
    episodeCosts: { harm: Float64Array.from({ length: 12 }, (_, index) => 1 + (index % 3) / 10) },
  };
  const trained = {
    ...policy("trained", []),
    units: episodeUnits(played, { harm: { measure: "per-episode" } }),
  };
  const summary = (limit: number): boolean =>
    summarise([trained], { confidence: 0.95, limits: { harm: limit }, key: rootKey(1) })[0]!.feasible;
  // The mean is 1.1; of a decision it would be 0.011, which any of these limits would let pass.
  expect(summary(1.3)).toBe(true);
  expect(summary(1.05)).toBe(false);
});

test("fewer than ten units give Student's t, paired too; ten are resampled", () => {
  const options = { confidence: 0.95, limits: {}, key: rootKey(1) };
  const trained = [400, 900, 310, 350];
  const random = [390, 700, 305, 340];
  const rows = summarise([policy("trained", trained), policy("random", random)], options);
  // t(0.975, 3) = 3.182446; the mean is 490, the standard deviation 275.80186.
  const half = (3.182446 * 275.80186) / 2;
  expect(rows[0]!.value.interval[0]).toBeCloseTo(490 - half, 3);
  expect(rows[0]!.value.interval[1]).toBeCloseTo(490 + half, 3);
  expect(rows[1]!.differenceToTrained.interval).toEqual(meanInterval([10, 200, 5, 10]).interval);
  const ten = Array.from({ length: 10 }, (_, index) => index * index);
  expect(summarise([policy("trained", ten)], options)[0]!.value.interval).not.toEqual(
    meanInterval(ten).interval,
  );
});

test("a limit on an episode's sum is refused where worlds are compared by the cost of a decision", async () => {
  const tree = (id: string): Record<string, unknown> => ({
    environment: { id },
    algorithm: { name: "ppo-lagrangian" },
    constraints: { integrityHarm: { limit: 1, measure: "per-episode" } },
  });
  await expect(validateConfiguration(tree("marketplace/content-v0"))).rejects.toThrow(
    /^constraints\.integrityHarm\.measure: found per-episode, allowed: per-decision on marketplace\/content-v0/,
  );
  await expect(validateConfiguration(tree("CartPole-v1"))).resolves.toBeDefined();
});
