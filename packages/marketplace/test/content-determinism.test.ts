import { rootKey } from "@longview/statistics";
import { expect, test } from "vitest";
import { makeContentMarketplace, randomActor, type ContentMarketplace } from "../src/index.ts";

function play(world: ContentMarketplace, steps: number): void {
  const actor = randomActor();
  actor.start?.(world, rootKey("play"));
  for (let step = 0; step < steps; step++) {
    void actor.act(world);
    world.step();
  }
}

test("the same key gives the same bytes, another key gives others", () => {
  const bytes = ["a", "a", "b"].map((seed) => {
    const world = makeContentMarketplace({ users: 16, key: rootKey(seed) });
    play(world, 30);
    return Buffer.from(world.snapshot());
  });
  expect(bytes[0]!.equals(bytes[1]!)).toBe(true);
  expect(bytes[0]!.equals(bytes[2]!)).toBe(false);
});

test("a restored snapshot goes on to the same bytes, across the end of a world", () => {
  const options = { days: 4 };
  const world = makeContentMarketplace({ users: 16, options, key: rootKey(3) });
  play(world, 10);
  const held = world.snapshot();
  play(world, 20);
  const other = makeContentMarketplace({ users: 16, options, key: rootKey(4) });
  play(other, 3);
  other.restore(held);
  play(other, 20);
  expect(Buffer.from(other.snapshot()).equals(Buffer.from(world.snapshot()))).toBe(true);
});
