import { rootKey } from "@longview/statistics";
import { expect, test, vi } from "vitest";
import {
  boostedSimilarity,
  RecsimngEcosystem,
  recsimngEcosystemOptions,
  runWorlds,
} from "../../src/recsimng/index.ts";
import { estimate, standardErrors } from "./helpers/estimate.ts";
import { slowEcosystem } from "./helpers/slow-ecosystem.ts";

vi.setConfig({ testTimeout: 60_000 });

const square = [
  [1, 0],
  [0, 1],
  [1, 1],
  [0, 0],
];

function world(options: object, rowCount: number): RecsimngEcosystem {
  const made = new RecsimngEcosystem(recsimngEcosystemOptions.parse(options), rowCount);
  made.reset({ seed: "recsimng" });
  return made;
}

test("RecSim NG's own test: cumulative utility is −14 within 5 % for four providers, 2,000 users, horizon 2, cap 1.2", () => {
  const found = runWorlds(
    world({ providerMeans: square, horizon: 2 }, 2000),
    boostedSimilarity(rootKey(1), 1.2),
    10,
  );
  const { mean } = estimate(found.totals["reward"]!, 1 / 2000);
  expect(Math.abs(-14 - mean)).toBeLessThanOrEqual(0.05 * Math.abs(mean));
});

test("agrees with a plain second implementation within 4 standard errors: utility, and providers in effect", () => {
  for (const cap of [0, 1.2]) {
    const users = 40;
    const horizon = 12;
    const options = { providerMeans: [...square, [6, -4], [-3, 5]], users, horizon };
    const ours = runWorlds(world(options, users), boostedSimilarity(rootKey("policy"), cap), 120);
    const slow = slowEcosystem({ ...options, cap, runs: 120, seed: 20 + cap });
    const reward = estimate(slow.rewards);
    const effective = estimate(slow.effective);
    expect(
      standardErrors(estimate(ours.totals["reward"]!, 1 / users), [reward.mean, reward.error]),
    ).toBeLessThanOrEqual(4);
    expect(
      standardErrors(estimate(ours.last["effectiveProviders"]!), [effective.mean, effective.error]),
    ).toBeLessThanOrEqual(4);
  }
});

test("the original's metrics lag a step: a reward is the utility before, the first is 0, the last utility is never counted", () => {
  const users = 10;
  const play = (rewardTiming: string) => {
    const made = world({ users, clusters: 3, horizon: 50, rewardTiming }, users);
    const policy = boostedSimilarity(rootKey(1), 1.2);
    return Array.from({ length: 20 }, () => {
      policy(made);
      made.step();
      return { rewards: [...made.reward], utilities: [...made.objectives].filter((_, i) => i % 2 === 0) };
    });
  };
  const lagged = play("recsimng");
  expect(lagged[0]!.rewards).toEqual(Array.from({ length: users }, () => 0));
  for (let i = 1; i < 20; i++) expect(lagged[i]!.rewards).toEqual(lagged[i - 1]!.utilities);
  for (const { rewards, utilities } of play("immediate")) expect(rewards).toEqual(utilities);
});

test("clicks decay by 0.96 and gain one a user; choices so far gain one a user and do not decay", () => {
  const users = 25;
  const made = world({ users, clusters: 4 }, users);
  const policy = boostedSimilarity(rootKey(2), 1.2);
  let expected = 0;
  for (let i = 1; i <= 30; i++) {
    policy(made);
    made.step();
    expected = 0.96 * expected + users;
    expect(made.truth.clicks.reduce((sum, value) => sum + value, 0)).toBeCloseTo(expected, 9);
    expect(made.truth.pulls.reduce((sum, value) => sum + value, 0)).toBe(users * i);
  }
});

test("documents are of providers in proportion to (1 + clicks)²: chi-square below its 99.99 % quantile", () => {
  const providers = 6;
  const counts = new Float64Array(providers);
  const expected = new Float64Array(providers);
  const made = world({ users: 4, clusters: 3, documentsPerProvider: 50, horizon: 400 }, 4);
  const policy = boostedSimilarity(rootKey(3), 1.2);
  for (let i = 0; i < 30; i++) {
    policy(made);
    made.step();
    const weights = Array.from(made.truth.clicks, (clicks) => (1 + clicks) ** 2);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (const provider of made.truth.candidateProviders) counts[provider] = counts[provider]! + 1;
    for (let p = 0; p < providers; p++) expected[p] = expected[p]! + (300 * weights[p]!) / total;
  }
  const statistic = counts.reduce((sum, count, p) => sum + (count - expected[p]!) ** 2 / expected[p]!, 0);
  expect(statistic).toBeLessThan(25.75); // 5 degrees of freedom; the counts of a step vary less than Poisson's
});

test("a boost saves providers: with cap 1.2 more providers are in effect than under the myopic recommender, same worlds", () => {
  const users = 100;
  const play = (cap: number) =>
    runWorlds(
      world({ users, clusters: 10, horizon: 60 }, 4 * users),
      boostedSimilarity(rootKey("boost"), cap),
      2,
    ).last["effectiveProviders"]!;
  const myopic = play(0);
  const difference = estimate(play(1.2).map((value, i) => value - myopic[i]!));
  expect(difference.mean / difference.error).toBeGreaterThan(4);
});

test("options that contradict one another are refused by name", () => {
  const means = (providerMeans: number[][]) => recsimngEcosystemOptions.safeParse({ providerMeans });
  expect(means([[1, 2], [3]]).error?.issues[0]?.message).toBe("all means need as many dimensions");
  const slots = recsimngEcosystemOptions.safeParse({ clusters: 1, fanOut: 1, documentsPerProvider: 2 });
  expect(slots.error?.issues[0]?.path).toEqual(["slots"]);
});
