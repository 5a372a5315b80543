import type { Arena } from "./arena.ts";
import type { EngineOptions } from "./options.ts";

/** Places in `demand.factors`; `day` is the season of the day, without the time of day. */
export const DEMAND_FACTOR = {
  returnHazard: 0,
  arrival: 1,
  production: 2,
  outage: 3,
  day: 4,
  length: 5,
} as const;

/** How many creators a user follows at most. */
export const FOLLOW_PLACES = 8;

/** Columns of seasons, shocks, following and how readily users report. */
export function demandColumns(
  arena: Arena,
  { following, creators, shocks, integrity }: EngineOptions,
  users: number,
) {
  const followers = following.enabled ? users : 0;
  return {
    /** See DEMAND_FACTOR; of the current step. Neutral: 1, 1, 1, 0, 1. */
    factors: arena.float64(DEMAND_FACTOR.length),
    /** Factor on what each creator makes, of shocks. */
    productionBoost: arena.float64(creators.capacity),
    /** Creators whom each user follows, `[users, places]`: slot of the creator, −1 none. */
    followed: arena.int32(followers * FOLLOW_PLACES),
    /** Ordinal of the creator followed, since slots are used again. */
    followedOrdinal: arena.int32(followers * FOLLOW_PLACES),
    /** Place that the next creator takes: the oldest's, once all are taken. */
    followNext: arena.uint8(followers),
    /** How readily each user reports beside the average; a factor on the chance. */
    reporting: arena.float64(integrity.enabled ? users : 0),
    /** What each shock hits, by its place in the schedule: an item or a creator; −1: nothing yet, or nothing any more. */
    target: arena.int32(shocks.length),
    /** When that item was made, or the creator's ordinal: who they are, since slots are used again. */
    targetMark: arena.int32(shocks.length),
    /** Appeal of the viral item before. */
    targetAppeal: arena.float64(shocks.length),
  };
}
