import { normalQuantileInPlace, threefry2x32Into, uniformsInto } from "@longview/statistics";
import * as z from "zod";
import { chooseByWeight } from "./choice.ts";
import {
  skip,
  slateWeightsInto,
  topicMeanQualities,
  watch,
  type InterestEvolutionLaw,
} from "./interest-evolution-law.ts";
import { digitsInWord, firstDigit } from "./keyed-digits.ts";
import { candidateOptions, horizonOption } from "./common-options.ts";
import { RecsimEnvironment } from "./recsim-environment.ts";

/** Options of `recsim/interest-evolution-v0`; the defaults are RecSim's. */
export const interestEvolutionOptions = z
  .strictObject({
    ...candidateOptions,
    topics: z.int().min(2).max(255).default(20).describe("Topics T; a document has one, uniformly."),
    resampleDocuments: z
      .boolean()
      .default(true)
      .describe("Fresh candidates each step; false: an episode keeps its first."),
    timeBudget: z.number().gt(0).max(1e6).default(200).describe("Minutes a user starts with."),
    stepPenalty: z
      .number()
      .gt(0)
      .max(1e6)
      .default(0.5)
      .describe("Minutes of budget lost when nothing is clicked."),
    documentLength: z.number().gt(0).max(1e6).default(4).describe("Minutes of one document."),
    lowestQuality: z.number().min(-3.39).max(0).default(-3).describe("Mean quality of the worst topic."),
    highestQuality: z
      .number()
      .min(0)
      .max(3.39)
      .default(3)
      .describe("Mean quality of the best topic; below 3.4 / 0.9, so that each minute costs budget."),
    trashyShare: z.number().min(0).max(1).default(0.7).describe("Share of topics of mean quality at most 0."),
    qualityDeviation: z
      .number()
      .min(0)
      .max(10)
      .default(0.1)
      .describe("Standard deviation of a document's quality around its topic's mean."),
    noClickMass: z
      .number()
      .min(0)
      .max(1e6)
      .default(1)
      .describe("Affinity of choosing nothing; its weight is this + 1."),
    qualityCredit: z
      .number()
      .min(0)
      .max(1)
      .default(0.9 / 3.4)
      .describe("Share of the watched minutes that a document of quality 1 gives back."),
    interestStep: z.number().min(0).max(1).default(0.3).describe("y, the size of the interest step."),
    interestRule: z
      .enum(["recsim", "slateq-paper"])
      .default("recsim")
      .describe("recsim: Δ = y(1 − abs(x))(1 − x), as the code; slateq-paper: Δ = −y(1 − abs(x))x."),
    ...horizonOption(27_000),
  })
  .refine((options) => options.slots <= options.candidates, {
    error: "slots must be <= candidates",
    path: ["slots"],
  });
export type InterestEvolutionOptions = z.infer<typeof interestEvolutionOptions>;

/** What only oracles and tests may read. Live views of the state, row-major. */
export interface InterestEvolutionTruth {
  /** [rows, topics], in [−1, 1]. */
  readonly interests: Float64Array;
  /** [rows], minutes left. */
  readonly budgets: Float64Array;
  /** [rows, candidates]. */
  readonly candidateTopics: Uint8Array;
  /** [topics]. */
  readonly topicQualities: Float64Array;
  /** Quality of a candidate shown now. */
  quality(row: number, position: number): number;
}

// Counters within an episode: the first word is the tick, the second says what is drawn.
const INTERESTS = 0xffff_ffff; // in place of a tick
const RESPONSE = 0;
const TOPICS = 0x1_0000;
const QUALITIES = 0x2_0000;
const SCALE = 2 ** -32;

/**
 * RecSim's interest evolution, which is SlateQ's simulation: a user with interests in topics and a budget of minutes
 * picks from the slate in proportion to interest; what is watched moves the interest and, by its quality, the budget.
 *
 * Observation: context = interests; a candidate = its topic, one-hot. Quality is not observed. Reward: minutes watched.
 * The quality of a document has its own counter, so it is only computed for the document that was watched.
 *
 * @see docs/presets.md
 */
export class InterestEvolution extends RecsimEnvironment {
  readonly truth: InterestEvolutionTruth;
  readonly #law: InterestEvolutionLaw;
  readonly #options: InterestEvolutionOptions;
  readonly #interests: Float64Array;
  readonly #budgets: Float64Array;
  readonly #candidateTopics: Uint8Array;
  readonly #topicQualities: Float64Array;
  readonly #digits: number;
  readonly #weights: Float64Array;
  readonly #block = new Uint32Array(2);
  readonly #cell = new Float64Array(1);

