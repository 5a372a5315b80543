import { checkEnvironment, makeVectorEnvironment } from "@longview/environment";
import { rootKey } from "@longview/statistics";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  FEATURE_BOUND,
  contentMarketplaceOptions,
  heuristicActor,
  makeContentMarketplace,
  myopicActor,
  randomActor,
  type Actor,
  type ContentMarketplace,
  type ContentMarketplaceInput,
} from "../src/index.ts";

function play(
  world: ContentMarketplace,
  steps: number,
  actor: Actor = randomActor(),
  each?: () => void,
): void {
  actor.start?.(world, rootKey("play"));
  for (let step = 0; step < steps; step++) {
    void actor.act(world);
    world.step();
    each?.();
  }
}

function small(seed: string | number, options: ContentMarketplaceInput = {}, users = 16): ContentMarketplace {
  return makeContentMarketplace({ users, options: { days: 5, ...options }, key: rootKey(seed) });
}

const bytesOf = (world: ContentMarketplace) => Buffer.from(world.snapshot());

describe("one world", () => {
  test("keeps the environment contract", () => {
    const findings = checkEnvironment(
      (rowCount) => makeVectorEnvironment("marketplace/content-v0", { rowCount, days: 10 }),
      { rowCount: 6, ticks: 90 },
    ).filter((finding) => finding.rule !== "rows"); // rows share one world on purpose
    expect(findings).toEqual([]);
  });

  test("is the same for the same key, byte for byte, and another for another key", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const [a, b, c] = [small(seed), small(seed), small(seed + 1)];
        for (const world of [a, b, c]) play(world, 12);
        expect(bytesOf(a).equals(bytesOf(b))).toBe(true);
        expect(bytesOf(a).equals(bytesOf(c))).toBe(false);
      }),
      { numRuns: 8 },
    );
  });

  test("goes on from a snapshot to the same bytes, across the end of a world", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 25 }), fc.integer({ min: 1, max: 25 }), (before, after) => {
        const world = small("snapshot");
        play(world, before);
        const held = world.snapshot();
        play(world, after);
        const other = small("other");
        play(other, 3);
        other.restore(held);
        play(other, after);
        expect(bytesOf(other).equals(bytesOf(world))).toBe(true);
      }),
      { numRuns: 12 },
    );
  });

  test("refuses a snapshot of another size", () => {
    expect(() => small(1).restore(new Uint8Array(8))).toThrow(/restore needs \d+ bytes .* got 8/);
  });

  test("refuses slates that name a position twice, or one that is not there", () => {
    const world = small(1, { arrival: { startGap: 0 } });
    world.action.fill(0);
    expect(() => world.step()).toThrow(/row 0, slot 1: position 0 is chosen twice/);
    world.action.fill(20);
    expect(() => world.step()).toThrow(/row 0, slot 0: 20 is not an unmasked position of 0 … 19/);
  });

  test("truncates every user there is at the horizon, writes their last observation and goes on in a new world", () => {
    const world = small("horizon", { arrival: { startGap: 0 } });
    play(world, 19);
    const present = world.privileged.users.alive.slice();
    const joined = new Float32Array(world.finalObservation.context);
    expect(world.truncated.some((flag) => flag === 1)).toBe(false);
    play(world, 1);
    for (let row = 0; row < world.rowCount; row++) {
      if (world.terminated[row] === 1) continue;
      if (present[row] === 1) expect(world.truncated[row]).toBe(1);
      if (world.truncated[row] === 1) {
        const context = world.finalObservation.context.subarray(row * 32, (row + 1) * 32);
        expect(context.some((value, i) => value !== joined[row * 32 + i])).toBe(true);
        expect(world.finalObservation.mask.subarray(row * 20, (row + 1) * 20).every((bit) => bit === 1)).toBe(
          true,
        );
      }
    }
    // everyone is a user without history in the new world
    const evidence = world.contextFeatureNames.indexOf("experience");
    for (let row = 0; row < world.rowCount; row++)
      expect(world.observation.context[row * 32 + evidence]).toBe(0);
  });
});

