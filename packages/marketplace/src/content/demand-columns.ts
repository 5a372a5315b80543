import type { Arena } from "./arena.ts";
import type { EngineOptions } from "./options.ts";

/** Places in `demand.factors`. */
export const DEMAND_FACTOR = { returnHazard: 0, arrival: 1, production: 2, outage: 3, length: 4 } as const;

/** Columns of seasons, shocks and following. */
export function demandColumns(arena: Arena, { following, creators }: EngineOptions, users: number) {
  return {
    /** See DEMAND_FACTOR; of the current step. Neutral: 1, 1, 1, 0. */
    factors: arena.float64(DEMAND_FACTOR.length),
    /** Factor on what each creator makes, of shocks. */
    productionBoost: arena.float64(creators.capacity),
    /** Creators whom each user follows, `[users, places]`: slot of the creator, −1 none. */
    followed: arena.int32(following.enabled ? users * FOLLOW_PLACES : 0),
    /** Ordinal of the creator followed, since slots are used again. */
    followedOrdinal: arena.int32(following.enabled ? users * FOLLOW_PLACES : 0),
  };
}

/** How many creators a user follows at most. */
export const FOLLOW_PLACES = 8;
