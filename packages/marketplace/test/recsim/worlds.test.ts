import {
  checkEnvironment,
  contains,
  makeVectorEnvironment,
  readObservation,
  registerEnvironments,
} from "@longview/environment";
import { rootKey } from "@longview/statistics";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { digitsInWord, firstDigit } from "../../src/recsim/keyed-digits.ts";
import {
  InterestEvolution,
  interestEvolutionOptions,
  mostInteresting,
  randomSlates,
  recsimDefinitions,
  RecsimEnvironment,
  runWholeEpisodes,
  worstTopics,
} from "../../src/recsim/index.ts";

registerEnvironments(recsimDefinitions);
const ids = recsimDefinitions.map((definition) => definition.id);

function make(id: string, rowCount: number, options: Record<string, unknown> = {}): RecsimEnvironment {
  const world = makeVectorEnvironment(id, { rowCount, ...options });
  if (!(world instanceof RecsimEnvironment)) throw new Error(`${id} is of another class`);
  return world;
}

function evolution(rowCount: number, options: Record<string, unknown> = {}): InterestEvolution {
  const world = new InterestEvolution(interestEvolutionOptions.parse(options), rowCount);
  world.reset({ seed: 7 });
  return world;
}

describe.each(ids)("%s", (id) => {
  test("keeps every rule of the conformance kit", () => {
    expect(checkEnvironment((rowCount) => makeVectorEnvironment(id, { rowCount }))).toEqual([]);
  });

  test("the same key gives the same bytes, another key gives others", () => {
    const run = (seed: number) => {
      const world = make(id, 5);
      world.reset({ seed });
      const policy = randomSlates(rootKey(1));
      for (let i = 0; i < 150; i++) {
        policy(world);
        world.step();
      }
      return world.snapshot();
    };
    expect(run(3)).toEqual(run(3));
    expect(run(3)).not.toEqual(run(4));
  });

  test("a row's history does not depend on how many rows stand beside it", () => {
    const rewards = (rowCount: number) => {
      const world = make(id, rowCount);
      world.reset({ seed: 11 });
      const seen: number[] = [];
      for (let i = 0; i < 200; i++) {
        for (let row = 0; row < rowCount; row++)
          for (let slot = 0; slot < world.slots; slot++)
            world.action[row * world.slots + slot] = slot + (i % 3);
        world.step();
        seen.push(world.reward[0]!, world.reward[1]!);
      }
      return seen;
    };
    expect(rewards(2)).toEqual(rewards(9));
  });

  test("a restored snapshot goes on as the original, byte for byte", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 130 }), fc.integer({ min: 0, max: 1000 }), (before, seed) => {
        const world = make(id, 3);
        world.reset({ seed });
        const forth = (target: RecsimEnvironment, steps: number) => {
          for (let i = 0; i < steps; i++) {
            for (let row = 0; row < 3; row++)
              for (let slot = 0; slot < 3; slot++)
                target.action[row * 3 + slot] = (slot * 3 + target.observation.candidates.length + i) % 10;
            target.step();
          }
        };
        forth(world, before);
        const copy = make(id, 3);
        copy.restore(world.snapshot());
        forth(world, 90);
        forth(copy, 90);
        expect(copy.snapshot()).toEqual(world.snapshot());
      }),
      { numRuns: 20, seed: 5 },
    );
  });

  test("observations and final observations are members of the observation space", () => {
    const world = make(id, 4);
    world.reset({ seed: 2 });
    const policy = randomSlates(rootKey(9));
    let ended = 0;
    for (let i = 0; i < 220; i++) {
      policy(world);
      world.step();
      for (let row = 0; row < 4; row++) {
        expect(
          contains(world.observationSpace, readObservation(world.observationSpace, world.observation, row)),
        ).toBe(true);
        if (world.terminated[row] === 0 && world.truncated[row] === 0) continue;
        ended++;
        expect(
          contains(
            world.observationSpace,
            readObservation(world.observationSpace, world.finalObservation, row),
          ),
        ).toBe(true);
      }
    }
    expect(ended).toBeGreaterThan(3);
  });

  test("a slate with a position outside the candidates, or twice the same, is refused in one line", () => {
    const world = make(id, 2);
    world.reset({ seed: 1 });
    world.action.set([0, 1, 2, 3, 10, 4]);
    expect(() => world.step()).toThrow(/action of row 1 has position 10, allowed 0 … 9$/);
    world.action.set([0, 1, 0, 3, 5, 4]);
    expect(() => world.step()).toThrow(/row 0 has position 0 twice/);
  });

  test("options are checked, with their path", () => {
    expect(() => make(id, 1, { slots: 11 })).toThrow(/options\.slots/);
    expect(() => make(id, 1, { slateSize: 3 })).toThrow(/options\.slateSize: no such option/);
  });
});

