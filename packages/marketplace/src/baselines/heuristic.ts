import { linearActor } from "./linear.ts";
import type { Actor } from "./actor.ts";

/** The observed features that the hand-written score weighs. */
export const HEURISTIC_FEATURES = [
  "topicMatch",
  "topicRecent",
  "clickRate",
  "creatorLikeRate",
  "completion",
  "classifierScore",
  "creatorIsNew",
  "creatorExposure",
] as const;

/** A weight for each of {@link HEURISTIC_FEATURES}. */
export type HeuristicWeights = Readonly<Record<(typeof HEURISTIC_FEATURES)[number], number>>;

/** Weights that a person would write down first. */
export const DEFAULT_HEURISTIC_WEIGHTS: HeuristicWeights = {
  topicMatch: 0.1,
  topicRecent: -1.7,
  clickRate: 0.2,
  creatorLikeRate: 2.7,
  completion: 2.7,
  classifierScore: -1.2,
  creatorIsNew: 0.6,
  creatorExposure: -0.1,
};

/** Hand-written linear score over eight observed features, greedy. */
export function heuristicActor(weights: HeuristicWeights = DEFAULT_HEURISTIC_WEIGHTS): Actor {
  return linearActor("heuristic", weights);
}
