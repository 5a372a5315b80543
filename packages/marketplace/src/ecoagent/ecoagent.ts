import { normalQuantile, uniformsInto } from "@longview/statistics";
import { chooseByWeight } from "../recsim/choice.ts";
import { TwoSidedEnvironment } from "../recsimng/two-sided-environment.ts";
import { drawTopic, newDocuments, normalize, saturatedSatisfaction, userReward } from "./ecoagent-law.ts";
import { DistinctNumbers } from "./distinct-numbers.ts";
import { documentCapacity, type EcoagentOptions } from "./options.ts";
import { allocateState, type EcoagentState, type EcoagentTruth } from "./state.ts";
import { TRUNCATED_NORMAL_SIZE, truncatedNormalInPlace, writeTruncatedNormal } from "./truncated-normal.ts";

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
  readonly #state: EcoagentState;

  readonly #noise = new Float64Array(TRUNCATED_NORMAL_SIZE);
  readonly #weights: Float64Array;
  readonly #uniforms: Float64Array;
  readonly #recommendations: Int32Array;
  readonly #gains: Float64Array;
  /** [creators, topics]: rewards of this step's clicks. */
  readonly #topicRewards: Float64Array;
  readonly #distinct: DistinctNumbers;

  constructor(options: EcoagentOptions, rowCount: number) {
    const { users, creators, topics, candidates, slots } = options;
    const state = allocateState(options, rowCount);
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
      state: Object.values(state),
    });
    this.#options = options;
    this.#capacity = documentCapacity(options);
    this.#state = state;
    this.truth = state;
    writeTruncatedNormal(this.#noise, 0, 0, options.rewardDeviation, -1, 1);
    this.#weights = new Float64Array(slots);
    this.#uniforms = new Float64Array(Math.max(candidates, topics + 1, 2));
    this.#recommendations = new Int32Array(creators);
    this.#gains = new Float64Array(creators);
    this.#topicRewards = new Float64Array(creators * topics);
    this.#distinct = new DistinctNumbers(candidates, creators * this.#capacity);
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
        this.#state.userPreferences[row * topics + topic] = normalQuantile(uniforms[topic]!);
      normalize(this.#state.userPreferences, row * topics, topics);
      this.#state.userSatisfactions[row] = this.#options.userInitialSatisfaction;
      this.observation.context.fill(0, 2 * topics * row, 2 * topics * (row + 1));
    }
    for (let index = 0; index < creators; index++) {
      const creator = world * creators + index;
      uniformsInto(uniforms, 0, topics + 1, key0, key1, CREATORS, index * (draws + 2));
      for (let topic = 0; topic < topics; topic++)
        this.#state.creatorPreferences[creator * topics + topic] = normalQuantile(uniforms[topic]!);
      normalize(this.#state.creatorPreferences, creator * topics, topics);
      const mean = (2 * uniforms[topics]! - 1) * this.#options.qualityMeanBound;
      const law = TRUNCATED_NORMAL_SIZE * creator;
      writeTruncatedNormal(this.#state.qualityLaws, law, mean, this.#options.qualityDeviation, -1, 1);
      this.#state.creatorSatisfactions[creator] = this.#options.creatorInitialSatisfaction;
      this.#state.viable[creator] = 1;
      this.#state.documentCounts[creator] = 0;
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
      if (this.#state.userSatisfactions[row]! < this.#options.userViabilityThreshold) this.leave(row);
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
      const creator = this.#state.candidateCreators[candidate]!;
      this.#recommendations[creator] = this.#recommendations[creator]! + 1;
      const weight = Math.exp(
        this.#state.userPreferences[row * topics + this.#state.candidateTopics[candidate]!]!,
      );
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
    const kept = this.#state.userSatisfactions[row]! * this.#options.userSatisfactionDecay;
    if (chosen < 0) {
      this.#state.userSatisfactions[row] = kept - 1;
      this.reward[row] = -1;
      this.objectives[OBJECTIVES * row] = -1;
      return;
    }
    const candidate = world * candidates + action[row * slots + chosen]!;
    const topic = this.#state.candidateTopics[candidate]!;
    truncatedNormalInPlace(uniforms, 1, this.#noise, 0);
    const reward = userReward(
      qualitySensitivity,
      this.#state.candidateQualities[candidate]!,
      this.#state.userPreferences[preferences + topic]!,
      uniforms[1]!,
    );
    this.reward[row] = reward;
    this.objectives[OBJECTIVES * row] = reward;
    this.#state.userSatisfactions[row] = kept + reward;
    this.#state.userPreferences[preferences + topic] =
      this.#state.userPreferences[preferences + topic]! + this.#options.userTopicInfluence * reward;
    normalize(this.#state.userPreferences, preferences, topics);
    const { context } = this.observation;
    const history = 2 * topics * row + topic;
    context[history] = context[history]! + 1;
    context[history + topics] = context[history + topics]! + reward;
    const creator = this.#state.candidateCreators[candidate]!;
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
      if (this.#state.viable[creator] === 0) continue;
      const old = this.#state.creatorSatisfactions[creator]!;
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
          this.#state.creatorPreferences[at] =
            this.#state.creatorPreferences[at]! + step * this.#topicRewards[index * topics + topic]!;
        }
        normalize(this.#state.creatorPreferences, creator * topics, topics);
        const after = saturatedSatisfaction(saturation, threshold, satisfaction);
        const documents = newDocuments(options.newDocumentMargin, before, after);
        for (let i = 0; i < documents; i++) this.#makeDocument(world, index);
        made += documents;
      } else satisfaction -= options.noRecommendationPenalty;
      this.#state.creatorSatisfactions[creator] = satisfaction;
      const after = saturatedSatisfaction(saturation, threshold, satisfaction);
      reward += after - before;
      if (after > threshold) remaining++;
      else {
        this.#state.viable[creator] = 0;
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
    const ordinal = this.#state.documentCounts[creator]!;
    const uniforms = this.#uniforms;
    const draw = 2 * (index * this.#capacity + ordinal);
    const key0 = this.episodeKeys[2 * world]!;
    uniformsInto(uniforms, 0, 2, key0, this.episodeKeys[2 * world + 1]!, DOCUMENTS, draw);
    const at = creator * this.#capacity + ordinal;
    this.#state.documentTopics[at] = drawTopic(
      this.#state.creatorPreferences,
      creator * topics,
      topics,
      uniforms[1]!,
    );
    truncatedNormalInPlace(uniforms, 0, this.#state.qualityLaws, TRUNCATED_NORMAL_SIZE * creator);
    this.#state.documentQualities[at] = uniforms[0]!;
    this.#state.documentCounts[creator] = ordinal + 1;
  }

  /** Draws the candidates uniformly, without replacement, from the viable creators' documents, and shows them. */
  #drawCandidates(world: number, tick: number): void {
    const { creators, candidates } = this.#options;
    const first = world * creators;
    let total = 0;
    for (let creator = first; creator < first + creators; creator++)
      if (this.#state.viable[creator] === 1) total += this.#state.documentCounts[creator]!;
    const uniforms = this.#uniforms;
    const key1 = this.episodeKeys[2 * world + 1]!;
    uniformsInto(uniforms, 0, candidates, this.episodeKeys[2 * world]!, key1, tick, CANDIDATES);
    this.#distinct.draw(uniforms, total);
    for (let i = 0; i < candidates; i++) {
      let ordinal = this.#distinct.drawn[i]!;
      let index = 0;
      while (
        this.#state.viable[first + index] === 0 ||
        ordinal >= this.#state.documentCounts[first + index]!
      ) {
        if (this.#state.viable[first + index] === 1) ordinal -= this.#state.documentCounts[first + index]!;
        index++;
      }
      const document = (first + index) * this.#capacity + ordinal;
      this.#state.candidateCreators[world * candidates + i] = index;
      this.#state.candidateTopics[world * candidates + i] = this.#state.documentTopics[document]!;
      this.#state.candidateQualities[world * candidates + i] = this.#state.documentQualities[document]!;
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
      const creator = this.#state.candidateCreators[world * candidates + i]!;
      features[at + this.#state.candidateTopics[world * candidates + i]!] = 1;
      features[at + topics + creator] = 1;
      const satisfaction = this.#state.creatorSatisfactions[world * creators + creator]!;
      features[at + topics + creators] = saturatedSatisfaction(
        saturation,
        creatorViabilityThreshold,
        satisfaction,
      );
    }
    this.shareCandidates(world);
  }
}
