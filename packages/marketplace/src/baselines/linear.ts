import { greedyActor, type Actor } from "./actor.ts";
import { featureScore } from "./feature-score.ts";

/** Ranks by a weighted sum of named candidate features. */
export function linearActor(name: string, weights: Readonly<Record<string, number>>): Actor {
  return greedyActor(name, featureScore(weights));
}

/** Ranks by smoothed click rate with a small bonus for evidence: what most others clicked. */
export function popularActor(): Actor {
  return linearActor("popular", { clickRate: 1, evidence: 0.05 });
}
