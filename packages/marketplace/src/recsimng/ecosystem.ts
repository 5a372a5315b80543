import { normalQuantile, normalQuantileInPlace, uniformsInto } from "@longview/statistics";
import { chooseByWeight } from "../recsim/choice.ts";
import { distance, effectiveNumber, searchCumulative } from "./geometry.ts";
import { providerCount, type RecsimngEcosystemOptions } from "./options.ts";
import { TwoSidedEnvironment } from "./two-sided-environment.ts";

/** What only oracles and tests may read. Live views of the state, row-major. */
export interface RecsimngEcosystemTruth {
  /** [rows, topics]; observed. */
  readonly interests: Float64Array;
  /** [worlds, providers, topics]. */
  readonly providerMeans: Float64Array;
  /** [worlds, providers], discounted. */
  readonly clicks: Float64Array;
  /** [worlds, providers], not discounted. */
  readonly pulls: Float64Array;
  /** [worlds, candidates]. */
  readonly candidateProviders: Int32Array;
  /** [worlds, candidates, topics]. */
  readonly candidateFeatures: Float64Array;
  readonly providers: number;
  readonly topics: number;
}

// First words of the counter in place of a tick, for what an episode draws once.
const USERS = -1;
const PROVIDERS = -2;
// Second words within a tick.
const RESPONSES = 0;
const DOCUMENTS = 0x4000_0000;
const OBJECTIVES = 2;

const even = (count: number) => count + (count & 1);

/**
 * RecSim NG's ecosystem simulation of viable providers: documents come from providers in proportion to a power of their
 * discounted clicks, so those who are shown are those who can be shown.
 *
 * A row is a user; `users` rows are one world, whose users choose among the step's `documentsPerProvider × providers`
 * documents. Similarity of a user and a document is `2 − distance`; the choice within a slate is multinomial logit over
 * it, without a null option; utility is normal around the chosen similarity. Observation: context = the user's interests;
 * a candidate = its position, then of its provider log(1 + clicks), and the mean number of choices of a provider so
 * far minus her own (what the original's recommender boosts by). Reward: the utility of the step before, as the original's
 * metrics count, or with `rewardTiming: "immediate"` of the step. Objectives: `utility` of the step, and
 * `effectiveProviders`, the exponential of the entropy of the discounted clicks, shared among the world's rows.
 * Truncated at the horizon.
 *
 * @see google-research/recsim_ng, applications/ecosystem_simulation; Mladenov et al. (2020); docs/presets-ecosystems.md
 */
export class RecsimngEcosystem extends TwoSidedEnvironment {
  readonly truth: RecsimngEcosystemTruth;
  readonly #options: RecsimngEcosystemOptions;
  readonly #interests: Float64Array;
  readonly #utilities: Float64Array;
  readonly #providerMeans: Float64Array;
  readonly #clicks: Float64Array;
  readonly #pulls: Float64Array;
  readonly #candidateProviders: Int32Array;
  readonly #candidateFeatures: Float64Array;

  readonly #providers: number;
  readonly #topics: number;
  readonly #cumulative: Float64Array;
  readonly #weights: Float64Array;
  readonly #uniforms: Float64Array;

  constructor(options: RecsimngEcosystemOptions, rowCount: number) {
    const { users, slots, horizon } = options;
    const providers = providerCount(options);
    const topics = options.providerMeans[0]?.length ?? options.topics;
    const candidates = options.documentsPerProvider * providers;
    const worlds = Math.ceil(rowCount / users);
    const interests = new Float64Array(rowCount * topics);
    const utilities = new Float64Array(rowCount);
    const providerMeans = new Float64Array(worlds * providers * topics);
    const clicks = new Float64Array(worlds * providers);
    const pulls = new Float64Array(worlds * providers);
    const candidateProviders = new Int32Array(worlds * candidates);
    const candidateFeatures = new Float64Array(worlds * candidates * topics);
    const anything = Array.from({ length: topics }, () => Infinity);
    super({
      id: "recsimng/ecosystem-v0",
      rowCount,
      users,
      usersOption: "users",
      horizon,
      slots,
      candidates,
      context: { low: -Infinity, high: Infinity, shape: [topics] },
      features: {
        low: [...anything.map((high) => -high), 0, -Infinity],
        high: [...anything, Infinity, Infinity],
      },
      objectiveNames: ["utility", "effectiveProviders"],
      costNames: [],
      state: [interests, utilities, providerMeans, clicks, pulls, candidateProviders, candidateFeatures],
    });
    this.#options = options;
    this.#interests = interests;
    this.#utilities = utilities;
    this.#providerMeans = providerMeans;
    this.#clicks = clicks;
    this.#pulls = pulls;
    this.#candidateProviders = candidateProviders;
    this.#candidateFeatures = candidateFeatures;
    this.#providers = providers;
    this.#topics = topics;
    this.#cumulative = new Float64Array(providers);
    this.#weights = new Float64Array(slots);
    this.#uniforms = new Float64Array(topics + 1);
    this.truth = {
      interests,
      providerMeans,
      clicks,
      pulls,
      candidateProviders,
      candidateFeatures,
      providers,
      topics,
    };
  }

