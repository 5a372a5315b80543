import { createHash } from "node:crypto";
import { foldIn, rootKey } from "@longview/statistics";
import type { Actor, ContentMarketplace } from "../../src/index.ts";

/** Hash of everything that a world tells in `steps` steps under an actor: observations, rewards, objectives, costs, ends. */
export function outcomeHash(world: ContentMarketplace, actor: Actor, steps: number): string {
  const hash = createHash("sha256");
  world.reset({ key: foldIn(rootKey("outcomes"), 7) });
  actor.start?.(world, rootKey("actor"));
  const { observation } = world;
  for (let step = 0; step < steps; step++) {
    for (const buffer of [world.active, observation.context, observation.candidates, observation.mask])
      hash.update(buffer);
    void actor.act(world);
    world.step();
    for (const buffer of [world.reward, world.objectives, world.costs, world.terminated, world.truncated])
      hash.update(buffer);
  }
  return hash.digest("hex");
}
