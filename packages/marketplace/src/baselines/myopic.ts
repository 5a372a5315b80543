import { expectedEngagementInto, OBSERVED } from "../laws/organic-value.ts";
import { greedyActor, type Actor } from "./actor.ts";
import { featurePlace } from "./feature-place.ts";

/** Ranks by the engagement that the page is predicted to bring now: {@link expectedEngagementInto}. */
export function myopicActor(): Actor {
  let names: readonly string[] = [];
  const places = new Int32Array(Object.keys(OBSERVED).length);
  let matchPlace = 0;
  const match = new Float64Array(1);
  const expected = new Float64Array(1);
  return greedyActor("myopic", (scores, environment, row) => {
    if (names !== environment.candidateFeatureNames) {
      names = environment.candidateFeatureNames;
      for (const [name, place] of Object.entries(OBSERVED)) places[place] = featurePlace(names, name);
      matchPlace = featurePlace(names, "topicMatch");
    }
    const features = environment.observation.candidates;
    const { viewMinutes } = environment.options.objectives;
    for (let m = 0; m < scores.length; m++) {
      const at = (row * scores.length + m) * names.length;
      match[0] = features[at + matchPlace]!;
      expectedEngagementInto(expected, features, at, places, match, viewMinutes);
      scores[m] = expected[0]!;
    }
  });
}