  protected begin(world: number): void {
    this.#beginProviders(world);
    this.#beginUsers(world);
    this.#drawDocuments(world, 0);
  }

  protected advance(world: number, tick: number): boolean {
    const { users, clickDiscount, rewardTiming } = this.#options;
    const providers = this.#providers;
    const first = world * providers;
    for (let i = first; i < first + providers; i++) this.#clicks[i] = this.#clicks[i]! * clickDiscount;
    for (let row = world * users; row < (world + 1) * users; row++) {
      this.reward[row] = this.#utilities[row]!;
      this.#respond(world, row, tick);
      if (rewardTiming === "immediate") this.reward[row] = this.#utilities[row]!;
      this.objectives[OBJECTIVES * row] = this.#utilities[row]!;
    }
    const effective = effectiveNumber(this.#clicks, first, providers) / users;
    for (let row = world * users; row < (world + 1) * users; row++)
      this.objectives[OBJECTIVES * row + 1] = effective;
    this.#drawDocuments(world, tick + 1);
    return false;
  }

  /** The user chooses; her provider is counted and her utility written. */
  #respond(world: number, row: number, tick: number): void {
    const { slots, action, candidateCount } = this;
    const topics = this.#topics;
    const uniforms = this.#uniforms;
    const weights = this.#weights;
    const draw = RESPONSES + 2 * (row - world * this.users);
    uniformsInto(uniforms, 0, 2, this.episodeKeys[2 * world]!, this.episodeKeys[2 * world + 1]!, tick, draw);
    let nearest = Infinity;
    for (let slot = 0; slot < slots; slot++) {
      const candidate = world * candidateCount + action[row * slots + slot]!;
      const away = distance(
        this.#interests,
        row * topics,
        this.#candidateFeatures,
        candidate * topics,
        topics,
      );
      weights[slot] = away;
      if (away < nearest) nearest = away;
    }
    let total = 0;
    for (let slot = 0; slot < slots; slot++) {
      const weight = Math.exp(nearest - weights[slot]!);
      weights[slot] = weight;
      total += weight;
    }
    let chosen = chooseByWeight(weights, slots, total, uniforms[0]!);
    if (chosen < 0) chosen = slots - 1; // a rounding of the cumulative weights
    const candidate = world * candidateCount + action[row * slots + chosen]!;
    const provider = world * this.#providers + this.#candidateProviders[candidate]!;
    this.#clicks[provider] = this.#clicks[provider]! + 1;
    this.#pulls[provider] = this.#pulls[provider]! + 1;
    const similarity = 2 - (nearest - Math.log(weights[chosen]!));
    normalQuantileInPlace(uniforms, 1);
    this.#utilities[row] = similarity + this.#options.utilityDeviation * uniforms[1]!;
  }

