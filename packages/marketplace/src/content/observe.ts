import { candidateFeatureCount, contextFeatureCount, FEATURE_BOUND, itemFeatureCount } from "./features.ts";
import type { EngineOptions } from "./options.ts";
import { CLOCK, type ContentState } from "./state.ts";
import { freshnessByAge } from "../laws/items.ts";
import { fairShareOf } from "./fair-share.ts";
import { FOLLOW_PLACES } from "./demand-columns.ts";

/** `ln(1 + x / unit) / 3`, at most 3: counts and ages of any size, about 1 at 19 units. */
function logScaled(value: number, unit: number): number {
  const scaled = Math.log(1 + value / unit) / 3;
  return scaled > 3 ? 3 : scaled;
}

/** Features of an item that are its creator's. */
const CREATOR_FEATURES = 9;

/**
 * Writes what the platform sees. Rates are smoothed: `(count + prior) / (trials + prior trials)`, then scaled to about 1.
 * Reads no latent field of the state.
 */
export class Observer {
  readonly #state: ContentState;
  readonly #options: EngineOptions;
  readonly #fairShare: number;
  readonly #contextCount: number;
  readonly #candidateCount: number;
  readonly #itemCount: number;
  readonly #following: boolean;
  /** By age in steps: scaled age, freshness. By impressions: scaled evidence. Logarithms are dear. */
  readonly #age: Float64Array;
  readonly #fresh: Float64Array;
  readonly #evidence: Float64Array;
  readonly #ofCreator: Float64Array;

  constructor(state: ContentState, options: EngineOptions, users: number) {
    this.#state = state;
    this.#options = options;
    this.#fairShare = fairShareOf(options, users);
    this.#contextCount = contextFeatureCount(options.topics);
    this.#candidateCount = candidateFeatureCount(options.topics, options.following.enabled);
    this.#itemCount = itemFeatureCount(options.topics);
    this.#following = options.following.enabled;
    this.#fresh = freshnessByAge(options);
    this.#age = this.#fresh.map((_, age) => logScaled(age / options.stepsPerDay, 1));
    this.#evidence = new Float64Array(4096).map((_, impressions) => logScaled(impressions, 2));
    this.#ofCreator = new Float64Array(options.creators.capacity * CREATOR_FEATURES);
  }

  /** Features of every item that are the same for all users. Once a step. */
  writeItems(): void {
    const { clock, pools, creators } = this.#state;
    for (let creator = 0; creator < creators.alive.length; creator++)
      if (creators.alive[creator] === 1) this.#computeCreator(creator);
    const tick = clock[CLOCK.tick]!;
    const count = pools.sizes[0]!;
    for (let n = 0; n < count; n++) this.#writeItem(pools.all[n]!, tick);
  }

