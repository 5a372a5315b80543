import { foldIn, uniformsInto, type RandomKey } from "@longview/statistics";
import type { RecsimngEcosystem } from "./ecosystem.ts";
import { distance } from "./geometry.ts";
import type { TwoSidedPolicy } from "./two-sided-policies.ts";

/**
 * RecSim NG's recommender: the most similar documents, where a provider chosen more often than the mean so far is
 * demoted and one chosen less often promoted, by at most `cap`. With similarity `s` and boost `b`, a score is uniform
 * between `s` and `s + b + 10⁻⁴`; the `slots` highest are shown. Call `n` on row `r` draws from `(foldIn(key, n), r)`, and
 * only for documents that could still be shown.
 *
 * @param cap - at least 0, in units of similarity; the original's default is 1.2, and 0 is the myopic recommender
 * @see google-research/recsim_ng, applications/ecosystem_simulation/recommender.py
 */
export function boostedSimilarity(key: RandomKey, cap: number): TwoSidedPolicy<RecsimngEcosystem> {
  const uniform = new Float64Array(1);
  let boosts = new Float64Array(0);
  let best = new Float64Array(0);
  let calls = 0;
  return (world) => {
    const { truth, users, slots, action, candidateCount } = world;
    const { topics, providers, pulls, candidateProviders, candidateFeatures, interests } = truth;
    const tickKey = foldIn(key, calls++);
    const first = tickKey.first | 0;
    const second = tickKey.second | 0;
    if (boosts.length !== candidateCount) boosts = new Float64Array(candidateCount);
    if (best.length !== slots) best = new Float64Array(slots);
    for (let index = 0; index < world.worldCount; index++) {
      let mean = 0;
      for (let i = index * providers; i < (index + 1) * providers; i++) mean += pulls[i]! / providers;
      for (let i = 0; i < candidateCount; i++) {
        const provider = candidateProviders[index * candidateCount + i]!;
        const difference = mean - pulls[index * providers + provider]!;
        boosts[i] = Math.min(cap, Math.max(-cap, difference)) + 1e-4;
      }
      for (let row = index * users; row < (index + 1) * users; row++) {
        best.fill(-Infinity);
        for (let i = 0; i < candidateCount; i++) {
          const at = (index * candidateCount + i) * topics;
          const similarity = 2 - distance(interests, row * topics, candidateFeatures, at, topics);
          const boost = boosts[i]!;
          if (similarity + Math.max(0, boost) <= best[slots - 1]!) continue;
          uniformsInto(uniform, 0, 1, first, second, row, 2 * i);
          const score = similarity + boost * uniform[0]!;
          let slot = slots - 1;
          if (score <= best[slot]!) continue;
          for (; slot > 0 && score > best[slot - 1]!; slot--) {
            best[slot] = best[slot - 1]!;
            action[row * slots + slot] = action[row * slots + slot - 1]!;
          }
          best[slot] = score;
          action[row * slots + slot] = i;
        }
      }
    }
  };
}
