import { timeAvailable } from "../time-available.ts";
import type { FamilyAccumulator, MetricFamily, PageBlock, WindowFacts } from "../family.ts";
import { kaplanMeier, survivalQuantile } from "../measures/kaplan-meier.ts";
import { shareInterval } from "../measures/share-interval.ts";
import type { MetricFinding } from "../metric.ts";
import { GrowingNumbers } from "../resampling/growing-numbers.ts";
import type { MetricSettings } from "../settings.ts";

/** Who is shown in the moment of joining still takes some time. */
const SHORTEST = 1e-6;

/** Whether creators are shown enough to live on, and how soon new ones are. */
export const creatorReachFamily: MetricFamily = {
  name: "creators' reach",
  metrics: [
    {
      name: "viableShare",
      title: "Creators who are shown often enough",
      formula:
        "creators with at least viableImpressions impressions a day that they could have been shown / creators; Wilson's interval",
      unit: "share",
      direction: "higher",
      stakeholder: "creators",
      window: "creators who could be shown in the window, for the days that they could",
      version: 1,
      requires: ["creator", "day"],
      requiresLives: [{ subject: "creator", kind: "joined" }],
      resampling: "creators",
      bounds: [0, 1],
    },
    {
      name: "daysToFirstImpressions",
      title: "Days until half of new creators have their first impressions",
      formula:
        "Kaplan–Meier median of the time from joining to impression number firstImpressions, right-censored at leaving and at the window's end; Brookmeyer–Crowley interval",
      unit: "days",
      direction: "lower",
      stakeholder: "creators",
      window: "creators who join in the window",
      version: 1,
      requires: ["creator", "day"],
      requiresLives: [{ subject: "creator", kind: "joined" }],
      resampling: "creators",
      bounds: [0, Infinity],
    },
  ],
  start: (settings) => new CreatorReach(settings),
};

class CreatorReach implements FamilyAccumulator {
  readonly #settings: MetricSettings;
  readonly #impressions = new GrowingNumbers();
  readonly #reached = new GrowingNumbers(1, Number.NaN);

  constructor(settings: MetricSettings) {
    this.#settings = settings;
  }

  add({ pages, chosen, count }: PageBlock): void {
    const { creator, day, offsets } = pages;
    if (creator === undefined || day === undefined) return;
    for (let k = 0; k < count; k++) {
      const page = chosen[k]!;
      for (let i = offsets[page]!; i < offsets[page + 1]!; i++) {
        const at = this.#impressions.reach(creator[i]!);
        const now = ++this.#impressions.values[at]!;
        if (now === this.#settings.firstImpressions)
          this.#reached.values[this.#reached.reach(creator[i]!)] = day[page]!;
      }
    }
  }

  #impressionsOf(creator: number): number {
    return creator < this.#impressions.count ? this.#impressions.values[creator]! : 0;
  }

  findings(facts: WindowFacts): MetricFinding[] {
    const { lives, start, end, confidence } = facts;
    const known = Math.max(lives.count("creator"), this.#impressions.count);
    let creators = 0;
    let viable = 0;
    const exit: number[] = [];
    const event: number[] = [];
    for (let creator = 0; creator < known; creator++) {
      const time = timeAvailable(lives, "creator", creator, facts);
      if (time === undefined || time.from === time.to) continue;
      creators++;
      if (this.#impressionsOf(creator) >= this.#settings.viableImpressions * (time.to - time.from)) viable++;
      const joined = lives.first("creator", "joined", creator);
      if (!(joined >= start && joined < end)) continue;
      const reached = creator < this.#reached.count ? this.#reached.values[creator]! : Number.NaN;
      exit.push(Math.max(SHORTEST, (Number.isNaN(reached) ? time.to : reached) - joined));
      event.push(Number.isNaN(reached) ? 0 : 1);
    }
    return [
      creators === 0
        ? { kind: "unavailable", reason: "no creator could be shown" }
        : {
            kind: "stated",
            value: viable / creators,
            standardError: null,
            interval: shareInterval(viable, creators, confidence),
            count: creators,
          },
      this.#median(exit, event, confidence),
    ];
  }

  #median(exit: readonly number[], event: readonly number[], confidence: number): MetricFinding {
    if (exit.length === 0) return { kind: "unavailable", reason: "no creator joined in the window" };
    const { age, interval } = survivalQuantile(kaplanMeier({ exit, event }), 0.5, confidence);
    const { firstImpressions } = this.#settings;
    if (age === null)
      return {
        kind: "unavailable",
        reason: `${event.filter((each) => each === 1).length} of ${exit.length} new creators reached ${firstImpressions} impressions: the curve never comes to one half`,
      };
    return { kind: "stated", value: age, standardError: null, interval, count: exit.length };
  }
}
