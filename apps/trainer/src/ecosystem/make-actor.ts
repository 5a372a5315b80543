import { namedActor, type Actor, type ContentMarketplace } from "@longview/marketplace";
import type { AskedPolicy } from "./asked-policy.ts";

/** The world that a policy is to play in. */
export interface ActorWorld {
  readonly id: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * Makes a policy ready to play; what runs networks is loaded for trained ones alone.
 *
 * @throws {UsageError} one line for a policy that cannot be read or does not fit the world
 */
export async function makeActor(policy: AskedPolicy, world: ActorWorld): Promise<Actor<ContentMarketplace>> {
  if (policy.kind === "baseline") return namedActor(policy.name);
  const { trainedActor } = await import("./deciding-actor.ts");
  return trainedActor(policy.name, world);
}
