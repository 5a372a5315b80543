import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as z from "zod";
import { chooseByWeight } from "../../src/recsim/choice.ts";
import {
  slateWeightsInto,
  skip,
  topicMeanQualities,
  watch,
} from "../../src/recsim/interest-evolution-law.ts";
import { interestEvolutionOptions } from "../../src/recsim/interest-evolution.ts";
import { logitWeightsInto } from "../../src/recsim/interest-exploration-law.ts";
import { interestExplorationOptions } from "../../src/recsim/interest-exploration.ts";
import { engagement, nextExposure, satisfactionAt } from "../../src/recsim/long-term-satisfaction-law.ts";
import { longTermSatisfactionOptions } from "../../src/recsim/long-term-satisfaction.ts";

const folder = new URL("../../../../../shared/golden/recsim/", import.meta.url);
const missing = !existsSync(folder);
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), "utf8"));

const choice = z.object({ fn: z.literal("choice"), p: z.array(z.number()), value: z.int() });
const flip = z.object({ fn: z.literal("rand"), value: z.number() });
const normal = z.object({ fn: z.literal("normal"), loc: z.number(), scale: z.number(), value: z.number() });
const close = (actual: number, expected: number) =>
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(expected)));

/** A uniform in the middle of the interval that inversion maps to the recorded outcome. */
function uniformFor(probabilities: readonly number[], outcome: number): number {
  let before = 0;
  for (let i = 0; i < outcome; i++) before += probabilities[i]!;
  return before + probabilities[outcome]! / 2;
}

test.skipIf(missing)(
  "interest evolution replays RecSim's recorded steps to 1e-12 (needs shared/golden)",
  () => {
    const state = z.object({ interests: z.array(z.number()), timeBudget: z.number() });
    const golden = z
      .object({
        episodes: z.array(
          z.array(
            z.object({
              state,
              candidates: z.array(z.object({ cluster: z.int(), quality: z.number() })),
              slate: z.array(z.int()),
              draws: z.tuple([choice], flip),
              reward: z.number(),
              done: z.boolean(),
              next: state,
            }),
          ),
        ),
      })
      .parse(read("golden_interest_evolution.json"));
    const law = { ...interestEvolutionOptions.parse({}), weightOffset: 1 };
    const weights = new Float64Array(3);
    let steps = 0;
    for (const step of golden.episodes.flat()) {
      const interests = Float64Array.from(step.state.interests);
      const budgets = Float64Array.of(step.state.timeBudget);
      const topics = Uint8Array.from(step.candidates, (candidate) => candidate.cluster);
      const total = slateWeightsInto(weights, law, interests, 0, topics, 0, step.slate, 0, 3);
      const [choiceDraw, flipDraw] = step.draws;
      for (let i = 0; i < 3; i++) close(weights[i]! / total, choiceDraw.p[i]!);
      const chosen = chooseByWeight(weights, 3, total, uniformFor(choiceDraw.p, choiceDraw.value));
      expect(chosen).toBe(choiceDraw.value === 3 ? -1 : choiceDraw.value);
      let reward = 0;
      if (chosen < 0) skip(law, budgets, 0);
      else {
        const { cluster, quality } = step.candidates[step.slate[chosen]!]!;
        reward = watch(law, interests, 0, budgets, 0, cluster, quality, flipDraw!.value);
      }
      close(reward, step.reward);
      close(budgets[0]!, step.next.timeBudget);
      step.next.interests.forEach((value, i) => close(interests[i]!, value));
      expect(budgets[0]! <= 0).toBe(step.done);
      steps++;
    }
    expect(steps).toBe(180);
  },
);

test.skipIf(missing)(
  "interest exploration replays RecSim's recorded steps to 1e-12 (needs shared/golden)",
  () => {
    const state = z.object({ topicAffinity: z.array(z.number()) });
    const golden = z
      .object({
        episodes: z.array(
          z.array(
            z.object({
              state,
              candidates: z.array(z.object({ cluster: z.int(), quality: z.number() })),
              slate: z.array(z.int()),
              draws: z.tuple([choice]),
              reward: z.number(),
              next: state,
            }),
          ),
        ),
      })
      .parse(read("golden_interest_exploration.json"));
    const { noClickLogit } = interestExplorationOptions.parse({});
    const weights = new Float64Array(3);
    for (const step of golden.episodes.flat()) {
      const affinities = Float64Array.from(step.state.topicAffinity);
      const topics = Uint8Array.from(step.candidates, (candidate) => candidate.cluster);
      const qualities = Float64Array.from(step.candidates, (candidate) => candidate.quality);
      const total = logitWeightsInto(
        weights,
        affinities,
        0,
        topics,
        qualities,
        0,
        step.slate,
        0,
        3,
        noClickLogit,
      );
      const [draw] = step.draws;
      for (let i = 0; i < 3; i++) close(weights[i]! / total, draw.p[i]!);
      const chosen = chooseByWeight(weights, 3, total, uniformFor(draw.p, draw.value));
      expect(chosen).toBe(draw.value === 3 ? -1 : draw.value);
      expect(chosen < 0 ? 0 : 1).toBe(step.reward);
      expect(step.next).toEqual(step.state);
    }
  },
);

test.skipIf(missing)(
  "long-term satisfaction replays RecSim's recorded steps to 1e-12 (needs shared/golden)",
  () => {
    const state = z.object({ npe: z.number(), satisfaction: z.number(), timeBudget: z.number() });
    const golden = z
      .object({
        episodes: z.array(
          z.array(
            z.object({
              state,
              candidates: z.array(z.object({ clickbait: z.number() })),
              slate: z.array(z.int()),
              draws: z.tuple([normal, normal]),
              reward: z.number(),
              next: state,
            }),
          ),
        ),
      })
      .parse(read("golden_long_term_satisfaction.json"));
    const law = longTermSatisfactionOptions.parse({});
    for (const step of golden.episodes.flat()) {
      const [first, second] = step.draws;
      const { clickbait } = step.candidates[step.slate[0]!]!;
      close(satisfactionAt(law, step.state.npe), step.state.satisfaction);
      close(
        engagement(law, step.state.satisfaction, clickbait, (first.value - first.loc) / first.scale),
        step.reward,
      );
      const exposure = nextExposure(law, step.state.npe, clickbait, second.value / second.scale);
      close(exposure, step.next.npe);
      close(satisfactionAt(law, exposure), step.next.satisfaction);
      expect(step.next.timeBudget).toBe(step.state.timeBudget - 1);
    }
  },
);

test("topic qualities are the two ramps of RecSim: −3 … 0 over 14 topics, 0 … 3 over 6", () => {
  const means = topicMeanQualities(20, -3, 3, 0.7);
  expect(means[0]).toBe(-3);
  expect(means[13]).toBe(0);
  expect(means[14]).toBe(0);
  expect(means[19]).toBe(3);
  close(means[1]!, -3 + 3 / 13);
  close(means[15]!, 0.6);
});

test("the paper's interest step is −y(1 − |x|)x, up with probability (x + 1)/2", () => {
  const law = { ...interestEvolutionOptions.parse({ interestRule: "slateq-paper" }), weightOffset: 1 };
  const x = 0.4;
  for (const [uniform, sign] of [
    [0.69, 1],
    [0.71, -1],
  ] as const) {
    const interests = Float64Array.of(x, 0);
    watch(law, interests, 0, Float64Array.of(200), 0, 0, 0, uniform);
    expect(interests[0]).toBeCloseTo(x + sign * -0.3 * (1 - x) * x, 12);
  }
});
