import type { PageRows } from "../content/page-rows.ts";
import { featurePlace } from "../baselines/feature-place.ts";

/** Heads of the multi-objective ranker, in the order of its weights. Each is about 0 to 1 and reads what a platform sees. */
export const RANKER_HEADS = [
  "relevance",
  "quality",
  "freshness",
  "diversity",
  "creator",
  "safety",
  "monetisation",
] as const;
export type RankerHead = (typeof RANKER_HEADS)[number];

const HEAD = { relevance: 0, quality: 1, freshness: 2, diversity: 3, creator: 4, safety: 5, monetisation: 6 };

/** Candidate features that the heads read. */
const READ = [
  "topicMatch",
  "topicRecent",
  "clickRate",
  "completion",
  "creatorLikeRate",
  "freshness",
  "creatorIsNew",
  "creatorExposure",
  "classifierScore",
  "reportRate",
  "length",
  "evidence",
  "creatorClickRate",
] as const;

/**
 * Ranks a page by a weighted sum of heads, greedily from the top, so that `diversity` can look at what stands above:
 *
 * - relevance: click rate of item and creator blended by evidence, times `0.6 + 0.6·topicMatch`
 * - quality: mean of completion and the creator's like rate
 * - freshness: the item's
 * - diversity: 1 − share of the page above that has the same first topic, less half the user's recent views of it
 * - creator: mean of "is new" and `1 − relative exposure`
 * - safety: `1 − classifier score − report rate`
 * - monetisation: relevance × minutes (up to 8, over 8): attention that is inventory
 */
export class HeadRanker {
  readonly #places: Int32Array;
  readonly #width: number;
  readonly #topics: number;
  readonly #scores: Float64Array;
  readonly #topicOf: Int32Array;
  readonly #recent: Float64Array;
  readonly #above: Float64Array;

  constructor({ candidateFeatureNames, options }: PageRows) {
    this.#places = Int32Array.from(READ, (name) => featurePlace(candidateFeatureNames, name));
    this.#width = candidateFeatureNames.length;
    this.#topics = options.topics;
    this.#scores = new Float64Array(options.candidates);
    this.#topicOf = new Int32Array(options.candidates);
    this.#recent = new Float64Array(options.candidates);
    this.#above = new Float64Array(options.topics);
  }

  /**
   * Writes the slate of one row into `rows.action`.
   *
   * @param weights - a weight for each of RANKER_HEADS from place `at` on
   */
  rank(rows: PageRows, row: number, weights: Float32Array | Float64Array, at: number): void {
    const { slots, candidates } = rows.options;
    const { mask } = rows.observation;
    const { action } = rows;
    const scores = this.#scores;
    for (let m = 0; m < candidates; m++) this.#score(rows, row, m, weights, at);
    this.#above.fill(0);
    const diversity = weights[at + HEAD.diversity]!;
    for (let j = 0; j < slots; j++) {
      let best = -1;
      let most = -Infinity;
      for (let m = 0; m < candidates; m++) {
        if (mask[row * candidates + m] !== 1 || scores[m] === -Infinity) continue;
        const same = j === 0 ? 0 : this.#above[this.#topicOf[m]!]! / j;
        const score = scores[m]! + diversity * (1 - same - 0.5 * this.#recent[m]!);
        if (score > most) {
          most = score;
          best = m;
        }
      }
      action[row * slots + j] = best;
      if (best < 0) continue;
      scores[best] = -Infinity;
      this.#above[this.#topicOf[best]!] = this.#above[this.#topicOf[best]!]! + 1;
    }
  }

  /** All heads but diversity. */
  #score(rows: PageRows, row: number, m: number, weights: Float32Array | Float64Array, at: number): void {
    const features = rows.observation.candidates;
    const places = this.#places;
    const start = (row * rows.options.candidates + m) * this.#width;
    const match = features[start + places[0]!]!;
    const own = Math.min(1, features[start + places[11]!]!);
    const clicked = own * features[start + places[2]!]! + (1 - own) * features[start + places[12]!]!;
    const relevance = clicked * (0.6 + 0.6 * match);
    const quality = 0.5 * (features[start + places[3]!]! + features[start + places[4]!]!);
    const creator = 0.5 * (features[start + places[6]!]! + 1 - features[start + places[7]!]!);
    const safety = 1 - features[start + places[8]!]! - features[start + places[9]!]!;
    const minutes = Math.min(8, Math.pow(2, 2 * features[start + places[10]!]!));
    this.#scores[m] =
      weights[at + HEAD.relevance]! * relevance +
      weights[at + HEAD.quality]! * quality +
      weights[at + HEAD.freshness]! * features[start + places[5]!]! +
      weights[at + HEAD.creator]! * creator +
      weights[at + HEAD.safety]! * safety +
      weights[at + HEAD.monetisation]! * ((relevance * minutes) / 8);
    this.#recent[m] = features[start + places[1]!]!;
    let topic = 0;
    for (let t = 1; t < this.#topics; t++) if (features[start + t]! > features[start + topic]!) topic = t;
    this.#topicOf[m] = topic;
  }
}

/** Weights that a person would write down first; the platform-levers mode ranks by them. */
export const DEFAULT_RANKER_WEIGHTS: Readonly<Record<RankerHead, number>> = {
  relevance: 0.3,
  quality: 1,
  freshness: 0.05,
  diversity: 0.4,
  creator: 0.25,
  safety: 0.6,
  monetisation: 0.1,
};