  constructor(options: InterestEvolutionOptions, rowCount: number) {
    const { topics, candidates, slots } = options;
    const interests = new Float64Array(rowCount * topics);
    const budgets = new Float64Array(rowCount);
    const candidateTopics = new Uint8Array(rowCount * candidates);
    super({
      id: "recsim/interest-evolution-v0",
      rowCount,
      slots,
      candidates,
      context: { low: -1, high: 1, shape: [topics] },
      features: {
        low: Array.from({ length: topics }, () => 0),
        high: Array.from({ length: topics }, () => 1),
      },
      objectiveNames: ["watchTime", "click", "clickedQuality"],
      state: [interests, budgets, candidateTopics],
    });
    this.#options = options;
    this.#law = { ...options, weightOffset: 1 };
    this.#interests = interests;
    this.#budgets = budgets;
    this.#candidateTopics = candidateTopics;
    this.#topicQualities = topicMeanQualities(
      topics,
      options.lowestQuality,
      options.highestQuality,
      options.trashyShare,
    );
    this.#digits = digitsInWord(topics);
    this.#weights = new Float64Array(slots);
    this.truth = {
      interests,
      budgets,
      candidateTopics,
      topicQualities: this.#topicQualities,
      quality: (row, position) => {
        this.#drawQuality(row, position);
        return this.#cell[0]!;
      },
    };
  }

  step(): void {
    this.checkSlates();
    const law = this.#law;
    const { topics, horizon } = this.#options;
    const { action, slots, candidateCount, reward, objectives, terminated, truncated, ticks } = this;
    const keys = this.episodeKeys;
    const interests = this.#interests;
    const budgets = this.#budgets;
    const candidateTopics = this.#candidateTopics;
    const context = this.observation.context;
    const weights = this.#weights;
    const block = this.#block;
    for (let row = 0; row < this.rowCount; row++) {
      const interestStart = row * topics;
      const slateStart = row * slots;
      const candidateStart = row * candidateCount;
      const total = slateWeightsInto(
        weights,
        law,
        interests,
        interestStart,
        candidateTopics,
        candidateStart,
        action,
        slateStart,
        slots,
      );
      const tick = ticks[row]!;
      threefry2x32Into(block, keys[2 * row]!, keys[2 * row + 1]!, tick, RESPONSE);
      const flip = (block[1]! + 0.5) * SCALE;
      const chosen = chooseByWeight(weights, slots, total, (block[0]! + 0.5) * SCALE);
      if (chosen < 0) {
        skip(law, budgets, row);
        reward[row] = 0;
        objectives[3 * row] = 0;
        objectives[3 * row + 1] = 0;
        objectives[3 * row + 2] = 0;
      } else {
        const position = action[slateStart + chosen]!;
        const topic = candidateTopics[candidateStart + position]!;
        this.#drawQuality(row, position);
        const quality = this.#cell[0]!;
        const minutes = watch(law, interests, interestStart, budgets, row, topic, quality, flip);
        context[interestStart + topic] = interests[interestStart + topic]!;
        reward[row] = minutes;
        objectives[3 * row] = minutes;
        objectives[3 * row + 1] = 1;
        objectives[3 * row + 2] = quality;
      }
      ticks[row] = tick + 1;
      if (this.#options.resampleDocuments) this.#drawDocuments(row);
      const ended = budgets[row]! <= 0 ? 1 : 0;
      const cut = tick + 1 >= horizon ? 1 : 0;
      terminated[row] = ended;
      truncated[row] = cut;
      if (ended + cut > 0) this.end(row);
    }
  }

  protected begin(row: number): void {
    const { topics, timeBudget } = this.#options;
    const start = row * topics;
    const keys = this.episodeKeys;
    uniformsInto(this.#interests, start, topics, keys[2 * row]!, keys[2 * row + 1]!, INTERESTS, 0);
    const context = this.observation.context;
    for (let i = start; i < start + topics; i++) {
      const interest = 2 * this.#interests[i]! - 1;
      this.#interests[i] = interest;
      context[i] = interest;
    }
    this.#budgets[row] = timeBudget;
    this.#drawDocuments(row);
  }

  /** Topics of the row's candidates at its tick: several digits of base T from each word. */
  #drawDocuments(row: number): void {
    const { topics } = this.#options;
    const { candidateCount } = this;
    const candidateTopics = this.#candidateTopics;
    const features = this.observation.candidates;
    const block = this.#block;
    const key0 = this.episodeKeys[2 * row]!;
    const key1 = this.episodeKeys[2 * row + 1]!;
    const tick = this.ticks[row]!;
    const start = row * candidateCount;
    const digits = this.#digits;
    let word = 0;
    let left = 0;
    let words = 0;
    for (let i = start; i < start + candidateCount; i++) {
      if (left === 0) {
        if ((words & 1) === 0) threefry2x32Into(block, key0, key1, tick, TOPICS + (words >> 1));
        word = block[words & 1]! | 0;
        words++;
        left = digits;
      }
      const topic = firstDigit(word, topics);
      word = Math.imul(word, topics);
      left--;
      features[i * topics + candidateTopics[i]!] = 0;
      candidateTopics[i] = topic;
      features[i * topics + topic] = 1;
    }
  }

  /** Writes the quality of a candidate shown now into the scratch cell: a returned number would be boxed. */
  #drawQuality(row: number, position: number): void {
    const { resampleDocuments, qualityDeviation } = this.#options;
    const block = this.#block;
    const cell = this.#cell;
    const tick = resampleDocuments ? this.ticks[row]! : 0;
    const keys = this.episodeKeys;
    threefry2x32Into(block, keys[2 * row]!, keys[2 * row + 1]!, tick, QUALITIES + (position >> 1));
    cell[0] = (block[position & 1]! + 0.5) * SCALE;
    normalQuantileInPlace(cell, 0);
    const topic = this.#candidateTopics[row * this.candidateCount + position]!;
    cell[0] = this.#topicQualities[topic]! + qualityDeviation * cell[0]!;
  }
}
