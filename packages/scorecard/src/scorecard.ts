import { deriveKey, type RandomKey } from "@longview/statistics";
import { checkPages } from "./check-events.ts";
import type { LifeEvents, PageEvents } from "./events.ts";
import { ScorecardError } from "./error.ts";
import { LifeTables } from "./life-tables.ts";
import type { RequiredLives } from "./metric.ts";
import { METRIC_FAMILIES } from "./registry.ts";
import { metricSettings, type MetricSettings } from "./settings.ts";
import type { WindowSummary } from "./window-summary.ts";
import { WindowAccumulator } from "./window-accumulator.ts";

/** A stretch of time that metrics are taken over: pages from `start` to below `end` [days]. */
export interface ScorecardWindow {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** What a {@link Scorecard} is made from. */
export interface ScorecardOptions {
  /** Decides which users are left out together when intervals are made. */
  readonly key: RandomKey;
  /** @defaultValue one window `all` over all time */
  readonly windows?: readonly ScorecardWindow[];
  /** Confidence of every interval, each by itself. @defaultValue 0.95 */
  readonly confidence?: number;
  /** @defaultValue those of the schema */
  readonly settings?: Partial<MetricSettings>;
  /** Events of lives that the source records, so that none means that nothing happened. @defaultValue none */
  readonly recorded?: readonly RequiredLives[];
}

/**
 * Every metric of the registry from pages that stream by. Memory grows with users, creators and items, not with pages.
 *
 * @example
 * const scorecard = new Scorecard({ key: rootKey(0) });
 * for await (const pages of source) scorecard.addPages(pages);
 * const [all] = scorecard.summarise();
 */
export class Scorecard {
  readonly settings: MetricSettings;
  readonly #lives: LifeTables;
  readonly #windows: readonly WindowAccumulator[];

  /** @throws ScorecardError `BAD_OPTION` */
  constructor(options: ScorecardOptions) {
    const { key, confidence = 0.95, recorded = [] } = options;
    const windows = options.windows ?? [{ name: "all", start: -Infinity, end: Infinity }];
    if (!(confidence > 0 && confidence < 1))
      throw new ScorecardError("BAD_OPTION", `confidence: found ${confidence}, allowed: between 0 and 1`);
    if (windows.length === 0)
      throw new ScorecardError("BAD_OPTION", "windows: found none, allowed: at least one");
    for (const { name, start, end } of windows)
      if (!(start < end))
        throw new ScorecardError(
          "BAD_OPTION",
          `windows: ${name} is from ${start} to ${end}, allowed: to after from`,
        );
    this.settings = metricSettings(options.settings);
    this.#lives = new LifeTables(recorded);
    this.#windows = windows.map(
      (window) =>
        new WindowAccumulator({
          window,
          families: METRIC_FAMILIES,
          settings: this.settings,
          key: deriveKey(key, "scorecard users"),
          confidence,
        }),
    );
  }

  /** Adds a block of pages; each user's in order of time. @throws ScorecardError `BAD_LENGTH`, `BAD_VALUE` */
  addPages(pages: PageEvents): void {
    checkPages(pages);
    for (const window of this.#windows) window.add(pages);
  }

  /** Adds events of lives, in any order. @throws ScorecardError `BAD_LENGTH`, `BAD_VALUE` */
  addLives(lives: LifeEvents): void {
    this.#lives.add(lives);
  }

  /** What was found so far, a summary for each window in the order given. */
  summarise(): WindowSummary[] {
    return this.#windows.map((window) => window.summarise(this.#lives));
  }
}