test("reset without a seed goes on to the next episode of the same key; with a seed it starts over", () => {
  const world = evolution(2);
  const first = world.snapshot();
  world.reset();
  expect(world.snapshot()).not.toEqual(first);
  world.reset({ seed: 7 });
  expect(world.snapshot()).toEqual(first);
});

test("the e-th user of a row is the same whatever policy the users before met", () => {
  const secondUser = (policy: (world: InterestEvolution) => void) => {
    const world = evolution(6);
    const users: number[][] = [];
    for (let steps = 0; users.filter((user) => user !== undefined).length < 6; steps++) {
      policy(world);
      world.step();
      for (let row = 0; row < 6; row++)
        if (world.terminated[row] === 1)
          users[row] ??= [...world.truth.interests.subarray(row * 20, row * 20 + 20)];
    }
    return users;
  };
  expect(secondUser(mostInteresting())).toEqual(secondUser(worstTopics()));
});

test("interest evolution: the horizon truncates, an empty budget terminates, and the two are never confused", () => {
  const world = evolution(50, { horizon: 40 });
  const policy = randomSlates(rootKey(3));
  for (let i = 0; i < 40; i++) {
    policy(world);
    world.step();
  }
  expect(world.truncated.every((flag) => flag === 1)).toBe(true);
  expect(world.terminated.every((flag) => flag === 0)).toBe(true);
});

test("interest evolution without resampling shows one candidate set for the whole episode", () => {
  const world = evolution(1, { resampleDocuments: false });
  const shown = world.observation.candidates.slice();
  const quality = world.truth.quality(0, 4);
  const policy = randomSlates(rootKey(3));
  for (let i = 0; i < 5; i++) {
    policy(world);
    world.step();
    expect(world.observation.candidates).toEqual(shown);
    expect(world.truth.quality(0, 4)).toBe(quality);
  }
});

test("interest evolution: the watched document's quality is what the privileged view said before the step", () => {
  const world = evolution(1);
  const policy = randomSlates(rootKey(6));
  let clicks = 0;
  for (let i = 0; i < 60; i++) {
    policy(world);
    const qualities = Array.from(world.action, (position) => world.truth.quality(0, position));
    world.step();
    if (world.objectives[1] === 0) continue;
    clicks++;
    expect(qualities).toContain(world.objectives[2]);
  }
  expect(clicks).toBeGreaterThan(20);
});

test("random slates are uniform: chi-square of all 720 ordered slates of 3 of 10 below its 99.99 % quantile", () => {
  const world = evolution(1000);
  const policy = randomSlates(rootKey("uniform"));
  const counts = new Float64Array(1000);
  for (let i = 0; i < 200; i++) {
    policy(world);
    for (let row = 0; row < 1000; row++) {
      const [a, b, c] = world.action.subarray(3 * row, 3 * row + 3);
      counts[100 * a! + 10 * b! + c!]!++;
    }
  }
  const expected = 200_000 / 720;
  const cells = counts.filter((count) => count > 0);
  expect(cells.length).toBe(720);
  const statistic = cells.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  expect(statistic).toBeLessThan(719 + 3.72 * Math.sqrt(2 * 719) + 10);
});

test("digits of a word: as many as keep 2²² outcomes, each in range and marginally uniform", () => {
  expect(digitsInWord(20)).toBe(5);
  expect(digitsInWord(2)).toBe(22);
  expect(digitsInWord(10)).toBe(6);
  const world = evolution(2000);
  const counts = new Float64Array(20);
  for (const topic of world.truth.candidateTopics) counts[topic]!++;
  const statistic = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
  expect(statistic).toBeLessThan(50.8); // 99.99 % quantile of chi-square with 19 degrees of freedom
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 2, max: 255 }), (word, base) => {
      const digit = firstDigit(word, base);
      expect(digit).toBe(Number((BigInt(word >>> 0) * BigInt(base)) >> 32n));
    }),
  );
});

test("whole episodes are counted by row, and their lengths are the steps until each end", () => {
  const found = runWholeEpisodes(evolution(10), randomSlates(rootKey(0)), 3);
  expect(found.episodes).toBe(30);
  expect(found.lengths.every((length) => length > 20 && length < 400)).toBe(true);
  expect(found.steps).toBeGreaterThanOrEqual(Math.max(...found.lengths) * 10);
});
