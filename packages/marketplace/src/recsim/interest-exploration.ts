import { normalQuantile, uniformsInto } from "@longview/statistics";
import * as z from "zod";
import { chooseByWeight } from "./choice.ts";
import { candidateOptions, horizonOption } from "./common-options.ts";
import { logitWeightsInto } from "./interest-exploration-law.ts";
import { RecsimEnvironment } from "./recsim-environment.ts";

const probabilities = (defaults: number[]) =>
  z
    .array(z.number().min(0).max(1))
    .min(1)
    .max(64)
    .refine((values) => Math.abs(values.reduce((sum, value) => sum + value, 0) - 1) < 1e-9, {
      error: "must sum to 1",
    })
    .default(defaults);

/** Options of `recsim/interest-exploration-v0`; the defaults are RecSim's. */
export const interestExplorationOptions = z
  .strictObject({
    ...candidateOptions,
    userTypes: probabilities([0.3, 0.7]).describe("Probability of each user type."),
    topicShares: probabilities([0.2, 0.8]).describe("Probability of each document topic."),
    affinityLogMeans: z
      .array(z.array(z.number().min(-10).max(10)).min(1))
      .min(1)
      .default([
        [0.1, 0.7],
        [0.7, 0.1],
      ])
      .describe("Mean log-affinity of each user type (row) to each topic (column)."),
    affinityLogDeviation: z.number().min(0).max(10).default(0.1).describe("Standard deviation of it."),
    qualityLogMeans: z
      .array(z.number().min(-10).max(10))
      .min(1)
      .default([0.8, 0.2])
      .describe("Mean log-quality of each topic's documents."),
    qualityLogDeviation: z.number().min(0).max(10).default(0.1).describe("Standard deviation of it."),
    noClickLogit: z
      .number()
      .min(-100)
      .max(100)
      .default(5)
      .describe("Logit of choosing nothing (RecSim's `no_click_mass`)."),
    resampleDocuments: z
      .boolean()
      .default(true)
      .describe("Fresh candidates each step; false: an episode keeps its first."),
    ...horizonOption(100),
  })
  .refine((options) => options.slots <= options.candidates, {
    error: "slots must be <= candidates",
    path: ["slots"],
  })
  .refine((options) => options.qualityLogMeans.length === options.topicShares.length, {
    error: "needs one value for each of topicShares",
    path: ["qualityLogMeans"],
  })
  .refine(
    (options) =>
      options.affinityLogMeans.length === options.userTypes.length &&
      options.affinityLogMeans.every((row) => row.length === options.topicShares.length),
    {
      error: "needs a row for each of userTypes, a column for each of topicShares",
      path: ["affinityLogMeans"],
    },
  );
export type InterestExplorationOptions = z.infer<typeof interestExplorationOptions>;

/** What only oracles and tests may read. Live views of the state, row-major. */
export interface InterestExplorationTruth {
  /** [rows, topics]. */
  readonly affinities: Float64Array;
  /** [rows]. */
  readonly userTypes: Uint8Array;
  /** [rows, candidates]. */
  readonly candidateTopics: Uint8Array;
  /** [rows, candidates]. */
  readonly qualities: Float64Array;
}

const USER = 0xffff_ffff; // in place of a tick
const RESPONSE = 0;
const TOPICS = 0x1_0000;
const QUALITIES = 0x2_0000;

function pick(shares: readonly number[], uniform: number): number {
  let remaining = uniform;
  for (let i = 0; i < shares.length - 1; i++) {
    remaining -= shares[i]!;
    if (remaining < 0) return i;
  }
  return shares.length - 1;
}

/**
 * RecSim's interest exploration: users of two hidden types whose affinities never change, documents of two topics with
 * observed quality. The rarer topic has the better documents and most users prefer it; the others are found by exploring.
 *
 * Observation: context = one 0 (RecSim shows nothing of the user); a candidate = quality, then its topic one-hot.
 * Reward: clicks. Never terminates; truncated at the horizon.
 *
 * @see docs/presets.md
 */
export class InterestExploration extends RecsimEnvironment {
  readonly truth: InterestExplorationTruth;
  readonly #options: InterestExplorationOptions;
  readonly #affinities: Float64Array;
  readonly #userTypes: Uint8Array;
  readonly #candidateTopics: Uint8Array;
  readonly #qualities: Float64Array;
  readonly #weights: Float64Array;
  readonly #uniforms: Float64Array;

