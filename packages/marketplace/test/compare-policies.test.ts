import { rootKey } from "@longview/statistics";
import { expect, test } from "vitest";
import {
  compareFrom,
  comparePolicies,
  heuristicActor,
  makeWholeMarketplace,
  myopicActor,
  popularActor,
  randomActor,
  stateHash,
} from "../src/index.ts";

const SMALL = { id: "marketplace/content-v1", users: 40, days: 6 } as const;

test("a policy compared with itself differs by exactly 0 in every figure", async () => {
  const comparison = await comparePolicies({
    ...SMALL,
    key: rootKey("same"),
    first: randomActor,
    second: randomActor,
    worlds: 3,
  });
  for (const figure of Object.values(comparison.figures)) {
    expect(figure.difference).toBe(0);
    expect(figure.interval).toEqual([0, 0]);
  }
});

test("swapping the policies turns every sign", async () => {
  const settings = { ...SMALL, key: rootKey("swap"), worlds: 3 };
  const there = await comparePolicies({ ...settings, first: myopicActor, second: () => heuristicActor() });
  const back = await comparePolicies({ ...settings, first: () => heuristicActor(), second: myopicActor });
  for (const [name, figure] of Object.entries(there.figures))
    expect(figure.difference).toBeCloseTo(-back.figures[name]!.difference, 10);
});

test("futures start from the world's state, do not change it, and differ from each other", async () => {
  const world = makeWholeMarketplace({ users: 40, options: { days: 30 }, key: rootKey("now") });
  const actor = randomActor();
  actor.start?.(world, rootKey("actor"));
  for (let step = 0; step < 24; step++) {
    void actor.act(world);
    world.step();
  }
  const before = stateHash(world.privileged);
  const settings = { days: 4, futures: 4, key: rootKey("futures") };
  const comparison = await compareFrom(world, {
    ...settings,
    first: () => heuristicActor(),
    second: popularActor,
  });
  expect(stateHash(world.privileged)).toBe(before);
  const { value } = comparison.figures;
  expect(value!.interval[1] - value!.interval[0]).toBeGreaterThan(0);
  expect(value!.difference).not.toBe(0);
  const same = await compareFrom(world, { ...settings, first: popularActor, second: popularActor });
  expect(same.figures["value"]!.difference).toBe(0);
  await expect(
    compareFrom(world, { ...settings, days: 24, first: popularActor, second: popularActor }),
  ).rejects.toThrow("the world is over in 24");
});
