import { candidateFeatureNames, itemFeatureCount } from "./features.ts";
import type { EngineOptions } from "./options.ts";
import type { ContentState } from "./state.ts";
import { expectedEngagementInto, OBSERVED } from "../laws/organic-value.ts";

/**
 * What a look at each organic item of a page is worth to the platform in an auction: the engagement that it predicts from
 * what it has counted up to the step's start, at `organicWorth`. Reads no latent field of the state.
 */
export class OrganicWorth {
  readonly #state: ContentState;
  readonly #options: EngineOptions;
  readonly #places: Int32Array;
  readonly #match = new Float64Array(1);
  readonly #minutes = new Float64Array(1);

  constructor(state: ContentState, options: EngineOptions) {
    this.#state = state;
    this.#options = options;
    // an item's own features come first among a candidate's
    const names = candidateFeatureNames(options.topics);
    this.#places = Int32Array.from(Object.keys(OBSERVED), (name) => names.indexOf(name));
  }

  /**
   * @param organic - items of the page
   * @param out - result, one an item [money/look]
   */
  write(user: number, organic: Int32Array, out: Float64Array): void {
    const { users, items } = this.#state;
    const { topics, items: itemOptions, retrieval, objectives, advertising } = this.#options;
    const weight = itemOptions.secondaryWeight;
    const total = users.topicTotal[user]! + retrieval.smoothing * topics;
    for (let j = 0; j < organic.length; j++) {
      const item = organic[j]!;
      const one = users.topicLong[user * topics + items.topic[item]!]!;
      const two = users.topicLong[user * topics + items.secondTopic[item]!]!;
      this.#match[0] = (2 * ((1 - weight) * one + weight * two + retrieval.smoothing)) / total;
      expectedEngagementInto(
        this.#minutes,
        items.features,
        item * itemFeatureCount(topics),
        this.#places,
        this.#match,
        objectives.viewMinutes,
      );
      out[j] = advertising.organicWorth * this.#minutes[0]!;
    }
  }
}
