import { topSlates } from "../recsim/policies.ts";
import type { TwoSidedPolicy } from "../recsimng/two-sided-policies.ts";
import type { Ecoagent } from "./ecoagent.ts";

function preference(world: Ecoagent, row: number, position: number): number {
  const { userPreferences, candidateTopics } = world.truth;
  const topics = userPreferences.length / world.rowCount;
  const candidate = Math.floor(row / world.users) * world.candidateCount + position;
  return userPreferences[row * topics + candidateTopics[candidate]!]!;
}

/** Privileged: the topics that the user likes best now, whoever made them. */
export const mostLiked = (): TwoSidedPolicy<Ecoagent> => topSlates(preference);

/**
 * Privileged: preference plus `weight / satisfaction` of the creator, the slope of `log(satisfaction)`, so that creators
 * about to leave are helped where it costs users least.
 *
 * @param weight - at least 0; 0 is {@link mostLiked}
 */
export const likedAndNeedy = (weight: number): TwoSidedPolicy<Ecoagent> =>
  topSlates((world, row, position) => {
    const { creatorSatisfactions, candidateCreators } = world.truth;
    const index = Math.floor(row / world.users);
    const creators = creatorSatisfactions.length / world.worldCount;
    const creator = candidateCreators[index * world.candidateCount + position]!;
    return preference(world, row, position) + weight / creatorSatisfactions[index * creators + creator]!;
  });
