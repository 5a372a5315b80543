import type { ScoreInto } from "./actor.ts";
import { featurePlace } from "./feature-place.ts";

/** Ranks by a weighted sum of named candidate features. */
export function featureScore(weights: Readonly<Record<string, number>>): ScoreInto {
  const names = Object.keys(weights);
  const values = Float64Array.from(names, (name) => weights[name]!);
  let places = new Int32Array(0);
  let prepared: readonly string[] = [];
  return (scores, { candidateFeatureNames, observation }, row) => {
    if (prepared !== candidateFeatureNames) {
      prepared = candidateFeatureNames;
      places = Int32Array.from(names, (name) => featurePlace(prepared, name));
    }
    const width = prepared.length;
    for (let m = 0; m < scores.length; m++) {
      const at = (row * scores.length + m) * width;
      let score = 0;
      for (let i = 0; i < places.length; i++) score += values[i]! * observation.candidates[at + places[i]!]!;
      scores[m] = score;
    }
  };
}
