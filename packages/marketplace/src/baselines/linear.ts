import type { PageRows } from "../content/page-rows.ts";
import { greedyActor, type Actor } from "./actor.ts";
import { featurePlace } from "./feature-place.ts";

/** Ranks by a weighted sum of named candidate features. */
export function linearActor(name: string, weights: Readonly<Record<string, number>>): Actor {
  const names = Object.keys(weights);
  const values = Float64Array.from(names, (feature) => weights[feature]!);
  let places = new Int32Array(0);
  let width = 0;
  let prepared: readonly string[] = [];
  const prepare = ({ candidateFeatureNames }: PageRows): void => {
    if (prepared === candidateFeatureNames) return;
    prepared = candidateFeatureNames;
    width = prepared.length;
    places = Int32Array.from(names, (feature) => featurePlace(prepared, feature));
  };
  return greedyActor(name, (scores, environment, row) => {
    prepare(environment);
    const features = environment.observation.candidates;
    for (let m = 0; m < scores.length; m++) {
      const at = (row * scores.length + m) * width;
      let score = 0;
      for (let i = 0; i < places.length; i++) score += values[i]! * features[at + places[i]!]!;
      scores[m] = score;
    }
  });
}

/** Ranks by smoothed click rate with a small bonus for evidence: what most others clicked. */
export function popularActor(): Actor {
  return linearActor("popular", { clickRate: 1, evidence: 0.05 });
}
