import { checkEnvironment, makeVectorEnvironment, registerEnvironments } from "@longview/environment";
import { rootKey } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import { randomSlates, runWholeEpisodes } from "../../src/recsim/index.ts";
import { mostRelevant, Sardine, sardineDefinitions } from "../../src/sardine/index.ts";

registerEnvironments(sardineDefinitions);

function make(id: string, rowCount: number, options: Record<string, unknown> = {}): Sardine {
  const world = makeVectorEnvironment(id, { rowCount, items: 12, ...options });
  if (!(world instanceof Sardine)) throw new Error(`${id} is of another class`);
  return world;
}

describe.each(sardineDefinitions.map((definition) => definition.id))("%s", (id) => {
  test("keeps every rule of the conformance kit", () => {
    // A small catalogue, short episodes: the kit looks at every candidate of every step.
    const small = (rowCount: number) => make(id, rowCount, { horizon: 20 });
    expect(checkEnvironment(small, { ticks: 60 })).toEqual([]);
  });

  test("a row's history does not depend on how many rows stand beside it", () => {
    const rewards = (rowCount: number) => {
      const world = make(id, rowCount);
      world.reset({ seed: 11 });
      const seen: number[] = [];
      for (let i = 0; i < 130; i++) {
        for (let at = 0; at < world.action.length; at++) world.action[at] = ((at % world.slots) + i) % 12;
        world.step();
        seen.push(...world.reward.subarray(0, 2), ...world.observation.context.subarray(0, 12));
      }
      return seen;
    };
    expect(rewards(2)).toEqual(rewards(7));
  });

  test("a restored snapshot goes on as the original, byte for byte", () => {
    const forth = (world: Sardine, steps: number) => {
      const policy = mostRelevant();
      for (let i = 0; i < steps; i++) {
        policy(world);
        world.step();
      }
    };
    for (const before of [0, 3, 57, 100]) {
      const world = make(id, 3);
      world.reset({ seed: before });
      forth(world, before);
      const copy = make(id, 3);
      copy.restore(world.snapshot());
      forth(world, 60);
      forth(copy, 60);
      expect(copy.snapshot()).toEqual(world.snapshot());
    }
  });

  test("the time limit truncates, nothing terminates", () => {
    const world = make(id, 4);
    world.reset({ seed: 1 });
    const policy = randomSlates(rootKey(2));
    const horizon = id.includes("Rerank") ? 10 : 100;
    for (let i = 1; i <= horizon; i++) {
      policy(world);
      world.step();
      expect([...world.truncated]).toEqual(Array.from({ length: 4 }, () => (i === horizon ? 1 : 0)));
      expect(world.terminated.every((flag) => flag === 0)).toBe(true);
    }
  });

  test("the e-th user of a row is the same whatever policy the users before met", () => {
    const second = (policy: (world: Sardine) => void) => {
      const world = make(id, 3, { interestMemory: 1, horizon: 10 });
      world.reset({ seed: 3 });
      for (let i = 0; i < 10; i++) {
        policy(world);
        world.step();
      }
      return world.truth.users.interests.slice();
    };
    expect(second(mostRelevant())).toEqual(second(randomSlates(rootKey(1))));
  });

  test("options are checked, with their path", () => {
    expect(() => make(id, 1, { slots: 13 })).toThrow(/options\.slots/);
    expect(() => make(id, 1, { topicsPerUser: 9 })).toThrow(/options\.topicsPerUser/);
    expect(() => make(id, 1, { boredom: 3 })).toThrow(/options\.boredom: no such option/);
  });
});

