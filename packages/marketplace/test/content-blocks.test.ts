import { rootKey } from "@longview/statistics";
import { expect, test } from "vitest";
import {
  ContentBlocks,
  heuristicActor,
  makeWholeMarketplace,
  randomActor,
  stateHash,
  wholeMarketplaceOptions,
  type Actor,
} from "../src/index.ts";

const OPTIONS = { days: 9 };
const USERS = 70;
const TICKS = 30;

function hashesInBlocks(make: () => Actor, blockRows: number): string[] {
  const world = new ContentBlocks({
    options: wholeMarketplaceOptions.parse(OPTIONS),
    users: USERS,
    blockRows,
  });
  world.reset({ key: rootKey("blocks") });
  const actor = make();
  actor.start?.(world, rootKey("actor"));
  const hashes: string[] = [];
  for (let tick = 0; tick < TICKS; tick++) {
    world.startTick();
    while (world.observeBlock() > 0) {
      void actor.act(world);
      world.answerBlock();
    }
    world.endTick();
    hashes.push(stateHash(world.privileged));
  }
  return hashes;
}

test.each([
  ["random", randomActor],
  ["heuristic", () => heuristicActor()],
] as const)("under the %s policy every block size gives the same world", (_, make) => {
  const whole = hashesInBlocks(make, USERS);
  expect(hashesInBlocks(make, 1)).toEqual(whole);
  expect(hashesInBlocks(make, 13)).toEqual(whole);
});

test("a world in blocks lives as the environment does", () => {
  const world = makeWholeMarketplace({ users: USERS, options: OPTIONS, key: rootKey("blocks") });
  const actor = randomActor();
  actor.start?.(world, rootKey("actor"));
  let seen = 0;
  for (let tick = 0; tick < TICKS; tick++) {
    void actor.act(world);
    world.step();
    seen += world.terminated.reduce((sum, ended) => sum + ended, 0);
  }
  expect(seen).toBeGreaterThan(0);
  const blocks = new ContentBlocks({
    options: wholeMarketplaceOptions.parse(OPTIONS),
    users: USERS,
    blockRows: 8,
  });
  blocks.reset({ key: rootKey("blocks") });
  const other = randomActor();
  other.start?.(blocks, rootKey("actor"));
  for (let tick = 0; tick < TICKS; tick++) {
    blocks.startTick();
    while (blocks.observeBlock() > 0) {
      void other.act(blocks);
      blocks.answerBlock();
    }
    blocks.endTick();
  }
  expect(blocks.privileged.users.satisfaction).toEqual(world.privileged.users.satisfaction);
  expect(blocks.privileged.items.impressions).toEqual(world.privileged.items.impressions);
});