  constructor(options: InterestExplorationOptions, rowCount: number) {
    const { slots, candidates } = options;
    const topics = options.topicShares.length;
    const affinities = new Float64Array(rowCount * topics);
    const userTypes = new Uint8Array(rowCount);
    const candidateTopics = new Uint8Array(rowCount * candidates);
    const qualities = new Float64Array(rowCount * candidates);
    const zeros = Array.from({ length: topics }, () => 0);
    super({
      id: "recsim/interest-exploration-v0",
      rowCount,
      slots,
      candidates,
      context: { low: 0, high: 0, shape: [1] },
      features: { low: [0, ...zeros], high: [Infinity, ...zeros.map(() => 1)] },
      objectiveNames: ["click", "clickedQuality"],
      state: [affinities, userTypes, candidateTopics, qualities],
    });
    this.#options = options;
    this.#affinities = affinities;
    this.#userTypes = userTypes;
    this.#candidateTopics = candidateTopics;
    this.#qualities = qualities;
    this.#weights = new Float64Array(slots);
    this.#uniforms = new Float64Array(Math.max(candidates, topics + 1));
    this.truth = { affinities, userTypes, candidateTopics, qualities };
  }

  step(): void {
    this.checkSlates();
    const { noClickLogit, horizon, resampleDocuments } = this.#options;
    const topics = this.#options.topicShares.length;
    const { action, slots, candidateCount, reward, objectives, truncated, ticks } = this;
    const keys = this.episodeKeys;
    for (let row = 0; row < this.rowCount; row++) {
      const slateStart = row * slots;
      const candidateStart = row * candidateCount;
      const total = logitWeightsInto(
        this.#weights,
        this.#affinities,
        row * topics,
        this.#candidateTopics,
        this.#qualities,
        candidateStart,
        action,
        slateStart,
        slots,
        noClickLogit,
      );
      const tick = ticks[row]!;
      uniformsInto(this.#uniforms, 0, 1, keys[2 * row]!, keys[2 * row + 1]!, tick, RESPONSE);
      const chosen = chooseByWeight(this.#weights, slots, total, this.#uniforms[0]!);
      const click = chosen < 0 ? 0 : 1;
      reward[row] = click;
      objectives[2 * row] = click;
      objectives[2 * row + 1] =
        chosen < 0 ? 0 : this.#qualities[candidateStart + action[slateStart + chosen]!]!;
      ticks[row] = tick + 1;
      if (resampleDocuments) this.#drawDocuments(row);
      truncated[row] = tick + 1 >= horizon ? 1 : 0;
      if (truncated[row] === 1) this.end(row);
    }
  }

  protected begin(row: number): void {
    const { userTypes, affinityLogMeans, affinityLogDeviation } = this.#options;
    const topics = this.#options.topicShares.length;
    const keys = this.episodeKeys;
    const uniforms = this.#uniforms;
    uniformsInto(uniforms, 0, topics + 1, keys[2 * row]!, keys[2 * row + 1]!, USER, 0);
    const type = pick(userTypes, uniforms[topics]!);
    this.#userTypes[row] = type;
    const means = affinityLogMeans[type]!;
    for (let topic = 0; topic < topics; topic++)
      this.#affinities[row * topics + topic] = Math.exp(
        means[topic]! + affinityLogDeviation * normalQuantile(uniforms[topic]!),
      );
    this.#drawDocuments(row);
  }

  #drawDocuments(row: number): void {
    const { topicShares, qualityLogMeans, qualityLogDeviation } = this.#options;
    const { candidateCount } = this;
    const uniforms = this.#uniforms;
    const features = this.observation.candidates;
    const width = topicShares.length + 1;
    const key0 = this.episodeKeys[2 * row]!;
    const key1 = this.episodeKeys[2 * row + 1]!;
    const tick = this.ticks[row]!;
    const start = row * candidateCount;
    uniformsInto(uniforms, 0, candidateCount, key0, key1, tick, TOPICS);
    for (let i = 0; i < candidateCount; i++) {
      const topic = pick(topicShares, uniforms[i]!);
      features[(start + i) * width + 1 + this.#candidateTopics[start + i]!] = 0;
      features[(start + i) * width + 1 + topic] = 1;
      this.#candidateTopics[start + i] = topic;
    }
    uniformsInto(uniforms, 0, candidateCount, key0, key1, tick, QUALITIES);
    for (let i = 0; i < candidateCount; i++) {
      const mean = qualityLogMeans[this.#candidateTopics[start + i]!]!;
      const quality = Math.exp(mean + qualityLogDeviation * normalQuantile(uniforms[i]!));
      this.#qualities[start + i] = quality;
      features[(start + i) * width] = quality;
    }
  }
}
