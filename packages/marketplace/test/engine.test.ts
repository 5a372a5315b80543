import { foldIn, rootKey } from "@longview/statistics";
import { expect, test } from "vitest";
import {
  heuristicActor,
  makeContentMarketplace,
  makeWholeMarketplace,
  MECHANISMS_OFF,
  randomActor,
  stateHash,
} from "../src/index.ts";
import { outcomeHash } from "./helpers/outcome-hash.ts";

// Recorded when content-v0 was published; a change of it is another version of the world.
const PUBLISHED = "368964c7511b23cafc4cb441fcb3939f887637542555cbf8616561be8f27feed";

test("content-v0 tells what it told when it was published", () => {
  const world = makeContentMarketplace({ users: 48, options: { days: 20 } });
  expect(outcomeHash(world, heuristicActor(), 120)).toBe(PUBLISHED);
});

test("content-v1 with every mechanism switched off is content-v0", () => {
  const options = { days: 20, ...MECHANISMS_OFF, retrieval: { topic: 9, followed: 0 } };
  expect(outcomeHash(makeWholeMarketplace({ users: 48, options }), heuristicActor(), 120)).toBe(PUBLISHED);
});

test("a fork in the same state lives the same life under the same actions", () => {
  const world = makeWholeMarketplace({ users: 32, options: { days: 12 }, key: foldIn(rootKey("fork"), 1) });
  const actor = randomActor();
  actor.start?.(world, rootKey("actor"));
  for (let step = 0; step < 13; step++) {
    void actor.act(world);
    world.step();
  }
  const twin = world.fork();
  for (let step = 0; step < 20; step++) {
    void actor.act(world);
    void actor.act(twin);
    world.step();
    twin.step();
  }
  expect(stateHash(twin.privileged)).toBe(stateHash(world.privileged));
  expect(twin.reward).toEqual(world.reward);
});
