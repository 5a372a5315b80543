import { STYLES } from "../laws/creator-strategy.ts";
import type { Arena } from "./arena.ts";
import type { EngineOptions } from "./options.ts";

/** Places in `agency.daily`, the totals of the day that ended last. */
export const AGENCY_DAILY = {
  /** Money paid to creators, without subsidies. */
  payouts: 0,
  /** Money of the subsidy lever that new creators were paid. */
  subsidies: 1,
  /** Means over the creators there are: effort, volume, utility [living/day]. */
  effort: 2,
  volume: 3,
  utility: 4,
  /** Share of creators whose utility was above 0. */
  viable: 5,
  /** Creators there are; who came and who left at the barrier a day before. */
  present: 6,
  entries: 7,
  exits: 8,
  /** Creators who changed their strategy at this barrier. */
  revisions: 9,
  length: 10,
} as const;

/** Markets that creators watch: for what they are paid by, and for likes. */
export const MARKET = { payout: 0, likes: 1, length: 2 } as const;

/** Columns of creators as agents; empty when they are not. */
export function creatorAgencyColumns(arena: Arena, { agency, creators, items, topics }: EngineOptions) {
  const size = agency.enabled ? creators.capacity : 0;
  const itemSize = agency.enabled ? items.capacity : 0;
  const markets = agency.enabled ? MARKET.length : 0;
  return {
    /** Factor on the items that a creator makes in a day. */
    volume: arena.float64(size),
    /** Effort put into an item, in [0, 1]; stands where v0 has motivation. */
    effort: arena.float64(size),
    /** A creator's own tendency to clickbait [logit], from which `creators.bait` is chosen away. */
    taste: arena.float64(size),
    /** What a creator was paid for the day [money], subsidy included. */
    payout: arena.float64(size),
    /** Utility of the day [living/day]. */
    utility: arena.float64(size),
    /** no-regret: sums of forecast utilities, `[creators, topics, styles]`. */
    cumulative: arena.float32(agency.mode === "no-regret" ? size * topics * STYLES : 0),
    /** What creators know of a day's demand, `[markets, topics]`, in credit. */
    demand: arena.float64(markets * topics),
    /** Slopes of attraction in quality and clickbait, `[markets, 2]`. */
    slopes: arena.float64(markets * 2),
    /** Days of which creators have seen the market. */
    seenDays: arena.int32(agency.enabled ? 1 : 0),
    /** Counts of each item up to the day before. */
    before: {
      impressions: arena.int32(itemSize),
      likes: arena.int32(itemSize),
      hides: arena.int32(itemSize),
      reports: arena.int32(itemSize),
      completion: arena.float64(itemSize),
    },
    /** See AGENCY_DAILY. */
    daily: arena.float64(agency.enabled ? AGENCY_DAILY.length : 0),
  };
}
