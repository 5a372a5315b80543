import { LEVER_NAMES } from "../laws/levers.ts";
import { Arena } from "./arena.ts";
import { candidateFeatureCount, contextFeatureCount, itemFeatureCount } from "./features.ts";
import { advertisingColumns } from "./advertising-columns.ts";
import { creatorAgencyColumns } from "./creator-agency-columns.ts";
import { demandColumns } from "./demand-columns.ts";
import { integrityColumns } from "./integrity-columns.ts";
import { costNamesOf, objectiveNamesOf, type EngineOptions } from "./options.ts";
import { POOL } from "./pools.ts";

/** Places in `clock`. */
export const CLOCK = { tick: 0, episode: 1, itemCursor: 2, started: 3, length: 4 } as const;

/** Bits of `outcome`. */
export const OUTCOME = { looked: 1, opened: 2, liked: 4, hidden: 8, reported: 16 } as const;

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
function poolsOf(arena: Arena, options: EngineOptions) {
  const { topics } = options;
  const items = options.items.capacity;
  const popular = Math.min(options.retrieval.popularPool, items);
  const followed = options.following.enabled;
  return {
    all: arena.int32(items),
    byTopic: arena.int32(items),
    topicStart: arena.int32(topics + 1),
    fresh: arena.int32(items),
    popular: arena.int32(popular),
    popularScore: arena.float64(popular),
    newCreator: arena.int32(items),
    /** Every creator's items; empty unless users follow creators. */
    byCreator: arena.int32(followed ? items : 0),
    creatorStart: arena.int32(followed ? options.creators.capacity + 1 : 0),
    sizes: arena.int32(POOL.length),
  };
}

/** What lasts from step to step. */
function worldOf(arena: Arena, options: EngineOptions, users: number) {
  const { topics } = options;
  return {
    clock: arena.int32(CLOCK.length),
    /** Root key, world key: two words each. */
    keys: arena.int32(4),
    users: usersOf(arena, users, topics),
    creators: creatorsOf(arena, options.creators.capacity),
    items: itemsOf(arena, options.items.capacity, topics),
    pools: poolsOf(arena, options),
    /** See LEVER. */
    levers: arena.float64(LEVER_NAMES.length),
    advertising: advertisingColumns(arena, options, users),
    agency: creatorAgencyColumns(arena, options),
    integrity: integrityColumns(arena, options),
    demand: demandColumns(arena, options, users),
    /** Clickbait summed over today's impressions, and their number, in fixed point (2⁻²⁰) so that order does not matter. */
    shownBait: arena.float64(2),
    /** 1: the user is in session. */
    active: arena.uint8(users),
  };
}

/** What is of pages: one a row. */
function pagesOf(arena: Arena, options: EngineOptions, rows: number, finalRows: number) {
  const { topics, candidates, slots, following } = options;
  const observationOf = (count: number) => ({
    context: arena.float32(count * contextFeatureCount(topics)),
    candidates: arena.float32(count * candidates * candidateFeatureCount(topics, following.enabled)),
    mask: arena.uint8(count * candidates),
  });
  return {
    candidateItem: arena.int32(rows * candidates),
    action: arena.int32(rows * slots),
    /** What the page showed, `[rows, slots]`: items (−1 where sponsored) and campaigns (−1 where organic). */
    shownItem: arena.int32(rows * slots),
    shownCampaign: arena.int32(rows * slots),
    /** What came of each position, `[rows, slots]`: see OUTCOME. */
    outcome: arena.uint8(rows * slots),
    /** Enjoyment of each opened item and of each sponsored position that was looked at, else 0. */
    enjoyment: arena.float64(rows * slots),
    reward: arena.float64(rows),
    objectives: arena.float64(rows * objectiveNamesOf(options).length),
    costs: arena.float64(rows * costNamesOf(options).length),
    terminated: arena.uint8(rows),
    truncated: arena.uint8(rows),
    observation: observationOf(rows),
    finalObservation: observationOf(finalRows),
  };
}

function build(arena: Arena, options: EngineOptions, users: number, rows: number) {
  const world = worldOf(arena, options, users);
  const lastingBytes = arena.byteLength;
  const finalRows = rows === users ? rows : 0;
  return {
    buffer: arena.buffer,
    /** Length of the part of the buffer that lasts from step to step; pages follow. */
    lastingBytes,
    ...world,
    ...pagesOf(arena, options, rows, finalRows),
  };
}

/** The complete state of a world, struct of arrays in one buffer. */
export type ContentState = ReturnType<typeof build>;

/**
 * Allocates the state of a world with `users` user slots.
 *
 * @param rows - pages that are held at once: `users`, or fewer where a world is stepped through in blocks of users,
 *   which have no final observations
 */
export function allocateState(options: EngineOptions, users: number, rows: number): ContentState {
  const measure = new Arena(0);
  build(measure, options, users, rows);
  return build(new Arena(measure.byteLength), options, users, rows);
}

/** Memory for what lasts of a world that several threads step. */
export function allocateSharedWorld(options: EngineOptions, users: number): SharedArrayBuffer {
  const measure = new Arena(0);
  worldOf(measure, options, users);
  return new SharedArrayBuffer(measure.byteLength);
}

/** The state of a world in shared memory as one thread sees it: pages are its own. */
export function shareState(
  options: EngineOptions,
  users: number,
  rows: number,
  shared: SharedArrayBuffer,
): ContentState {
  const world = worldOf(new Arena(shared), options, users);
  const measure = new Arena(0);
  pagesOf(measure, options, rows, 0);
  const pages = pagesOf(new Arena(measure.byteLength), options, rows, 0);
  return { buffer: shared, lastingBytes: shared.byteLength, ...world, ...pages };
}
