import type { EngineOptions } from "../content/options.ts";
import { CLOCK, type ContentState } from "../content/state.ts";
import { openLogit, openProbability } from "../laws/choice.ts";
import { enjoymentOf, lengthMismatch } from "../laws/enjoyment.ts";
import { freshnessByAge } from "../laws/items.ts";

/** Numbers of a viewer after the interests and the satiations by topic. */
const VIEWER = { fatigue: 0, trust: 1, preferredLength: 2, aversion: 3, length: 4 } as const;

/** How many numbers say what a user likes now: see {@link ItemWorth.writeViewer}. The interests by topic come first. */
export function viewerWidth({ topics }: EngineOptions): number {
  return 2 * topics + VIEWER.length;
}

/** What an item is to its viewer before it is opened; freshness is in (0, 1]. */
interface SeenItem {
  readonly match: number;
  readonly boredom: number;
  readonly appeal: number;
  readonly freshness: number;
}

/** An item whose length suits whoever sees it, wholly of one topic. */
export interface SuitingItem {
  readonly topic: number;
  readonly quality: number;
  readonly appeal: number;
  readonly freshness: number;
}

/**
 * What an item is worth to a user by the world's own laws, latent ones included: the chance that it is opened where it is looked at,
 * times how much it is then enjoyed, in (−1, 1). In the multinomial logit the chance is that of an item alone on its page.
 */
export class ItemWorth {
  readonly #state: ContentState;
  readonly #options: EngineOptions;
  /** Freshness by age in steps. */
  readonly #freshness: Float64Array;
  /** What the logit of opening is up against. */
  readonly #outside: number;

  constructor(state: ContentState, options: EngineOptions) {
    this.#state = state;
    this.#options = options;
    this.#freshness = freshnessByAge(options);
    this.#outside = options.choice.model === "cascade" ? 0 : options.choice.outside;
  }

  /** Writes what a user likes now into `viewers` from `at` on, {@link viewerWidth} numbers. */
  writeViewer(viewers: Float64Array, at: number, user: number): void {
    const { users } = this.#state;
    const { topics } = this.#options;
    for (let topic = 0; topic < topics; topic++) {
      viewers[at + topic] = users.interest[user * topics + topic]!;
      viewers[at + topics + topic] = users.satiation[user * topics + topic]!;
    }
    const rest = at + 2 * topics;
    viewers[rest + VIEWER.fatigue] = users.fatigue[user]!;
    viewers[rest + VIEWER.trust] = users.trust[user]!;
    viewers[rest + VIEWER.preferredLength] = users.preferredLength[user]!;
    viewers[rest + VIEWER.aversion] = users.aversion[user]!;
  }

  /** The worth of one of the world's items to a viewer, shown now. */
  ofItem(viewers: Float64Array, at: number, item: number): number {
    const { items, clock } = this.#state;
    const { topics, items: law, enjoyment } = this.#options;
    const second = law.secondaryWeight;
    const one = at + items.topic[item]!;
    const two = at + items.secondTopic[item]!;
    const rest = at + 2 * topics;
    const match = (1 - second) * viewers[one]! + second * viewers[two]!;
    const boredom = (1 - second) * viewers[one + topics]! + second * viewers[two + topics]!;
    return (
      this.#open(viewers, rest, {
        match,
        boredom,
        appeal: items.appeal[item]!,
        freshness: this.#freshness[clock[CLOCK.tick]! - items.bornAt[item]!]!,
      }) *
      enjoymentOf(
        match,
        items.quality[item]!,
        items.bait[item]! * viewers[rest + VIEWER.aversion]!,
        items.harmful[item]!,
        boredom,
        lengthMismatch(
          items.logMinutes[item]!,
          viewers[rest + VIEWER.preferredLength]!,
          viewers[rest + VIEWER.fatigue]!,
          enjoyment,
        ),
        enjoyment,
      )
    );
  }

  /** The worth to a viewer of an item that there may not be: wholly of one topic, harmless, without clickbait, as long as suits. */
  ofSuiting(viewer: Float64Array, { topic, quality, appeal, freshness }: SuitingItem): number {
    const { topics, enjoyment } = this.#options;
    const match = viewer[topic]!;
    const boredom = viewer[topics + topic]!;
    return (
      this.#open(viewer, 2 * topics, { match, boredom, appeal, freshness }) *
      enjoymentOf(match, quality, 0, 0, boredom, 0, enjoyment)
    );
  }

  /** The chance to open an item that is looked at. */
  #open(viewers: Float64Array, rest: number, { match, boredom, appeal, freshness }: SeenItem): number {
    const logit = openLogit(
      match,
      appeal,
      freshness,
      boredom,
      viewers[rest + VIEWER.fatigue]!,
      viewers[rest + VIEWER.trust]!,
      this.#options.choice,
    );
    return openProbability(logit - this.#outside);
  }
}
