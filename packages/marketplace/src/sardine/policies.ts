import type { SlatePolicy } from "../recsim/policies.ts";
import type { Sardine } from "./sardine.ts";

/**
 * SARDINE's short-term oracle, privileged: the items most similar to what the user likes now, best first. Ties go to the
 * earlier item, so a user who is bored of everything sees the first of the catalogue.
 */
export function mostRelevant(): SlatePolicy<Sardine> {
  let best = new Float64Array(0);
  return (world) => {
    const { rowCount, slots, candidateCount, action } = world;
    const { embeddings } = world.truth.catalogue;
    const { currentInterests } = world.truth.users;
    const topics = currentInterests.length / rowCount;
    if (best.length !== slots) best = new Float64Array(slots);
    for (let row = 0; row < rowCount; row++) {
      const start = row * slots;
      best.fill(-Infinity);
      for (let item = 0; item < candidateCount; item++) {
        let score = 0;
        for (let topic = 0; topic < topics; topic++)
          score += currentInterests[row * topics + topic]! * embeddings[item * topics + topic]!;
        if (score <= best[slots - 1]!) continue;
        let slot = slots - 1;
        for (; slot > 0 && score > best[slot - 1]!; slot--) {
          best[slot] = best[slot - 1]!;
          action[start + slot] = action[start + slot - 1]!;
        }
        best[slot] = score;
        action[start + slot] = item;
      }
    }
  };
}
