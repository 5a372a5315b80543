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

test("utility is 2 − distance of a document of the slate, chosen by multinomial logit over it, |z| ≤ 4", () => {
  const users = 50;
  const made = world({ users, providerMeans: square, utilityDeviation: 0 }, users);
  const policy = boostedSimilarity(rootKey(4), 0);
  let excess = 0;
  let variance = 0;
  for (let step = 0; step < 60; step++) {
    policy(made);
    const { interests, candidateFeatures } = structuredClone(made.truth);
    made.step();
    for (let user = 0; user < users; user++) {
      const similarities = Array.from(
        made.action.subarray(3 * user, 3 * user + 3),
        (position) =>
          2 -
          Math.hypot(
            interests[2 * user]! - candidateFeatures[2 * position]!,
            interests[2 * user + 1]! - candidateFeatures[2 * position + 1]!,
          ),
      );
      const utility = made.objectives[2 * user]!;
      const chosen = similarities.findIndex((similarity) => Math.abs(similarity - utility) < 1e-9);
      expect(chosen).toBeGreaterThanOrEqual(0);
      const total = similarities.reduce((sum, similarity) => sum + Math.exp(similarity), 0);
      const best = Math.exp(Math.max(...similarities)) / total;
      excess += (similarities[chosen] === Math.max(...similarities) ? 1 : 0) - best;
      variance += best * (1 - best);
    }
  }
  expect(Math.abs(excess) / Math.sqrt(variance)).toBeLessThanOrEqual(4);
});

test("what the boosted recommender shows first is as often the most similar as uniform scores say, |z| ≤ 4", () => {
  const users = 4;
  const made = world(
    { users, providerMeans: square, documentsPerProvider: 2, slots: 1, horizon: 1000 },
    users,
  );
  const policy = boostedSimilarity(rootKey(5), 3);
  let excess = 0;
  let variance = 0;
  let boosted = 0;
  for (let step = 0; step < 400; step++) {
    const { interests, candidateFeatures, candidateProviders, pulls } = structuredClone(made.truth);
    const mean = pulls.reduce((sum, value) => sum + value, 0) / 4;
    policy(made);
    for (let user = 0; user < users; user++) {
      const intervals = Array.from(candidateProviders, (provider, i) => {
        const away = Math.hypot(
          interests[2 * user]! - candidateFeatures[2 * i]!,
          interests[2 * user + 1]! - candidateFeatures[2 * i + 1]!,
        );
        const other = 2 - away + Math.min(3, Math.max(-3, mean - pulls[provider]!)) + 1e-4;
        return { similarity: 2 - away, low: Math.min(2 - away, other), high: Math.max(2 - away, other) };
      });
      const best = intervals.reduce((top, each) => (each.similarity > top.similarity ? each : top));
      // P(the best's score is highest) = E ∏ P(score of another < x) over x uniform in the best's interval.
      let probability = 0;
      for (let i = 0; i < 200; i++) {
        const x = best.low + ((best.high - best.low) * (i + 0.5)) / 200;
        let product = 1 / 200;
        for (const each of intervals)
          if (each !== best) product *= Math.min(1, Math.max(0, (x - each.low) / (each.high - each.low)));
        probability += product;
      }
      if (probability > 0.05 && probability < 0.95) boosted++;
      excess += (intervals[made.action[user]!] === best ? 1 : 0) - probability;
      variance += probability * (1 - probability);
    }
    made.step();
  }
  expect(boosted).toBeGreaterThan(400);
  expect(Math.abs(excess) / Math.sqrt(variance)).toBeLessThanOrEqual(4);
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