  #writeItem(item: number, tick: number): void {
    const { items } = this.#state;
    const { topics, items: law } = this.#options;
    const out = items.features;
    let at = item * this.#itemCount;
    for (let topic = 0; topic < topics; topic++) out[at + topic] = 0;
    out[at + items.topic[item]!] = 1 - law.secondaryWeight;
    out[at + items.secondTopic[item]!] = out[at + items.secondTopic[item]!]! + law.secondaryWeight;
    at += topics;
    const age = tick - items.bornAt[item]!;
    const impressions = items.impressions[item]!;
    const clicks = items.clicks[item]!;
    out[at] = this.#age[age]!;
    out[at + 1] = this.#fresh[age]!;
    out[at + 2] = impressions < 4096 ? this.#evidence[impressions]! : logScaled(impressions, 2);
    out[at + 3] = (clicks + 1.2) / (impressions + 4);
    out[at + 4] = (items.likes[item]! + 0.5) / (clicks + 2.5);
    out[at + 5] = (items.hides[item]! + 0.1) / (clicks + 2);
    out[at + 6] = Math.min(FEATURE_BOUND, (items.reports[item]! + 0.02) / (clicks + 2));
    out[at + 7] = (items.completion[item]! + 1) / (clicks + 2);
    out[at + 8] = items.classifier[item]!;
    out[at + 9] = items.logMinutes[item]! / 2;
    const from = items.creator[item]! * CREATOR_FEATURES;
    for (let i = 0; i < CREATOR_FEATURES; i++) out[at + 10 + i] = this.#ofCreator[from + i]!;
  }

  #computeCreator(creator: number): void {
    const { creators, clock } = this.#state;
    const out = this.#ofCreator;
    const at = creator * CREATOR_FEATURES;
    const impressions = creators.impressions[creator]!;
    const clicks = creators.clicks[creator]!;
    const exposure = creators.memoryExposure[creator]! / this.#fairShare;
    out[at] = logScaled((clock[CLOCK.tick]! - creators.joinedAt[creator]!) / this.#options.stepsPerDay, 7);
    out[at + 1] = creators.isNew[creator]!;
    out[at + 2] = exposure / (1 + exposure);
    out[at + 3] = logScaled(impressions, 10);
    out[at + 4] = (clicks + 1.5) / (impressions + 5);
    out[at + 5] = (creators.likes[creator]! + 1) / (clicks + 5);
    out[at + 6] = (creators.hides[creator]! + 0.2) / (clicks + 4);
    out[at + 7] = Math.min(FEATURE_BOUND, (creators.reports[creator]! + 0.04) / (clicks + 4));
    out[at + 8] = (creators.completion[creator]! + 2) / (clicks + 4);
  }

  /** Context features of a user, into a row of the observation. */
  writeContext(user: number, row: number): void {
    const { users, clock, observation } = this.#state;
    const { topics, retrieval, stepsPerDay, slots } = this.#options;
    const out = observation.context;
    const tick = clock[CLOCK.tick]!;
    let at = row * this.#contextCount;
    const total = users.topicTotal[user]! + retrieval.smoothing * topics;
    const base = user * topics;
    for (let topic = 0; topic < topics; topic++) {
      const share = (users.topicLong[base + topic]! + retrieval.smoothing) / total;
      const recent = users.topicRecent[base + topic]!;
      out[at + topic] = 2 * share;
      out[at + topics + topic] = recent / (1 + recent);
    }
    at += 2 * topics;
    const impressions = users.impressions[user]!;
    const clicks = users.clicks[user]!;
    out[at] = (users.clicks[user]! + 1.2) / (impressions + 4);
    out[at + 1] = (users.likes[user]! + 0.5) / (clicks + 2.5);
    out[at + 2] = (users.hides[user]! + 0.1) / (clicks + 2);
    out[at + 3] = (users.reports[user]! + 0.02) / (clicks + 2);
    out[at + 4] = (users.completion[user]! + 1) / (clicks + 2);
    out[at + 5] = users.recentCompletion[user]!;
    out[at + 6] = users.recentClicks[user]! / slots;
    out[at + 7] = users.lengthSum[user]! / (clicks + 2) / 2;
    out[at + 8] = users.completedLength[user]! / (users.completion[user]! + 1) / 2;
    out[at + 9] = users.mobile[user]!;
    out[at + 10] = Math.min(3, users.depth[user]! / 5);
    out[at + 11] = Math.min(3, users.sessionMinutes[user]! / 10);
    out[at + 12] = logScaled((tick - users.joinedAt[user]!) / stepsPerDay, 2);
    out[at + 13] = logScaled(users.gap[user]! / stepsPerDay, 0.5);
    out[at + 14] = logScaled(users.sessions[user]!, 1);
    out[at + 15] = logScaled(impressions, 5);
  }

  /** Features of one candidate of a user; the item's own block is copied from {@link writeItems}. */
  writeCandidate(user: number, row: number, position: number, item: number, source: number): void {
    const { users, items, observation } = this.#state;
    const { topics, candidates, items: itemOptions, retrieval } = this.#options;
    const out = observation.candidates;
    const own = items.features;
    const width = this.#itemCount;
    let at = (row * candidates + position) * this.#candidateCount;
    const from = item * width;
    for (let i = 0; i < width; i++) out[at + i] = own[from + i]!;
    at += width;
    const first = user * topics + items.topic[item]!;
    const second = user * topics + items.secondTopic[item]!;
    const weight = itemOptions.secondaryWeight;
    const long =
      (1 - weight) * users.topicLong[first]! + weight * users.topicLong[second]! + retrieval.smoothing;
    const recent = (1 - weight) * users.topicRecent[first]! + weight * users.topicRecent[second]!;
    out[at] = (2 * long) / (users.topicTotal[user]! + retrieval.smoothing * topics);
    out[at + 1] = recent / (1 + recent);
    for (let n = 0; n < 5; n++) out[at + 2 + n] = n === source ? 1 : 0;
    if (!this.#following) return;
    out[at + 7] = source === 5 ? 1 : 0;
    out[at + 8] = this.#follows(user, items.creator[item]!) ? 1 : 0;
  }

  #follows(user: number, creator: number): boolean {
    const { demand, creators } = this.#state;
    for (let n = user * FOLLOW_PLACES; n < (user + 1) * FOLLOW_PLACES; n++)
      if (demand.followed[n] === creator && demand.followedOrdinal[n] === creators.ordinal[creator])
        return true;
    return false;
  }

  /** Clears a position that has no candidate. */
  clearCandidate(row: number, position: number): void {
    const out = this.#state.observation.candidates;
    const start = (row * this.#options.candidates + position) * this.#candidateCount;
    for (let i = 0; i < this.#candidateCount; i++) out[start + i] = 0;
  }
}
