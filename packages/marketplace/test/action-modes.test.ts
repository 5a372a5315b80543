import { checkEnvironment, makeVectorEnvironment } from "@longview/environment";
import { rootKey } from "@longview/statistics";
import { expect, test } from "vitest";
import {
  DEFAULT_RANKER_WEIGHTS,
  HeadRanker,
  LEVER_BOUNDS,
  LEVER_NAMES,
  makeWholeMarketplace,
  PlatformLeversMarketplace,
  randomActor,
  RANKER_HEADS,
  RankerWeightsMarketplace,
  type RankerHead,
} from "../src/index.ts";

const SMALL = { days: 8, creators: { capacity: 20 }, items: { capacity: 120 } };

test.each(["slate", "ranker-weights", "platform-levers"])(
  "content-v1 in the mode %s keeps the environment contract",
  (actionMode) => {
    const findings = checkEnvironment(
      (rowCount) =>
        makeVectorEnvironment("marketplace/content-v1", {
          ...SMALL,
          actionMode,
          usersPerWorld: 16,
          rowCount,
        }),
      { rowCount: 6, ticks: actionMode === "platform-levers" ? 20 : 60 },
    );
    expect(findings).toEqual([]);
  },
);

test("ranker weights choose the slate that the ranker writes", () => {
  const world = makeWholeMarketplace({ users: 12, options: SMALL, key: rootKey("ranker") });
  const environment = new RankerWeightsMarketplace(world.fork());
  const ranker = new HeadRanker(world);
  const weights = Float64Array.from(RANKER_HEADS, (head) => DEFAULT_RANKER_WEIGHTS[head]);
  for (let step = 0; step < 10; step++) {
    for (let row = 0; row < world.rowCount; row++) {
      environment.action.set(weights, row * weights.length);
      if (world.active[row] === 1)
        ranker.rank(world, row, Float64Array.from(environment.action.slice(0, 7)), 0);
    }
    environment.step();
    world.step();
    expect(environment.reward).toEqual(world.reward);
  }
});

test("each head alone puts first what it is for", () => {
  const world = makeWholeMarketplace({ users: 40, options: SMALL, key: rootKey("heads") });
  const actor = randomActor();
  actor.start?.(world, rootKey("actor"));
  for (let step = 0; step < 20; step++) {
    void actor.act(world);
    world.step();
  }
  const ranker = new HeadRanker(world);
  const names = world.candidateFeatureNames;
  const { candidates, slots } = world.options;
  const { observation, action } = world;
  const feature = (row: number, m: number, name: string): number =>
    observation.candidates[(row * candidates + m) * names.length + names.indexOf(name)]!;
  const heads: Partial<Record<RankerHead, (row: number, m: number) => number>> = {
    freshness: (row, m) => feature(row, m, "freshness"),
    quality: (row, m) => feature(row, m, "completion") + feature(row, m, "creatorLikeRate"),
    creator: (row, m) => feature(row, m, "creatorIsNew") - feature(row, m, "creatorExposure"),
    safety: (row, m) => -feature(row, m, "classifierScore") - feature(row, m, "reportRate"),
  };
  for (const [head, value] of Object.entries(heads)) {
    const weights = Float64Array.from(RANKER_HEADS, (name) => (name === head ? 1 : 0));
    for (let row = 0; row < world.rowCount; row++) {
      if (world.active[row] !== 1) continue;
      ranker.rank(world, row, weights, 0);
      const most = Math.max(
        ...Array.from({ length: candidates }, (_, m) => m)
          .filter((m) => observation.mask[row * candidates + m] === 1)
          .map((m) => value(row, m)),
      );
      expect(value(row, action[row * slots]!)).toBeCloseTo(most, 5);
    }
  }
});

test("a day's action sets the world's levers, clipped to their bounds", () => {
  const environment = makeVectorEnvironment("marketplace/content-v1", {
    ...SMALL,
    actionMode: "platform-levers",
    usersPerWorld: 12,
    rowCount: 2,
  });
  if (!(environment instanceof PlatformLeversMarketplace)) throw new Error("not the platform");
  environment.reset({ seed: 3 });
  environment.action.set([0, 0.5, 1, -4, 9, 0.25], LEVER_NAMES.length);
  environment.step();
  const { levers } = environment.worlds[1]!.privileged;
  const shares = [0, 0.5, 1, 0, 1, 0.25];
  LEVER_NAMES.forEach((name, i) => {
    const [least, largest] = LEVER_BOUNDS[name];
    expect(levers[i]).toBeCloseTo(least + shares[i]! * (largest - least), 6);
  });
});

test("a platform's trajectory is truncated after its days and begins again", () => {
  const environment = makeVectorEnvironment("marketplace/content-v1", {
    ...SMALL,
    days: 3,
    actionMode: "platform-levers",
    usersPerWorld: 12,
    rowCount: 1,
  });
  environment.reset({ seed: 3 });
  const ends: number[] = [];
  for (let day = 0; day < 7; day++) {
    environment.step();
    ends.push(environment.truncated[0]!);
    expect(environment.terminated[0]).toBe(0);
  }
  expect(ends).toEqual([0, 0, 1, 0, 0, 1, 0]);
});
