import type { ContentState } from "./state.ts";

/**
 * What the users of one step add up on items and creators. All are counts, or fixed point (multiples of 2⁻²⁰), so that
 * the order of adding does not show. In one thread they are the state's own columns.
 */
export interface Tallies {
  readonly items: {
    readonly impressions: Int32Array;
    readonly clicks: Int32Array;
    readonly dayClicks: Int32Array;
    readonly likes: Int32Array;
    readonly hides: Int32Array;
    readonly reports: Int32Array;
    readonly completion: Float64Array;
  };
  readonly creators: {
    readonly impressions: Int32Array;
    readonly dayImpressions: Int32Array;
    readonly clicks: Int32Array;
    readonly likes: Int32Array;
    readonly dayLikes: Int32Array;
    readonly hides: Int32Array;
    readonly reports: Int32Array;
    readonly completion: Float64Array;
  };
  readonly shownBait: Float64Array;
}

/** One over the unit of fixed point. */
export const FIXED_POINT = 1 << 20;

/** The state's own columns, for one thread. */
export function talliesOf({ items, creators, shownBait }: ContentState): Tallies {
  return { items, creators, shownBait };
}