describe("what the platform sees", () => {
  test("is within the bounds of its space", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), fc.boolean(), (seed, greedy) => {
        const world = small(seed);
        play(world, 30, greedy ? myopicActor() : randomActor(), () => {
          for (const buffer of [world.observation.context, world.observation.candidates])
            for (const value of buffer)
              if (!(Math.abs(value) <= FEATURE_BOUND)) throw new Error(`feature ${value}`);
        });
      }),
      { numRuns: 4 },
    );
  });

  test("holds no latent state: other latent values of items, creators and users leave the step's observation as it was", () => {
    const world = small("latent", {}, 32);
    play(world, 7);
    const before = world.snapshot();
    const { users, items, creators } = world.privileged;
    // all that a user, item or creator is beneath what is seen; who leaves does not change in this step
    const latent = [
      users.interest,
      users.satiation,
      users.aversion,
      users.preferredLength,
      users.fatigue,
      items.quality,
      items.bait,
      items.appeal,
      creators.skill,
      creators.bait,
      creators.risk,
      creators.motivation,
    ];
    // the observation that follows a step in which nobody is in session can depend on what was seen alone
    const observe = (change: boolean) => {
      world.restore(before);
      world.active.fill(0);
      users.visitAt.forEach((_, row) => (users.visitAt[row] = world.privileged.clock[0]! + 1));
      if (change) {
        for (const values of latent)
          for (let i = 0; i < values.length; i++) values[i] = 0.123 + 0.5 * values[i]!;
        for (let i = 0; i < items.harmful.length; i++) items.harmful[i] = 1 - items.harmful[i]!;
      }
      world.privileged.clock[0] = 8; // not a day's end: no creator acts
      world.step();
      return [
        world.observation.context.slice(),
        world.observation.candidates.slice(),
        world.observation.mask.slice(),
      ];
    };
    expect(observe(true)).toEqual(observe(false));
  });

  test("offers distinct candidates that exist, from the quotas of each source", () => {
    const world = small("candidates", { arrival: { startGap: 0 } });
    play(world, 9);
    const { candidateItem, items } = world.privileged;
    const source = world.candidateFeatureNames.indexOf("sourceTopic");
    for (let row = 0; row < world.rowCount; row++) {
      if (world.active[row] === 0) continue;
      const shown = Array.from(candidateItem.subarray(row * 20, (row + 1) * 20));
      expect(new Set(shown).size).toBe(20);
      expect(shown.every((item) => items.alive[item] === 1)).toBe(true);
      const counts = [0, 0, 0, 0, 0];
      for (let m = 0; m < 20; m++)
        for (let s = 0; s < 5; s++)
          counts[s]! += world.observation.candidates[(row * 20 + m) * 34 + source + s]!;
      expect(counts).toEqual([9, 3, 3, 3, 2]);
    }
  });

  test("masks what is missing when there are fewer items than candidates", () => {
    const world = small("few", {
      creators: { capacity: 2, production: 0.05 },
      slots: 1,
      arrival: { startGap: 0 },
    });
    const count = world.privileged.pools.sizes[0]!;
    expect(count).toBeLessThan(20);
    const bits = world.observation.mask.subarray(0, 20).reduce((sum, bit) => sum + bit, 0);
    expect(bits).toBe(count);
  });
});

describe("counts are conserved", () => {
  test("views, likes, hides and rewards add up between users, items and creators", () => {
    const world = small("conserve", { days: 20 }, 32);
    const { items, creators, users } = world.privileged;
    const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);
    const actor = randomActor();
    actor.start?.(world, rootKey("play"));
    for (let step = 0; step < 60; step++) {
      const decisions = sum(world.active);
      const earlier = {
        impressions: sum(creators.impressions),
        clicks: sum(creators.clicks),
        present: sum(users.alive),
      };
      const own = { impressions: sum(items.impressions), clicks: sum(items.clicks) };
      void actor.act(world);
      const wasActive = world.active.slice();
      const dayEnds = (step + 1) % 4 === 0;
      world.step();
      for (let row = 0; row < world.rowCount; row++) {
        if (wasActive[row] === 1) continue;
        expect(world.reward[row]).toBe(0);
        expect(world.terminated[row]).toBe(0);
      }
      for (let row = 0; row < world.rowCount; row++) {
        const [user, creator, engagement] = world.objectives.subarray(3 * row, 3 * row + 3);
        expect(world.reward[row]).toBeCloseTo(0.25 * user! + 0.5 * creator! + 0.35 * engagement!, 12);
      }
      if (dayEnds) continue; // creators leave and items are withdrawn with their counts
      const impressions = sum(creators.impressions) - earlier.impressions;
      expect(impressions).toBe(sum(items.impressions) - own.impressions);
      expect(impressions).toBeGreaterThanOrEqual(decisions);
      expect(impressions).toBeLessThanOrEqual(5 * decisions);
      expect(sum(creators.clicks) - earlier.clicks).toBe(sum(items.clicks) - own.clicks);
      const arrived = sum(users.alive) - earlier.present + sum(world.terminated);
      expect(arrived).toBeGreaterThanOrEqual(0);
    }
  });

  test("a churned row is empty until a newcomer without history takes it", () => {
    const world = small("churn", { days: 60, retention: { churnBase: 8 }, arrival: { rate: 0.3 } });
    let churned = 0;
    let filled = 0;
    const experience = world.contextFeatureNames.indexOf("experience");
    const empty = new Uint8Array(world.rowCount);
    play(world, 100, randomActor(), () => {
      for (let row = 0; row < world.rowCount; row++) {
        if (world.terminated[row] === 1) {
          churned++;
          empty[row] = 1;
        }
        if (empty[row] === 1 && world.active[row] === 1) {
          filled++;
          empty[row] = 0;
          expect(world.observation.context[row * 32 + experience]).toBe(0);
        }
      }
    });
    expect(churned).toBeGreaterThan(10);
    expect(filled).toBeGreaterThan(10);
  });
});

describe("options", () => {
  test("name the path of what is wrong", () => {
    expect(() => makeVectorEnvironment("marketplace/content-v0", { satisfaction: { rate: 2 } })).toThrow(
      /options\.satisfaction\.rate/,
    );
    expect(contentMarketplaceOptions.safeParse({ slots: 30 }).success).toBe(false);
    expect(contentMarketplaceOptions.safeParse({ retrieval: { topic: 15 } }).success).toBe(false);
  });

  test("the multinomial-logit choice opens at most one item a page", () => {
    const world = small("logit", { choice: { model: "multinomial-logit" }, arrival: { startGap: 0 } });
    const { creators } = world.privileged;
    const clicks = () => creators.clicks.reduce((a, b) => a + b, 0);
    for (let step = 0; step < 3; step++) {
      const before = clicks();
      const pages = world.active.reduce((a, b) => a + b, 0);
      play(world, 1, heuristicActor());
      expect(clicks() - before).toBeLessThanOrEqual(pages);
    }
  });
});
