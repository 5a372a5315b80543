import { greedyActor, type Actor } from "./actor.ts";
import { candidateFeature, candidateFeatureCount } from "./feature-offsets.ts";

/**
 * Ranks by the engagement that the page is predicted to bring now:
 * `click · (viewMinutes + completion · minutes)`, where `click` and `completion` blend the item's smoothed rates with its
 * creator's by evidence, and click is raised by the topic match: `rate · (0.6 + 0.6 · match)`.
 */
export function myopicActor(): Actor {
  let topics = -1;
  let width = 0;
  let click = 0;
  let evidence = 0;
  let completion = 0;
  let length = 0;
  let creatorClick = 0;
  let creatorCompletion = 0;
  let match = 0;
  return greedyActor("myopic", (scores, environment, row) => {
    if (topics !== environment.options.topics) {
      topics = environment.options.topics;
      width = candidateFeatureCount(topics);
      click = candidateFeature(topics, "clickRate");
      evidence = candidateFeature(topics, "evidence");
      completion = candidateFeature(topics, "completion");
      length = candidateFeature(topics, "length");
      creatorClick = candidateFeature(topics, "creatorClickRate");
      creatorCompletion = candidateFeature(topics, "creatorCompletion");
      match = candidateFeature(topics, "topicMatch");
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
