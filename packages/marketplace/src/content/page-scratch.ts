import { Draws } from "./draws.ts";
import type { EngineOptions } from "./options.ts";

/** Draws of a page: 0 looked-at positions or choice, 1 session, 2 churn, 3 gap, then POSITION_DRAWS a position. */
export const PAGE_DRAWS = 4;
/** Draws of a position: 0 opening, 1 like or hide, 2 completion, 3 report. */
export const POSITION_DRAWS = 4;

/** Places in the sums of a page. */
export const PAGE = {
  enjoyment: 0,
  deception: 1,
  minutes: 2,
  completion: 3,
  creatorValue: 4,
  newShare: 5,
  revenue: 6,
  length: 7,
} as const;

/**
 * What is known of the page that is being answered. Numbers pass through arrays, since a call that is not inlined boxes
 * them.
 */
export class PageScratch {
  readonly draws: Draws;
  /** Draws of following, one a position, and of nothing else: worlds without following never fill them. */
  readonly followDraws: Draws;
  /** Items of the slate as it was chosen, position by position. */
  readonly organic: Int32Array;
  /** Items as shown; −1 where the position is sponsored. */
  readonly shown: Int32Array;
  /** Campaign of each position; −1 where it is organic. */
  readonly campaign: Int32Array;
  readonly logits: Float64Array;
  readonly match: Float64Array;
  readonly boredom: Float64Array;
  /** See PAGE. */
  readonly sums = new Float64Array(PAGE.length);
  /** Enjoyment and completion of the view being answered. */
  readonly watched = new Float64Array(2);

  constructor({ slots }: EngineOptions) {
    this.draws = new Draws(PAGE_DRAWS + POSITION_DRAWS * slots);
    this.followDraws = new Draws(slots + (slots % 2));
    this.organic = new Int32Array(slots);
    this.shown = new Int32Array(slots);
    this.campaign = new Int32Array(slots).fill(-1);
    this.logits = new Float64Array(slots);
    this.match = new Float64Array(slots);
    this.boredom = new Float64Array(slots);
  }
}
