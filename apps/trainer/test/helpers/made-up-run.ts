import type { Evaluation, MetricsRow } from "@longview/formats";
import { foldIn, normalQuantile, rootKey, uniform } from "@longview/statistics";
import { summarise } from "../../src/evaluation/summarise.ts";
import type { PolicyUnits, UnitResult } from "../../src/evaluation/unit-result.ts";

const noise = (seed: string, index: number): number =>
  normalQuantile(uniform(foldIn(rootKey(seed), index), 0, 0) * 0.998 + 0.001);

const days = 60;
const worlds = 24;
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  trained: "the network that this run trained, showing its best-scored items",
  random: "shows retrieved items at random",
  popular: "ranks by observed click rate and exposure",
  myopic: "ranks by predicted immediate engagement",
  heuristic: "a linear score of eight observed features, tuned by 24 trials on training worlds",
  oracle: "reads latent quality, interest and harm; tuned by 24 trials; not proven to be the optimum",
};

function units(name: string, level: number, harm: number, decay: number): UnitResult[] {
  return Array.from({ length: worlds }, (_, world) => {
    const shared = 20 * noise("world", world);
    const own = 3 * noise(name, world);
    const value = level + shared + own;
    const byDay = (start: number, end: number, scale: number): number[] =>
      Array.from(
        { length: days },
        (_unused, day) =>
          start + (end - start) * (1 - Math.exp(-day / 20)) + scale * noise(`${name}${world}`, day),
      );
    return {
      value,
      undiscountedValue: 3 * value,
      objectives: { userValue: value / 400, creatorValue: value / 900, engagement: 1.4 - value / 900 },
      costs: {
        integrityHarm: harm + 0.0006 * noise(`${name}harm`, world),
        newCreatorShortfall: 0.1 - value / 1400,
      },
      weeklyEngagement: [1, 2, 3, 4, 5, 6, 7, 8].map((week) => 20 * Math.exp(-week * decay)),
      weeklyValues: [1, 2, 3, 4, 5, 6, 7, 8].map((week) => (level / 8) * Math.exp(-week * decay)),
      daily: {
        satisfaction: byDay(0.62, 0.62 - decay, 0.01),
        activeUsers: byDay(128, 128 - 300 * decay, 2),
        creatorsAlive: byDay(60, 60 - 80 * decay, 0.5),
        newCreatorShare: byDay(0.1, 0.16 - decay, 0.01),
      },
    };
  });
}

/** A made-up comparison in which the trained policy wins by a margin, for tests of pages and files. */
export function madeUpEvaluation(): Evaluation {
  const make = (
    name: string,
    role: PolicyUnits["role"],
    level: number,
    harm: number,
    decay: number,
  ): PolicyUnits => ({
    name,
    role,
    description: DESCRIPTIONS[name]!,
    units: units(name, level, harm, decay),
  });
  const policies = [
    make("trained", "trained", 262, 0.0166, -0.08),
    make("random", "baseline", 148, 0.031, 0.1),
    make("popular", "baseline", 171, 0.027, 0.14),
    make("myopic", "baseline", 187, 0.034, 0.22),
    make("heuristic", "baseline", 241, 0.0171, -0.03),
    make("oracle", "ceiling", 301, 0.011, -0.14),
  ];
  return {
    schemaVersion: 1,
    environment: "marketplace/content-v0",
    unit: "world",
    units: worlds,
    days,
    discountFactor: 0.99,
    confidence: 0.95,
    seed: "1",
    method: [
      "24 worlds that neither the learner nor the tuning of any baseline saw, 60 simulated days each.",
      "All policies met the same worlds on the same noise; differences are paired world by world.",
      "Intervals are studentised bootstrap intervals that resample whole worlds; upper bounds of costs are one-sided.",
    ],
    policies: summarise(policies, {
      confidence: 0.95,
      limits: { integrityHarm: 0.02, newCreatorShortfall: 0 },
      key: rootKey("summary"),
    }),
  };
}

/** A made-up training history of 300 iterations. */
export function madeUpMetrics(): MetricsRow[] {
  return Array.from({ length: 300 }, (_, index) => {
    const progress = 1 - Math.exp(-index / 70);
    const harm = 0.034 - 0.0165 * progress + 0.0012 * noise("harm", index);
    return {
      iteration: index + 1,
      steps: (index + 1) * 4096,
      batchDecisions: 4096,
      episodes: index % 4 === 0 ? 0 : 30,
      episodeReturn: index % 4 === 0 ? null : 40 + 45 * progress + 3 * noise("return", index),
      episodeLength: index % 4 === 0 ? null : 90,
      rewardPerDecision: 0.5 + 0.45 * progress + 0.03 * noise("reward", index),
      objectives: { userValue: 0.4 + 0.3 * progress, creatorValue: 0.2 + 0.1 * progress },
      costs: { integrityHarm: harm },
      constraints: {
        integrityHarm: {
          cost: harm,
          limit: 0.02,
          target: 0.019,
          multiplier: Math.max(0, 1.8 * progress - 0.4),
        },
      },
      policyLoss: -0.01,
      valueLoss: 1 - 0.8 * progress,
      entropy: 11 - 6 * progress + 0.1 * noise("entropy", index),
      approximateKl: 0.01,
      explainedVariance: 0.9 * progress,
      gradientNorm: 0.4,
      learningRate: 0.0003,
    };
  });
}