test("users like three to five of ten topics, in the shares of that binomial", () => {
  const world = make("sardine/SlateTopK-Bored-v0", 4000, { slots: 1 });
  world.reset({ seed: 8 });
  const { interests } = world.truth.users;
  const counts = [0, 0, 0];
  for (let row = 0; row < 4000; row++) {
    const own = interests.subarray(row * 10, (row + 1) * 10);
    expect(Math.hypot(...own)).toBeCloseTo(1, 12);
    counts[own.filter((value) => value > 0).length - 3]!++;
  }
  const weights = [120 * 0.4 ** 3 * 0.6 ** 7, 210 * 0.4 ** 4 * 0.6 ** 6, 252 * 0.4 ** 5 * 0.6 ** 5];
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  counts.forEach((count, i) => {
    const share = weights[i]! / total;
    expect(Math.abs(count - 4000 * share)).toBeLessThan(4 * Math.sqrt(4000 * share * (1 - share)));
  });
});

test("the context tells the recent clicks by topic, the clicks and the items of the last slate", () => {
  const world = make("sardine/SlateTopK-Bored-v0", 1, { slots: 2, relevanceSlope: 10, attractiveness: 1 });
  world.reset({ seed: 4 });
  const { catalogue, users } = world.truth;
  let clicks = 0;
  for (let i = 0; i < 40; i++) {
    world.action.set([i % 12, (i + 5) % 12]);
    world.step();
    const context = world.observation.context;
    expect(context[10]! + context[11]!).toBe(world.reward[0]);
    clicks += world.reward[0]!;
    for (let topic = 0; topic < 10; topic++) {
      expect(context[topic]).toBeCloseTo(Math.min(1, users.clickCounts[topic]! / 5), 6);
      expect(context[12 + topic]).toBeCloseTo(catalogue.embeddings[(i % 12) * 10 + topic]!, 6);
      expect(context[22 + topic]).toBeCloseTo(catalogue.embeddings[((i + 5) % 12) * 10 + topic]!, 6);
    }
  }
  expect(clicks).toBeGreaterThan(5);
});

test("a click is recent for five steps, those on the slate before the first step included", () => {
  // Relevance one half whatever is shown: clicks come all the time, and boredom is off.
  const options = { slots: 1, relevanceSlope: 0, boredomThreshold: 11 };
  const world = make("sardine/SlateTopK-Bored-v0", 50, options);
  world.reset({ seed: 12 });
  const width = world.observation.context.length / 50;
  const clicks = (row: number) => world.observation.context[row * width + 10]!;
  const past = Array.from({ length: 50 }, (_, row) => [clicks(row)]);
  for (let i = 0; i < 12; i++) {
    world.action.fill(i % 12);
    world.step();
    past.forEach((own, row) => {
      own.push(clicks(row));
      const recent = own.slice(-5).reduce((sum, value) => sum + value, 0);
      expect(world.truth.users.recentCounts[row]).toBe(recent);
    });
  }
  expect(past.filter((own) => own[0] === 1).length).toBeGreaterThan(10);
});

test("the oracle shows the most similar items, best first", () => {
  const world = make("sardine/SlateTopK-Bored-v0", 5, { slots: 3, items: 40 });
  world.reset({ seed: 5 });
  mostRelevant()(world);
  const { catalogue, users } = world.truth;
  for (let row = 0; row < 5; row++) {
    const score = (item: number) =>
      catalogue.embeddings
        .subarray(item * 10, (item + 1) * 10)
        .reduce((sum, value, topic) => sum + value * users.currentInterests[row * 10 + topic]!, 0);
    const sorted = Array.from({ length: 40 }, (_, item) => item).sort((a, b) => score(b) - score(a));
    expect([...world.action.subarray(3 * row, 3 * row + 3)]).toEqual(sorted.slice(0, 3));
  }
});

test("clicks happen as often as their probabilities say", () => {
  const world = make("sardine/SlateRerank-Static-v0", 1000, { items: 10 });
  world.reset({ seed: 6 });
  const { objectiveTotals } = runWholeEpisodes(world, randomSlates(rootKey(3)), 2);
  const { click = 0, expectedClick = 0 } = objectiveTotals;
  // The variance of a sum of Bernoulli draws is at most its mean.
  expect(Math.abs(click - expectedClick)).toBeLessThan(4 * Math.sqrt(expectedClick));
  expect(click).toBeGreaterThan(20_000);
});
