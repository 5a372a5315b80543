import { fileURLToPath } from "node:url";
import {
  kolmogorovSmirnovPValue,
  kolmogorovSmirnovDistance,
  normalQuantile,
  rootKey,
} from "@longview/statistics";
import { expect, test, vi } from "vitest";
import {
  nearestItem,
  randomReturn,
  RddlEcosystem,
  readInstance,
  type RddlEcosystemOptions,
} from "../../src/rddl/index.ts";
import { meanNoisyDistance } from "../../src/rddl/random-return.ts";
import { runWorlds, uniformSlates } from "../../src/recsimng/index.ts";
import { estimate, standardErrors } from "../recsimng/helpers/estimate.ts";

vi.setConfig({ testTimeout: 60_000 });

const instance = readInstance(fileURLToPath(new URL("fixtures/crossroads.rddl", import.meta.url)));
const consumers = instance.affinities.length;
const providers = instance.competences.length;
type Options = Pick<RddlEcosystemOptions, "featureOwner" | "rewardTiming">;
const faithful: Options = { featureOwner: "previous", rewardTiming: "rddl" };

function world(options: Partial<Options> = {}, worlds = 1): RddlEcosystem {
  const made = new RddlEcosystem({ ...faithful, ...options }, instance, worlds * consumers);
  made.reset({ seed: "rddl" });
  return made;
}

const away = (a: readonly number[], b: readonly number[]) => Math.hypot(a[0]! - b[0]!, a[1]! - b[1]!);

test("the first steps, by hand: items at the origin and nobody's; then nobody's noise; a reward is that of the step before", () => {
  const made = world();
  expect([...made.truth.itemProviders]).toEqual([-1, -1, -1, -1, -1, -1]);
  made.step();
  const first = instance.affinities.map((affinity) => 10 - away(affinity, [0, 0]));
  expect([...made.reward]).toEqual([0, 0, 0, 0]);
  expect(made.objectives.filter((_, i) => i % 2 === 0)).toEqual(Float64Array.from(first));
  expect([...made.truth.satisfactions]).toEqual([0.5, 0.5, 0.5]);
  made.action.set([0, 1, 2, 2]);
  const { itemProviders, itemFeatures } = structuredClone(made.truth);
  made.step();
  expect([...made.reward]).toEqual(first);
  const second = instance.affinities.map((affinity, i) => {
    const item = [0, 1, 2, 2][i]!;
    return 10 - away(affinity, [itemFeatures[2 * item]!, itemFeatures[2 * item + 1]!]);
  });
  made.objectives
    .filter((_, i) => i % 2 === 0)
    .forEach((satisfaction, i) => expect(satisfaction).toBeCloseTo(second[i]!, 12));
  const credited = [0.25, 0.25, 0.25];
  for (const item of [0, 1, 2, 2]) credited[itemProviders[item]!]! += 1;
  expect([...made.truth.satisfactions]).toEqual(credited);
});

test.each(["previous", "current"] as const)(
  "item features are N(competence of the %s owner, I): Kolmogorov–Smirnov does not refuse, and refuses the other owner",
  (featureOwner) => {
    const made = world({ featureOwner }, 40);
    const policy = uniformSlates(rootKey(2));
    const residuals = { previous: [] as number[], current: [] as number[] };
    for (let step = 0; step < 12; step++) {
      const before = made.truth.itemProviders.slice();
      policy(made);
      made.step();
      if (step === 0) continue;
      for (let item = 0; item < before.length; item++)
        for (const [name, owner] of [
          ["previous", before[item]!],
          ["current", made.truth.itemProviders[item]!],
        ] as const)
          residuals[name].push(made.truth.itemFeatures[2 * item]! - instance.competences[owner]![0]!);
    }
    const normals = Float64Array.from({ length: 20_000 }, (_, i) => normalQuantile((i + 0.5) / 20_000));
    const pValue = (name: "previous" | "current") => {
      const sorted = Float64Array.from(residuals[name]).sort();
      return kolmogorovSmirnovPValue(kolmogorovSmirnovDistance(sorted, normals), sorted.length);
    };
    expect(pValue(featureOwner)).toBeGreaterThan(1e-4);
    expect(pValue(featureOwner === "previous" ? "current" : "previous")).toBeLessThan(1e-12);
  },
);