  /** Means of the providers: given, or centres `N(0, dispersion)` with members around them. */
  #beginProviders(world: number): void {
    const { providerMeans, dispersion, clusterVariance, fanOut } = this.#options;
    const topics = this.#topics;
    const providers = this.#providers;
    const means = this.#providerMeans;
    const uniforms = this.#uniforms;
    const key0 = this.episodeKeys[2 * world]!;
    const key1 = this.episodeKeys[2 * world + 1]!;
    const draws = even(topics);
    for (let provider = 0; provider < providers; provider++) {
      const at = (world * providers + provider) * topics;
      const given = providerMeans[provider];
      if (given !== undefined) means.set(given, at);
      else {
        const cluster = Math.floor(provider / fanOut);
        uniformsInto(uniforms, 0, topics, key0, key1, PROVIDERS, (providers + cluster) * draws);
        for (let i = 0; i < topics; i++) means[at + i] = Math.sqrt(dispersion) * normalQuantile(uniforms[i]!);
        uniformsInto(uniforms, 0, topics, key0, key1, PROVIDERS, provider * draws);
        for (let i = 0; i < topics; i++)
          means[at + i] = means[at + i]! + Math.sqrt(clusterVariance) * normalQuantile(uniforms[i]!);
      }
    }
    this.#clicks.fill(0, world * providers, (world + 1) * providers);
    this.#pulls.fill(0, world * providers, (world + 1) * providers);
  }

  /** Interests: around a provider drawn in proportion to `1 / (1 + ‖μ‖)`, tighter the farther she is from the origin. */
  #beginUsers(world: number): void {
    const { users, userDeviation } = this.#options;
    const topics = this.#topics;
    const providers = this.#providers;
    const means = this.#providerMeans;
    const uniforms = this.#uniforms;
    const cumulative = this.#cumulative;
    let total = 0;
    for (let provider = 0; provider < providers; provider++) {
      total += 1 / (1 + this.#norm(world * providers + provider));
      cumulative[provider] = total;
    }
    const draws = even(topics + 1);
    const { context } = this.observation;
    for (let user = 0; user < users; user++) {
      const row = world * users + user;
      const key1 = this.episodeKeys[2 * world + 1]!;
      uniformsInto(uniforms, 0, topics + 1, this.episodeKeys[2 * world]!, key1, USERS, user * draws);
      const provider = world * providers + searchCumulative(cumulative, 0, providers, uniforms[topics]!);
      const deviation = userDeviation / (1 + this.#norm(provider));
      for (let i = 0; i < topics; i++) {
        const interest = means[provider * topics + i]! + deviation * normalQuantile(uniforms[i]!);
        this.#interests[row * topics + i] = interest;
        context[row * topics + i] = interest;
      }
      this.#utilities[row] = 0;
    }
  }

  #norm(provider: number): number {
    let squares = 0;
    for (let i = provider * this.#topics; i < (provider + 1) * this.#topics; i++)
      squares += this.#providerMeans[i]! * this.#providerMeans[i]!;
    return Math.sqrt(squares);
  }

  #drawDocuments(world: number, tick: number): void {
    const { popularity, documentDeviation } = this.#options;
    const { candidateCount } = this;
    const topics = this.#topics;
    const providers = this.#providers;
    const uniforms = this.#uniforms;
    const cumulative = this.#cumulative;
    let total = 0;
    for (let provider = 0; provider < providers; provider++) {
      total += Math.pow(1 + this.#clicks[world * providers + provider]!, popularity);
      cumulative[provider] = total;
    }
    const draws = even(topics + 1);
    for (let i = 0; i < candidateCount; i++) {
      const candidate = world * candidateCount + i;
      const key1 = this.episodeKeys[2 * world + 1]!;
      uniformsInto(uniforms, 0, topics + 1, this.episodeKeys[2 * world]!, key1, tick, DOCUMENTS + i * draws);
      const provider = searchCumulative(cumulative, 0, providers, uniforms[topics]!);
      this.#candidateProviders[candidate] = provider;
      const mean = (world * providers + provider) * topics;
      for (let j = 0; j < topics; j++) {
        normalQuantileInPlace(uniforms, j);
        this.#candidateFeatures[candidate * topics + j] =
          this.#providerMeans[mean + j]! + documentDeviation * uniforms[j]!;
      }
    }
    this.#showDocuments(world);
  }

  #showDocuments(world: number): void {
    const { candidateCount, users } = this;
    const topics = this.#topics;
    const providers = this.#providers;
    const features = this.observation.candidates;
    const width = topics + 2;
    let total = 0;
    for (let i = world * providers; i < (world + 1) * providers; i++) total += this.#pulls[i]!;
    for (let i = 0; i < candidateCount; i++) {
      const candidate = world * candidateCount + i;
      const provider = world * providers + this.#candidateProviders[candidate]!;
      const at = (world * users * candidateCount + i) * width;
      for (let j = 0; j < topics; j++) features[at + j] = this.#candidateFeatures[candidate * topics + j]!;
      features[at + topics] = Math.log1p(this.#clicks[provider]!);
      features[at + topics + 1] = total / providers - this.#pulls[provider]!;
    }
    this.shareCandidates(world);
  }
}
