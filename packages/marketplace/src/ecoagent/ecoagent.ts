import { normalQuantile, uniformsInto } from "@longview/statistics";
import { chooseByWeight } from "../recsim/choice.ts";
import { TwoSidedEnvironment } from "../recsimng/two-sided-environment.ts";
import { drawTopic, newDocuments, normalize, saturatedSatisfaction, userReward } from "./ecoagent-law.ts";
import { documentCapacity, type EcoagentOptions } from "./options.ts";
import { TRUNCATED_NORMAL_SIZE, truncatedNormalInPlace, writeTruncatedNormal } from "./truncated-normal.ts";

/** What only oracles and tests may read. Live views of the state, row-major. */
export interface EcoagentTruth {
  /** [rows, topics], of Euclidean length 1. */
  readonly userPreferences: Float64Array;
  /** [rows]. */
  readonly userSatisfactions: Float64Array;
  /** [worlds, creators, topics], of Euclidean length 1. */
  readonly creatorPreferences: Float64Array;
  /** [worlds, creators], not saturated. */
  readonly creatorSatisfactions: Float64Array;
  /** [worlds, creators], 1: still on the platform. */
  readonly viable: Uint8Array;
  /** [worlds, creators]. */
  readonly documentCounts: Int32Array;
  /** [worlds, candidates], topic of each candidate. */
  readonly candidateTopics: Uint8Array;
  /** [worlds, candidates], in [−1, 1]. */
  readonly candidateQualities: Float64Array;
  /** [worlds, candidates]. */
  readonly candidateCreators: Int32Array;
}

// First words of the counter in place of a tick, for what an episode draws once.
const USERS = -1;
const CREATORS = -2;
const DOCUMENTS = -3;
// Second words within a tick.
const RESPONSES = 0;
const CANDIDATES = 0x4000_0000;
const OBJECTIVES = 4;

/**
 * The creator ecosystem of Zhan et al. 2021: users with preferences over topics click the documents that they are shown
 * and drift towards them; creators gain satisfaction from recommendations, clicks and rewards, make documents as it
 * grows, follow the topics that please, and leave when it is gone.
 *
 * A row is a user; `users` rows are one world, with one set of `candidates` documents a step. Observation, which hides
 * what the original hides: context = the user's clicks by topic, then her rewards by topic, so far; a candidate = its
 * topic one-hot, its creator one-hot, its creator's (saturated) satisfaction. Reward: the user's, −1 without a click.
 * Objectives: `userReward`; and of the world, shared among its rows: `creatorReward` (change of the creators' saturated
 * satisfaction), `newDocuments`, `viableCreators` (after the step). Cost: `creatorsLeft`, shared alike. Truncated at the
 * horizon; terminated when the last creator leaves.
 *
 * As in the original, a creator's drift divides by her satisfaction before the step, not saturated. Thresholds here are
 * at least 0, so a viable creator's is positive and the original's division by zero or less cannot occur.
 *
 * @see Zhan et al. (2021), "Towards Content Provider Aware Recommender Systems", WWW; google-research,
 * recs_ecosystem_creator_rl/environment; docs/presets-ecosystems.md
 */
export class Ecoagent extends TwoSidedEnvironment {
  readonly truth: EcoagentTruth;
  readonly #options: EcoagentOptions;
  readonly #capacity: number;
  readonly #userPreferences: Float64Array;
  readonly #userSatisfactions: Float64Array;
  readonly #creatorPreferences: Float64Array;
  readonly #creatorSatisfactions: Float64Array;
  readonly #viable: Uint8Array;
  readonly #documentCounts: Int32Array;
  /** [worlds, creators, 4]: laws of a creator's document quality. */
  readonly #qualityLaws: Float64Array;
  /** [worlds, creators, capacity]. */
  readonly #documentTopics: Uint8Array;
  readonly #documentQualities: Float64Array;
  readonly #candidateTopics: Uint8Array;
  readonly #candidateQualities: Float64Array;
  readonly #candidateCreators: Int32Array;

  readonly #noise = new Float64Array(TRUNCATED_NORMAL_SIZE);
  readonly #weights: Float64Array;
  readonly #uniforms: Float64Array;
  readonly #recommendations: Int32Array;
  readonly #gains: Float64Array;
  /** [creators, topics]: rewards of this step's clicks. */
  readonly #topicRewards: Float64Array;
  /** 0, 1, 2 …, restored after each draw of candidates. */
  readonly #order: Int32Array;
  readonly #swapped: Int32Array;