test("slots are drawn in proportion to the satisfaction before the step: chi-square below its 99.99 % quantile", () => {
  const made = world({}, 200);
  const policy = nearestItem(1);
  const counts = new Float64Array(providers);
  const expected = new Float64Array(providers);
  for (let step = 0; step < 15; step++) {
    const satisfactions = made.truth.satisfactions.slice();
    policy(made);
    made.step();
    for (let index = 0; index < 200; index++) {
      const own = satisfactions.subarray(index * providers, (index + 1) * providers);
      const total = own.reduce((sum, value) => sum + value, 0);
      own.forEach((value, p) => (expected[p] = expected[p]! + (6 * value) / total));
    }
    for (const provider of made.truth.itemProviders) counts[provider] = counts[provider]! + 1;
  }
  // Whose share is left to chance: the weakest provider has the fewest slots, and still enough to be told from others.
  expect(Math.min(...expected)).toBeGreaterThan(100);
  const statistic = counts.reduce((sum, count, p) => sum + (count - expected[p]!) ** 2 / expected[p]!, 0);
  expect(statistic).toBeLessThan(18.42); // 2 degrees of freedom
});

test.each([
  ["previous", "rddl"],
  ["previous", "immediate"],
  ["current", "rddl"],
] as const)(
  "the return of random recommendations is the closed form, features of the %s owner, reward timing %s, |z| ≤ 4",
  (featureOwner, rewardTiming) => {
    const exact = randomReturn(instance, { featureOwner, rewardTiming });
    const found = runWorlds(world({ featureOwner, rewardTiming }, 1500), uniformSlates(rootKey(8)), 2);
    expect(standardErrors(estimate(found.totals["reward"]!), [exact, 0])).toBeLessThanOrEqual(4);
  },
);

test("the mean distance to a noisy point is that of the integral over the plane", () => {
  for (const distance of [0, 0.7, 3, 12]) {
    let sum = 0;
    let weights = 0;
    for (let x = -7; x <= 7; x += 0.05)
      for (let y = -7; y <= 7; y += 0.05) {
        const weight = Math.exp(-(x * x + y * y) / 2);
        sum += weight * Math.hypot(distance + x, y);
        weights += weight;
      }
    expect(meanNoisyDistance(distance)).toBeCloseTo(sum / weights, 3);
  }
});

test("the closed form of the random return refuses instances that it does not hold for", () => {
  expect(() => randomReturn({ ...instance, discounts: [0.5, 0.5, 0.4] }, faithful)).toThrow(
    "randomReturn: needs two features, equal discounts and a horizon >= 3",
  );
});

test("satisfaction is bounded by what a step can give: consumers / (1 − discount), and all of it is recommendations", () => {
  const made = world({}, 3);
  const policy = nearestItem(0);
  for (let step = 0; step < 19; step++) {
    const before = made.truth.satisfactions.slice();
    policy(made);
    made.step();
    for (let index = 0; index < 3; index++) {
      let sum = 0;
      for (let p = 0; p < providers; p++)
        sum += made.truth.satisfactions[index * providers + p]! - 0.5 * before[index * providers + p]!;
      expect(sum).toBe(step === 0 ? 0 : consumers);
    }
    expect(Math.max(...made.truth.satisfactions)).toBeLessThanOrEqual(2 * consumers);
  }
});

test("greedy beats random, and a vote for the credited provider beats greedy where credit lags, on the same worlds", () => {
  const play = (policy: ReturnType<typeof uniformSlates>) =>
    runWorlds(world({}, 300), policy, 1).totals["reward"]!;
  const random = play(uniformSlates(rootKey(1)));
  const greedy = runWorlds(world({}, 300), nearestItem(0), 1).totals["reward"]!;
  const voting = runWorlds(world({}, 300), nearestItem(1), 1).totals["reward"]!;
  const first = estimate(greedy.map((value, i) => value - random[i]!));
  const second = estimate(voting.map((value, i) => value - greedy[i]!));
  expect(first.mean / first.error).toBeGreaterThan(4);
  expect(second.mean / second.error).toBeGreaterThan(4);
});
