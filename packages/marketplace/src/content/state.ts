import { COST_NAMES } from "../laws/costs.ts";
import { OBJECTIVE_NAMES } from "../laws/objectives.ts";
import { Arena } from "./arena.ts";
import { candidateFeatureCount, contextFeatureCount, itemFeatureCount } from "./features.ts";
import type { ContentMarketplaceOptions } from "./options.ts";

/** Places in `clock`. */
export const CLOCK = { tick: 0, episode: 1, itemCursor: 2, started: 3, length: 4 } as const;

/** Users: what they are (latent) and what the platform has seen of them. Arrays over user slots. */
function usersOf(arena: Arena, users: number, topics: number) {
  return {
    alive: arena.uint8(users),
    mobile: arena.uint8(users),
    ordinal: arena.int32(users),
    joinedAt: arena.int32(users),
    visitAt: arena.int32(users),
    lastPageAt: arena.int32(users),
    gap: arena.int32(users),
    depth: arena.int32(users),
    sessions: arena.int32(users),
    // latent
    interest: arena.float64(users * topics),
    satiation: arena.float64(users * topics),
    satisfaction: arena.float64(users),
    trust: arena.float64(users),
    fatigue: arena.float64(users),
    preferredLength: arena.float64(users),
    aversion: arena.float64(users),
    // observed
    topicLong: arena.float64(users * topics),
    topicRecent: arena.float64(users * topics),
    topicTotal: arena.float64(users),
    impressions: arena.float64(users),
    clicks: arena.float64(users),
    likes: arena.float64(users),
    hides: arena.float64(users),
    reports: arena.float64(users),
    completion: arena.float64(users),
    lengthSum: arena.float64(users),
    completedLength: arena.float64(users),
    recentCompletion: arena.float64(users),
    recentClicks: arena.float64(users),
    sessionMinutes: arena.float64(users),
  };
}

function creatorsOf(arena: Arena, creators: number) {
  return {
    alive: arena.uint8(creators),
    isNew: arena.uint8(creators),
    ordinal: arena.int32(creators),
    author: arena.int32(creators),
    joinedAt: arena.int32(creators),
    items: arena.int32(creators),
    topic: arena.int32(creators),
    // latent
    skill: arena.float64(creators),
    bait: arena.float64(creators),
    risk: arena.float64(creators),
    motivation: arena.float64(creators),
    activity: arena.float64(creators),
    // observed; "day" counts are of today, "memory" ones decay by the day, in impressions (likes) a day
    dayImpressions: arena.int32(creators),
    dayLikes: arena.int32(creators),
    memoryExposure: arena.float64(creators),
    memoryLikes: arena.float64(creators),
    impressions: arena.int32(creators),
    clicks: arena.int32(creators),
    likes: arena.int32(creators),
    hides: arena.int32(creators),
    reports: arena.int32(creators),
    completion: arena.float64(creators),
  };
}

function itemsOf(arena: Arena, items: number, topics: number) {
  return {
    alive: arena.uint8(items),
    creator: arena.int32(items),
    bornAt: arena.int32(items),
    topic: arena.int32(items),
    secondTopic: arena.int32(items),
    logMinutes: arena.float64(items),
    // latent
    quality: arena.float64(items),
    bait: arena.float64(items),
    appeal: arena.float64(items),
    harmful: arena.uint8(items),
    // observed
    classifier: arena.float64(items),
    impressions: arena.int32(items),
    clicks: arena.int32(items),
    likes: arena.int32(items),
    hides: arena.int32(items),
    reports: arena.int32(items),
    completion: arena.float64(items),
    dayClicks: arena.int32(items),
    recentClicks: arena.float64(items),
    features: arena.float32(items * itemFeatureCount(topics)),
  };
}

/** Lists from which candidates are drawn; remade every day. */
function poolsOf(arena: Arena, items: number, topics: number, popular: number) {
  return {
    all: arena.int32(items),
    byTopic: arena.int32(items),
    topicStart: arena.int32(topics + 1),
    fresh: arena.int32(items),
    popular: arena.int32(popular),
    popularScore: arena.float64(popular),
    newCreator: arena.int32(items),
    sizes: arena.int32(4), // all, fresh, popular, new creator
  };
}

function build(arena: Arena, options: ContentMarketplaceOptions, users: number) {
  const { topics, candidates, slots } = options;
  const observationOf = () => ({
    context: arena.float32(users * contextFeatureCount(topics)),
    candidates: arena.float32(users * candidates * candidateFeatureCount(topics)),
    mask: arena.uint8(users * candidates),
  });
  return {
    buffer: arena.buffer,
    clock: arena.int32(CLOCK.length),
    /** Root key, world key: two words each. */
    keys: arena.int32(4),
    users: usersOf(arena, users, topics),
    creators: creatorsOf(arena, options.creators.capacity),
    items: itemsOf(arena, options.items.capacity, topics),
    pools: poolsOf(
      arena,
      options.items.capacity,
      topics,
      Math.min(options.retrieval.popularPool, options.items.capacity),
    ),
    /** Clickbait summed over today's impressions, and their number, in fixed point (2⁻²⁰) so that order does not matter. */
    shownBait: arena.float64(2),
    candidateItem: arena.int32(users * candidates),
    active: arena.uint8(users),
    action: arena.int32(users * slots),
    reward: arena.float64(users),
    objectives: arena.float64(users * OBJECTIVE_NAMES.length),
    costs: arena.float64(users * COST_NAMES.length),
    terminated: arena.uint8(users),
    truncated: arena.uint8(users),
    observation: observationOf(),
    finalObservation: observationOf(),
  };
}

/** The complete state of a world, struct of arrays in one buffer. */
export type ContentState = ReturnType<typeof build>;

/** Allocates the state of a world with `users` user slots. */
export function allocateState(options: ContentMarketplaceOptions, users: number): ContentState {
  const measure = new Arena(0);
  build(measure, options, users);
  return build(new Arena(measure.byteLength), options, users);
}
