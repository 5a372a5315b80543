import { greedyActor, type Actor } from "./actor.ts";
import { featurePlace } from "./feature-place.ts";

/**
 * Ranks by the engagement that the page is predicted to bring now:
 * `click · (viewMinutes + completion · minutes)`, where `click` and `completion` blend the item's smoothed rates with its
 * creator's by evidence, and click is raised by the topic match: `rate · (0.6 + 0.6 · match)`.
 */
export function myopicActor(): Actor {
  let names: readonly string[] = [];
  let width = 0;
  let click = 0;
  let evidence = 0;
  let completion = 0;
  let length = 0;
  let creatorClick = 0;
  let creatorCompletion = 0;
  let match = 0;
  return greedyActor("myopic", (scores, environment, row) => {
    if (names !== environment.candidateFeatureNames) {
      names = environment.candidateFeatureNames;
      width = names.length;
      click = featurePlace(names, "clickRate");
      evidence = featurePlace(names, "evidence");
      completion = featurePlace(names, "completion");
      length = featurePlace(names, "length");
      creatorClick = featurePlace(names, "creatorClickRate");
      creatorCompletion = featurePlace(names, "creatorCompletion");
      match = featurePlace(names, "topicMatch");
    }
    const features = environment.observation.candidates;
    const viewMinutes = environment.options.objectives.viewMinutes;
    for (let m = 0; m < scores.length; m++) {
      const at = (row * scores.length + m) * width;
      const own = Math.min(1, features[at + evidence]!);
      const rate = own * features[at + click]! + (1 - own) * features[at + creatorClick]!;
      const watched = own * features[at + completion]! + (1 - own) * features[at + creatorCompletion]!;
      const minutes = Math.pow(2, 2 * features[at + length]!);
      scores[m] = rate * (0.6 + 0.6 * features[at + match]!) * (viewMinutes + watched * minutes);
    }
  });
}
