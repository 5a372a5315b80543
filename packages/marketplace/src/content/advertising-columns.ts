import type { Arena } from "./arena.ts";
import type { EngineOptions } from "./options.ts";

/** What draws of advertising are for; places in no other mechanism's numbers. */
export const ADVERTISING_PURPOSE = {
  auction: 20,
  sponsored: 21,
  campaign: 22,
  campaignArrival: 23,
  conversion: 24,
} as const;

/** Places in `daily`: totals of the last day that ended. Money unless said. */
export const ADVERTISING_DAILY = {
  /** What advertisers were charged. */
  revenue: 0,
  /** Organic engagement that sponsored positions took away, as predicted, at `organicWorth`. */
  displacedOrganicValue: 1,
  /** Worth to advertisers of the day's clicks, and of the conversions that arrived. */
  advertiserValue: 2,
  /** `advertiserValue − revenue`. */
  advertiserSurplus: 3,
  /** Sponsored positions that were shown [positions]. */
  sponsoredPositions: 4,
  /** Those that were looked at [looks]. */
  looks: 5,
  clicks: 6,
  /** Conversions that arrived [conversions]. */
  conversions: 7,
  /** Campaigns that began [campaigns]. */
  campaignsBegun: 8,
  campaignsEnded: 9,
  length: 10,
} as const;

/** Columns of advertising; empty when it is off. */
export function advertisingColumns(arena: Arena, options: EngineOptions, users: number) {
  const { enabled, campaigns } = options.advertising;
  const capacity = enabled ? campaigns.capacity : 0;
  const length = enabled ? ADVERTISING_DAILY.length : 0;
  const audience = enabled ? users : 0;
  return {
    campaigns: {
      alive: arena.uint8(capacity),
      ordinal: arena.int32(capacity),
      topic: arena.int32(capacity),
      /** 1: values conversions, 0: clicks. */
      forConversions: arena.uint8(capacity),
      /** First day of it, and the day at whose beginning it is over; 0: the world's first. */
      startedOn: arena.int32(capacity),
      endsOn: arena.int32(capacity),
      /** Worth of a click or a conversion [money]. */
      value: arena.float64(capacity),
      dailyBudget: arena.float64(capacity),
      totalBudget: arena.float64(capacity),
      // latent
      appeal: arena.float64(capacity),
      landing: arena.float64(capacity),
      conversionLogit: arena.float64(capacity),
      // accounts, in fixed point (2⁻²⁰)
      spent: arena.float64(capacity),
      spentToday: arena.float64(capacity),
      /** What may be spent today. */
      allowance: arena.float64(capacity),
      /** What a step takes of late, if the money lasts for every page; halves its past at every step. */
      recentSpend: arena.float64(capacity),
      // pacing: share of the value that is bid or of the pages bid on, and the errors of the last two steps
      share: arena.float64(capacity),
      error: arena.float64(capacity),
      errorBefore: arena.float64(capacity),
      // observed; looks are counted with the factor by which the user's match was expected to raise the rate of clicks
      looks: arena.float64(capacity),
      clicks: arena.int32(capacity),
      conversions: arena.int32(capacity),
      /** Clicks, each counted with the chance that its conversion would have arrived by now; and the rest of them. */
      ripeClicks: arena.float64(capacity),
      unripeClicks: arena.float64(capacity),
      /** Clicks that have converted, of which the platform has not heard yet. */
      waiting: arena.int32(capacity),
    },
    users: {
      /** Weariness of advertisements, the tick at which it was brought up to date, and whose it is. */
      weariness: arena.float64(audience),
      wearyAt: arena.int32(audience),
      ordinal: arena.int32(audience),
    },
    /** Of the step; counts, or fixed point (2⁻²⁰) so that order does not matter. */
    tallies: {
      spend: arena.float64(capacity),
      looks: arena.float64(capacity),
      clicks: arena.int32(capacity),
      converting: arena.int32(capacity),
      /** See ADVERTISING_DAILY; what is known of pages. */
      totals: arena.float64(length),
    },
    /** See ADVERTISING_DAILY: of the day so far, and of the last day that ended. */
    today: arena.float64(length),
    daily: arena.float64(length),
  };
}