  constructor(options: EcoagentOptions, rowCount: number) {
    const { users, creators, topics, candidates, slots } = options;
    const worlds = Math.ceil(rowCount / users);
    const capacity = documentCapacity(options);
    const userPreferences = new Float64Array(rowCount * topics);
    const userSatisfactions = new Float64Array(rowCount);
    const creatorPreferences = new Float64Array(worlds * creators * topics);
    const creatorSatisfactions = new Float64Array(worlds * creators);
    const viable = new Uint8Array(worlds * creators);
    const documentCounts = new Int32Array(worlds * creators);
    const qualityLaws = new Float64Array(worlds * creators * TRUNCATED_NORMAL_SIZE);
    const documentTopics = new Uint8Array(worlds * creators * capacity);
    const documentQualities = new Float64Array(worlds * creators * capacity);
    const candidateTopics = new Uint8Array(worlds * candidates);
    const candidateQualities = new Float64Array(worlds * candidates);
    const candidateCreators = new Int32Array(worlds * candidates);
    const bits = Array.from({ length: topics + creators }, () => 0);
    super({
      id: "ecoagent-v0",
      rowCount,
      users,
      usersOption: "users",
      horizon: options.horizon,
      slots,
      candidates,
      context: { low: 0, high: Infinity, shape: [2 * topics] },
      features: { low: [...bits, -Infinity], high: [...bits.map(() => 1), Infinity] },
      objectiveNames: ["userReward", "creatorReward", "newDocuments", "viableCreators"],
      costNames: ["creatorsLeft"],
      state: [
        userPreferences,
        userSatisfactions,
        creatorPreferences,
        creatorSatisfactions,
        viable,
        documentCounts,
        qualityLaws,
        documentTopics,
        documentQualities,
        candidateTopics,
        candidateQualities,
        candidateCreators,
      ],
    });
    this.#options = options;
    this.#capacity = capacity;
    this.#userPreferences = userPreferences;
    this.#userSatisfactions = userSatisfactions;
    this.#creatorPreferences = creatorPreferences;
    this.#creatorSatisfactions = creatorSatisfactions;
    this.#viable = viable;
    this.#documentCounts = documentCounts;
    this.#qualityLaws = qualityLaws;
    this.#documentTopics = documentTopics;
    this.#documentQualities = documentQualities;
    this.#candidateTopics = candidateTopics;
    this.#candidateQualities = candidateQualities;
    this.#candidateCreators = candidateCreators;
    this.truth = {
      userPreferences,
      userSatisfactions,
      creatorPreferences,
      creatorSatisfactions,
      viable,
      documentCounts,
      candidateTopics,
      candidateQualities,
      candidateCreators,
    };
    writeTruncatedNormal(this.#noise, 0, 0, options.rewardDeviation, -1, 1);
    this.#weights = new Float64Array(slots);
    this.#uniforms = new Float64Array(Math.max(candidates, topics + 1, 2));
    this.#recommendations = new Int32Array(creators);
    this.#gains = new Float64Array(creators);
    this.#topicRewards = new Float64Array(creators * topics);
    this.#order = Int32Array.from({ length: creators * capacity }, (_, i) => i);
    this.#swapped = new Int32Array(candidates);
  }

  protected begin(world: number): void {
    const { users, creators, topics, initialDocuments } = this.#options;
    const uniforms = this.#uniforms;
    const key0 = this.episodeKeys[2 * world]!;
    const key1 = this.episodeKeys[2 * world + 1]!;
    const draws = topics + (topics & 1);
    for (let user = 0; user < users; user++) {
      const row = world * users + user;
      uniformsInto(uniforms, 0, topics, key0, key1, USERS, user * draws);
      for (let topic = 0; topic < topics; topic++)
        this.#userPreferences[row * topics + topic] = normalQuantile(uniforms[topic]!);
      normalize(this.#userPreferences, row * topics, topics);
      this.#userSatisfactions[row] = this.#options.userInitialSatisfaction;
      this.observation.context.fill(0, 2 * topics * row, 2 * topics * (row + 1));
    }
    for (let index = 0; index < creators; index++) {
      const creator = world * creators + index;
      uniformsInto(uniforms, 0, topics + 1, key0, key1, CREATORS, index * (draws + 2));
      for (let topic = 0; topic < topics; topic++)
        this.#creatorPreferences[creator * topics + topic] = normalQuantile(uniforms[topic]!);
      normalize(this.#creatorPreferences, creator * topics, topics);
      const mean = (2 * uniforms[topics]! - 1) * this.#options.qualityMeanBound;
      const law = TRUNCATED_NORMAL_SIZE * creator;
      writeTruncatedNormal(this.#qualityLaws, law, mean, this.#options.qualityDeviation, -1, 1);
      this.#creatorSatisfactions[creator] = this.#options.creatorInitialSatisfaction;
      this.#viable[creator] = 1;
      this.#documentCounts[creator] = 0;
      for (let i = 0; i < initialDocuments; i++) this.#makeDocument(world, index);
    }
    this.#drawCandidates(world, 0);
  }

  protected advance(world: number, tick: number): boolean {
    this.#recommendations.fill(0);
    this.#gains.fill(0);
    this.#topicRewards.fill(0);
    const { users } = this.#options;
    for (let row = world * users; row < (world + 1) * users; row++)
      if (this.active[row] === 1) this.#respond(world, row, tick);
    const viable = this.#moveCreators(world);
    if (viable > 0) this.#drawCandidates(world, tick + 1);
    let remaining = 0;
    for (let row = world * users; row < (world + 1) * users; row++) {
      if (this.active[row] === 0) continue;
      if (this.#userSatisfactions[row]! < this.#options.userViabilityThreshold) this.leave(row);
      else remaining++;
    }
    return viable === 0 || remaining === 0;
  }

  /** Counts the recommendations; returns the position in the slate that the user chooses, or −1. */
  #choose(world: number, row: number): number {
    const { candidates, topics, noClickWeight } = this.#options;
    const { slots, action } = this;
    let total = 0; // the option is added below: a sum that starts from it is boxed
    for (let slot = 0; slot < slots; slot++) {
      const candidate = world * candidates + action[row * slots + slot]!;
      const creator = this.#candidateCreators[candidate]!;
      this.#recommendations[creator] = this.#recommendations[creator]! + 1;
      const weight = Math.exp(this.#userPreferences[row * topics + this.#candidateTopics[candidate]!]!);
      this.#weights[slot] = weight;
      total += weight;
    }
    const chosen = chooseByWeight(this.#weights, slots, total + noClickWeight, this.#uniforms[0]!);
    // Without a null option −1 is a rounding of the cumulative weights.
    return chosen < 0 && noClickWeight === 0 ? slots - 1 : chosen;
  }

  /** The user chooses from her slate, is rewarded and moves; her creators' gains are noted. */
  #respond(world: number, row: number, tick: number): void {
    const { users, candidates, topics, qualitySensitivity } = this.#options;
    const { slots, action } = this;
    const uniforms = this.#uniforms;
    const preferences = row * topics;
    const draw = RESPONSES + 2 * (row - world * users);
    uniformsInto(uniforms, 0, 2, this.episodeKeys[2 * world]!, this.episodeKeys[2 * world + 1]!, tick, draw);
    const chosen = this.#choose(world, row);
    const kept = this.#userSatisfactions[row]! * this.#options.userSatisfactionDecay;
    if (chosen < 0) {
      this.#userSatisfactions[row] = kept - 1;
      this.reward[row] = -1;
      this.objectives[OBJECTIVES * row] = -1;
      return;
    }
    const candidate = world * candidates + action[row * slots + chosen]!;
    const topic = this.#candidateTopics[candidate]!;
    truncatedNormalInPlace(uniforms, 1, this.#noise, 0);
    const reward = userReward(
      qualitySensitivity,
      this.#candidateQualities[candidate]!,
      this.#userPreferences[preferences + topic]!,
      uniforms[1]!,
    );
    this.reward[row] = reward;
    this.objectives[OBJECTIVES * row] = reward;
    this.#userSatisfactions[row] = kept + reward;
    this.#userPreferences[preferences + topic] =
      this.#userPreferences[preferences + topic]! + this.#options.userTopicInfluence * reward;
    normalize(this.#userPreferences, preferences, topics);
    const { context } = this.observation;
    const history = 2 * topics * row + topic;
    context[history] = context[history]! + 1;
    context[history + topics] = context[history + topics]! + reward;
    const creator = this.#candidateCreators[candidate]!;
    this.#gains[creator] = this.#gains[creator]! + this.#options.clickReward + reward;
    const at = creator * topics + topic;
    this.#topicRewards[at] = this.#topicRewards[at]! + reward;
  }

  /** Moves every viable creator; returns how many remain. */
  #moveCreators(world: number): number {
    const options = this.#options;
    const { creators, users, topics, saturation, creatorViabilityThreshold: threshold } = options;
    let reward = 0;
    let made = 0;
    let left = 0;
    let remaining = 0;
    for (let index = 0; index < creators; index++) {
      const creator = world * creators + index;
      if (this.#viable[creator] === 0) continue;
      const old = this.#creatorSatisfactions[creator]!;
      const before = saturatedSatisfaction(saturation, threshold, old);
      const recommended = this.#recommendations[index]!;
      let satisfaction = old * options.creatorSatisfactionDecay;
      if (recommended > 0) {
        const each =
          index < creators >> 1 ? options.smallRecommendationReward : options.largeRecommendationReward;
        satisfaction += recommended * each + this.#gains[index]!;
        const step = options.creatorTopicInfluence / old;
        for (let topic = 0; topic < topics; topic++) {
          const at = creator * topics + topic;
          this.#creatorPreferences[at] =
            this.#creatorPreferences[at]! + step * this.#topicRewards[index * topics + topic]!;
        }
        normalize(this.#creatorPreferences, creator * topics, topics);
        const after = saturatedSatisfaction(saturation, threshold, satisfaction);
        const documents = newDocuments(options.newDocumentMargin, before, after);
        for (let i = 0; i < documents; i++) this.#makeDocument(world, index);
        made += documents;
      } else satisfaction -= options.noRecommendationPenalty;
      this.#creatorSatisfactions[creator] = satisfaction;
      const after = saturatedSatisfaction(saturation, threshold, satisfaction);
      reward += after - before;
      if (after > threshold) remaining++;
      else {
        this.#viable[creator] = 0;
        left++;
      }
    }
    const { objectives, costs } = this;
    for (let row = world * users; row < (world + 1) * users; row++) {
      objectives[OBJECTIVES * row + 1] = reward / users;
      objectives[OBJECTIVES * row + 2] = made / users;
      objectives[OBJECTIVES * row + 3] = remaining / users;
      costs[row] = left / users;
    }
    return remaining;
  }

  #makeDocument(world: number, index: number): void {
    const { creators, topics } = this.#options;
    const creator = world * creators + index;
    const ordinal = this.#documentCounts[creator]!;
    const uniforms = this.#uniforms;
    const draw = 2 * (index * this.#capacity + ordinal);
    const key0 = this.episodeKeys[2 * world]!;
    uniformsInto(uniforms, 0, 2, key0, this.episodeKeys[2 * world + 1]!, DOCUMENTS, draw);
    const at = creator * this.#capacity + ordinal;
    this.#documentTopics[at] = drawTopic(this.#creatorPreferences, creator * topics, topics, uniforms[1]!);
    truncatedNormalInPlace(uniforms, 0, this.#qualityLaws, TRUNCATED_NORMAL_SIZE * creator);
    this.#documentQualities[at] = uniforms[0]!;
    this.#documentCounts[creator] = ordinal + 1;
  }

  /** Draws the candidates uniformly, without replacement, from the viable creators' documents, and shows them. */
  #drawCandidates(world: number, tick: number): void {
    const { creators, candidates } = this.#options;
    const first = world * creators;
    let total = 0;
    for (let creator = first; creator < first + creators; creator++)
      if (this.#viable[creator] === 1) total += this.#documentCounts[creator]!;
    const order = this.#order;
    const uniforms = this.#uniforms;
    const key1 = this.episodeKeys[2 * world + 1]!;
    uniformsInto(uniforms, 0, candidates, this.episodeKeys[2 * world]!, key1, tick, CANDIDATES);
    for (let i = 0; i < candidates; i++) {
      const other = i + Math.floor(uniforms[i]! * (total - i));
      this.#swapped[i] = other;
      const held = order[other]!;
      order[other] = order[i]!;
      order[i] = held;
    }
    for (let i = 0; i < candidates; i++) {
      let ordinal = order[i]!;
      let index = 0;
      while (this.#viable[first + index] === 0 || ordinal >= this.#documentCounts[first + index]!) {
        if (this.#viable[first + index] === 1) ordinal -= this.#documentCounts[first + index]!;
        index++;
      }
      const document = (first + index) * this.#capacity + ordinal;
      this.#candidateCreators[world * candidates + i] = index;
      this.#candidateTopics[world * candidates + i] = this.#documentTopics[document]!;
      this.#candidateQualities[world * candidates + i] = this.#documentQualities[document]!;
    }
    for (let i = candidates - 1; i >= 0; i--) {
      const other = this.#swapped[i]!;
      const held = order[other]!;
      order[other] = order[i]!;
      order[i] = held;
    }
    this.#showCandidates(world);
  }

  #showCandidates(world: number): void {
    const { creators, candidates, topics, users, saturation, creatorViabilityThreshold } = this.#options;
    const features = this.observation.candidates;
    const width = topics + creators + 1;
    const start = world * users * candidates * width;
    for (let i = start; i < start + candidates * width; i++) features[i] = 0;
    for (let i = 0; i < candidates; i++) {
      const at = start + i * width;
      const creator = this.#candidateCreators[world * candidates + i]!;
      features[at + this.#candidateTopics[world * candidates + i]!] = 1;
      features[at + topics + creator] = 1;
      const satisfaction = this.#creatorSatisfactions[world * creators + creator]!;
      features[at + topics + creators] = saturatedSatisfaction(
        saturation,
        creatorViabilityThreshold,
        satisfaction,
      );
    }
    this.shareCandidates(world);
  }
}
