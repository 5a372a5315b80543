import type { Actor, ContentMarketplace } from "@longview/marketplace";
import { SlateDraws } from "@longview/policies";
import { deriveKey, foldIn, rootKey, type RandomKey } from "@longview/statistics";
import { decisionView, type DecisionView } from "../simulate/decision-view.ts";
import { createDeciders, type Decider } from "../simulate/deciders.ts";
import { simulatedWorld } from "../simulate/simulated-world.ts";
import type { ActorWorld } from "./make-actor.ts";

/**
 * A trained policy as an actor. It samples its slates just as serving and `simulate-log` do, with a bundle's propensity floor.
 *
 * @param name - `bundle:DIR` or `run:DIR`
 * @throws {UsageError} one line for a policy that cannot be read or does not fit the world
 */
export async function trainedActor(
  name: string,
  { id, options }: ActorWorld,
): Promise<Actor<ContentMarketplace>> {
  // A world beside, in which it is tried once: what doesn't fit is found before anything is simulated.
  const { environment, view } = await simulatedWorld(id, options, 1);
  const [decider] = await createDeciders([name], {
    environment,
    view,
    key: rootKey(0),
    uniformMixing: 0,
    temperature: undefined,
  });
  return decidingActor(name, decider!);
}

function decidingActor(name: string, decider: Decider): Actor<ContentMarketplace> {
  let playing:
    { readonly view: DecisionView; readonly draws: SlateDraws; readonly key: RandomKey } | undefined;
  let tick = 0;
  return {
    name,
    start(world, key) {
      const view = decisionView(world);
      playing = { view, draws: new SlateDraws(view.placeCount), key: deriveKey(key, "actions") };
      tick = 0;
    },
    async act(world) {
      if (playing === undefined) throw new Error("call start of the actor before act");
      const { view, draws, key } = playing;
      const tickKey = foldIn(key, tick++);
      const rows: number[] = [];
      for (let row = 0; row < world.rowCount; row++) if (world.active[row] === 1) rows.push(row);
      const decisions = rows.map((row) => view.read(row)!);
      const preferences = await decider.prefer(rows, decisions);
      rows.forEach((row, i) => {
        const drawn = draws.draw(decisions[i]!, preferences[i]!, {
          share: decider.share,
          key: tickKey,
          entity: row,
        });
        view.write(row, decisions[i]!, drawn.slate);
      });
    },
  };
}
