import {
  makeMarketplace,
  randomActor,
  type MarketplaceId,
  InterestEvolution,
  InterestExploration,
  interestEvolutionOptions,
  interestExplorationOptions,
  LongTermSatisfaction,
  longTermSatisfactionOptions,
  randomSlates,
  type RecsimEnvironment,
} from "@longview/marketplace";
import { deriveKey, rootKey } from "@longview/statistics";

/** Goes on until at least `decisions` more decisions were taken by a random policy; returns how many were. */
export type RandomPlay = (decisions: number) => number;

function recsimPlay(world: RecsimEnvironment): RandomPlay {
  world.reset({ seed: "benchmark" });
  const policy = randomSlates(rootKey("random slates"));
  return (decisions) => {
    let taken = 0;
    while (taken < decisions) {
      policy(world);
      world.step();
      taken += world.rowCount;
    }
    return taken;
  };
}

/** RecSim worlds with their own defaults, 3 of 10, under random slates. */
export const recsimWorlds = {
  "recsim/interest-evolution-v0": (rowCount: number) =>
    recsimPlay(new InterestEvolution(interestEvolutionOptions.parse({}), rowCount)),
  "recsim/interest-exploration-v0": (rowCount: number) =>
    recsimPlay(new InterestExploration(interestExplorationOptions.parse({}), rowCount)),
  "recsim/long-term-satisfaction-v0": (rowCount: number) =>
    recsimPlay(
      new LongTermSatisfaction(
        "recsim/long-term-satisfaction-v0",
        longTermSatisfactionOptions.parse({}),
        rowCount,
      ),
    ),
} as const;

/** A content marketplace under random slates of 5 of 20. Only rows in session decide, and only they are counted. */
export function marketplacePlay(id: MarketplaceId, users: number): RandomPlay {
  const key = rootKey("benchmark");
  const world = makeMarketplace(id, { users, options: { slots: 5, candidates: 20 }, key });
  const actor = randomActor();
  actor.start?.(world, deriveKey(key, "actor"));
  const tick = () => {
    let deciding = 0;
    for (let row = 0; row < users; row++) deciding += world.active[row]!;
    void actor.act(world);
    world.step();
    return deciding;
  };
  return (decisions) => {
    let taken = 0;
    while (taken < decisions) taken += tick();
    return taken;
  };
}
