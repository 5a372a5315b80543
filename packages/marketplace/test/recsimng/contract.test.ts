import { checkEnvironment, makeVectorEnvironment, registerEnvironments } from "@longview/environment";
import { rootKey } from "@longview/statistics";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ecoagentDefinitions } from "../../src/ecoagent/index.ts";
import { rddlDefinitions } from "../../src/rddl/index.ts";
import { recsimngDefinitions, TwoSidedEnvironment, uniformSlates } from "../../src/recsimng/index.ts";

registerEnvironments([...ecoagentDefinitions, ...recsimngDefinitions, ...rddlDefinitions]);

/** Small worlds of two users whose episodes end within the rollouts; in the second kind users and creators leave. */
const worlds = [
  ["ecoagent-v0", { users: 2, creators: 3, candidates: 4, slots: 2, initialDocuments: 4 }],
  [
    "ecoagent-v0",
    {
      users: 2,
      candidates: 4,
      noClickWeight: 5,
      userInitialSatisfaction: 2,
      noRecommendationPenalty: 2,
      creators: 4,
      horizon: 50,
    },
  ],
  ["recsimng/ecosystem-v0", { users: 2, clusters: 2, horizon: 9 }],
  [
    "rddl/recsim-ecosystem-v0",
    { consumers: 2, providers: 3, items: 4, horizon: 9, featureOwner: "current", rewardTiming: "immediate" },
  ],
] as const;

function make(id: string, options: object, rowCount: number): TwoSidedEnvironment {
  const world = makeVectorEnvironment(id, { rowCount, ...options });
  if (!(world instanceof TwoSidedEnvironment)) throw new Error(`${id} is of another class`);
  return world;
}

describe.each(worlds)("%s %o", (id, options) => {
  test("keeps every rule of the conformance kit", () => {
    expect(checkEnvironment((rowCount) => make(id, options, rowCount), { ticks: 120 })).toEqual([]);
  });

  test("the same key gives the same bytes, another key gives others", () => {
    const run = (seed: number) => {
      const world = make(id, options, 4);
      world.reset({ seed });
      const policy = uniformSlates(rootKey(1));
      for (let i = 0; i < 60; i++) {
        policy(world);
        world.step();
      }
      return world.snapshot();
    };
    expect(run(3)).toEqual(run(3));
    expect(run(3)).not.toEqual(run(4));
  });

  test("a world's history does not depend on how many worlds stand beside it", () => {
    const rewards = (rowCount: number) => {
      const world = make(id, options, rowCount);
      world.reset({ seed: 11 });
      const policy = uniformSlates(rootKey(5));
      const seen: number[] = [];
      for (let i = 0; i < 60; i++) {
        policy(world);
        world.step();
        seen.push(world.reward[0]!, world.reward[1]!, world.objectives[world.objectiveNames.length - 1]!);
      }
      return seen;
    };
    expect(rewards(2)).toEqual(rewards(8));
  });

  test("a restored snapshot goes on as the original, byte for byte", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 1000 }), (before, seed) => {
        const forth = (target: TwoSidedEnvironment, steps: number) => {
          const policy = uniformSlates(rootKey(seed));
          for (let i = 0; i < steps; i++) {
            policy(target);
            target.step();
          }
        };
        const original = make(id, options, 4);
        original.reset({ seed });
        forth(original, before);
        const other = make(id, options, 4);
        other.reset({ seed: "another" });
        forth(other, 3);
        other.restore(original.snapshot());
        forth(original, 25);
        forth(other, 25);
        expect(other.snapshot()).toEqual(original.snapshot());
      }),
      { numRuns: 8 },
    );
  });

  test("rows that are no whole number of worlds, and bad slates, are refused with what is allowed", () => {
    expect(() => make(id, options, 3)).toThrow(/rowCount must be a multiple of options\.\w+ \(2, .*got 3$/);
    const world = make(id, options, 2);
    world.reset({ seed: 1 });
    world.action.fill(-1);
    expect(() => world.step()).toThrow(/action of row 0 has position -1, allowed 0 … \d+$/);
  });
});

test("a slate that shows a document twice is refused", () => {
  const world = make("ecoagent-v0", worlds[0][1], 2);
  world.reset({ seed: 1 });
  expect(() => world.step()).toThrow("action of row 0 has position 0 twice, a slate's are distinct");
});

test("uniform slates: every ordered pair of 4 positions is as frequent, chi-square below its 99.99 % quantile", () => {
  const world = make("ecoagent-v0", worlds[0][1], 2000);
  world.reset({ seed: 1 });
  const policy = uniformSlates(rootKey("pairs"));
  const counts = new Float64Array(16);
  for (let i = 0; i < 6; i++) {
    policy(world);
    for (let row = 0; row < 2000; row++) {
      const pair = 4 * world.action[2 * row]! + world.action[2 * row + 1]!;
      counts[pair] = counts[pair]! + 1;
    }
  }
  const statistic = [...counts].filter((count) => count > 0).map((count) => (count - 1000) ** 2 / 1000);
  expect(statistic.length).toBe(12);
  expect(statistic.reduce((sum, value) => sum + value, 0)).toBeLessThan(37.4); // 11 degrees of freedom
});
