import type { CatalogueItem, GapAxes } from "@longview/scorecard/gaps";
import type { EngineOptions } from "../content/options.ts";
import { CLOCK, type ContentState } from "../content/state.ts";
import { viewerWidth, type ItemWorth } from "./gap-worth.ts";

/** Viewers that are remembered of each segment and context. */
const REMEMBERED = 32;

/** The latest viewers of each segment and context, and what the items that there are now are worth to them. */
export class GapAudience {
  readonly #state: ContentState;
  readonly #options: EngineOptions;
  readonly #worth: ItemWorth;
  readonly #contexts: number;
  readonly #viewers: Float64Array;
  /** How often each segment and context was met. */
  readonly #met: Int32Array;

  constructor(
    state: ContentState,
    options: EngineOptions,
    worth: ItemWorth,
    { segments, contexts }: GapAxes,
  ) {
    this.#state = state;
    this.#options = options;
    this.#worth = worth;
    this.#contexts = contexts.length;
    this.#viewers = new Float64Array(segments.length * contexts.length * REMEMBERED * viewerWidth(options));
    this.#met = new Int32Array(segments.length * contexts.length);
  }

  /** Remembers a viewer, in the place of the one who has been remembered longest. */
  meet(segment: number, context: number, viewer: Float64Array): void {
    const place = segment * this.#contexts + context;
    const slot = place * REMEMBERED + (this.#met[place]! % REMEMBERED);
    this.#viewers.set(viewer, slot * viewer.length);
    this.#met[place]!++;
  }

  /** The items there are now; what they are worth is a mean over the viewers remembered, NaN where none was met. */
  catalogue(): CatalogueItem[] {
    const { items, creators, clock, integrity } = this.#state;
    const { stepsPerDay } = this.#options;
    const guarded = integrity.blocked.length > 0;
    return Array.from(items.alive.keys())
      .filter((item) => items.alive[item] === 1)
      .map((item) => ({
        id: `${item}.${items.bornAt[item]!}`,
        topic: items.topic[item]!,
        creator: `${items.creator[item]!}.${creators.ordinal[items.creator[item]!]!}`,
        utility: (segment, context) => this.#meanWorth(item, segment * this.#contexts + context),
        attributes: {
          ageDays: (clock[CLOCK.tick]! - items.bornAt[item]!) / stepsPerDay,
          lengthMinutes: Math.pow(2, items.logMinutes[item]!),
          quality: items.quality[item]!,
          clickbait: items.bait[item]!,
          ...(guarded ? { blocked: integrity.blocked[item]! } : {}),
        },
      }));
  }

  #meanWorth(item: number, place: number): number {
    const width = viewerWidth(this.#options);
    const count = Math.min(REMEMBERED, this.#met[place]!);
    let sum = 0;
    for (let k = 0; k < count; k++)
      sum += this.#worth.ofItem(this.#viewers, (place * REMEMBERED + k) * width, item);
    return sum / count;
  }
}
