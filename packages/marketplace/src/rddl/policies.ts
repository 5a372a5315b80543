import { distance } from "../recsimng/geometry.ts";
import { topSlates } from "../recsim/policies.ts";
import type { TwoSidedPolicy } from "../recsimng/two-sided-policies.ts";
import type { RddlEcosystem } from "./ecosystem.ts";

/**
 * Each consumer gets the item of least `distance to the item + weight · distance to the competence of the provider who
 * is credited for it`. Weight 0 is greedy: it reads only the items. A positive weight also votes for the providers whose
 * items the consumer would like to find in later steps. It uses what the observation shows, nothing more.
 *
 * @param weight - at least 0
 */
export const nearestItem = (weight: number): TwoSidedPolicy<RddlEcosystem> =>
  topSlates((world, row, position) => {
    const { affinities, competences, itemFeatures, itemProviders, features } = world.truth;
    const consumer = (row % world.users) * features;
    const item = Math.floor(row / world.users) * world.candidateCount + position;
    const provider = itemProviders[item]!;
    const away = distance(affinities, consumer, itemFeatures, item * features, features);
    if (weight === 0 || provider < 0) return -away;
    return -away - weight * distance(affinities, consumer, competences, provider * features, features);
  });
