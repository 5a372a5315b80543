import { foldIn, uniformsInto, type RandomKey } from "@longview/statistics";
import type { RecsimngEcosystem } from "./ecosystem.ts";
import { distance } from "./geometry.ts";
import type { TwoSidedPolicy } from "./two-sided-policies.ts";

/**
 * RecSim NG's recommender: the most similar documents, where a provider chosen more often than the mean so far is
 * demoted and one chosen less often promoted, by at most `cap`. With similarity `s` and boost `b`, a score is uniform
 * between `s` and `s + b + 10⁻⁴`; the `slots` highest are shown. Call `n` on row `r` draws from `(foldIn(key, n), r)`.
 *
 * @param cap - at least 0, in units of similarity; the original's default is 1.2, and 0 is the myopic recommender
 * @see google-research/recsim_ng, applications/ecosystem_simulation/recommender.py
 */
export function boostedSimilarity(key: RandomKey, cap: number): TwoSidedPolicy<RecsimngEcosystem> {
  let scores = new Float64Array(0);
  let boosts = new Float64Array(0);
  let calls = 0;
  return (world) => {
    const { truth, users, slots, action, candidateCount } = world;
    const { topics, providers, pulls, candidateProviders, candidateFeatures, interests } = truth;
    const { first, second } = foldIn(key, calls++);
    if (scores.length !== candidateCount) {
      scores = new Float64Array(candidateCount);
      boosts = new Float64Array(candidateCount);
    }
    for (let index = 0; index < world.worldCount; index++) {
      let mean = 0;
      for (let i = index * providers; i < (index + 1) * providers; i++) mean += pulls[i]! / providers;
      for (let i = 0; i < candidateCount; i++) {
        const provider = candidateProviders[index * candidateCount + i]!;
        const difference = mean - pulls[index * providers + provider]!;
        boosts[i] = Math.min(cap, Math.max(-cap, difference)) + 1e-4;
      }
      for (let row = index * users; row < (index + 1) * users; row++) {
        uniformsInto(scores, 0, candidateCount, first | 0, second | 0, row, 0);
        for (let i = 0; i < candidateCount; i++) {
          const at = (index * candidateCount + i) * topics;
          const similarity = 2 - distance(interests, row * topics, candidateFeatures, at, topics);
          scores[i] = similarity + boosts[i]! * scores[i]!;
        }
        for (let slot = 0; slot < slots; slot++) {
          let best = 0;
          for (let i = 1; i < candidateCount; i++) if (scores[i]! > scores[best]!) best = i;
          action[row * slots + slot] = best;
          scores[best] = -Infinity;
        }
      }
    }
  };
}
