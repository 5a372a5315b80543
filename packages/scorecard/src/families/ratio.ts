import type { PageEvents } from "../events.ts";
import { hasField } from "../fields.ts";
import type { FamilyAccumulator, MetricFamily, PageBlock, WindowFacts } from "../family.ts";
import type { MetricDefinition, MetricFinding } from "../metric.ts";
import { GrowingNumbers } from "../resampling/growing-numbers.ts";
import { GROUPS } from "../resampling/user-groups.ts";
import type { MetricSettings } from "../settings.ts";

/** Where a ratio writes what each page adds: NaN in either leaves the page out. [pages] each */
export interface RatioTerms {
  readonly numerator: Float64Array;
  readonly denominator: Float64Array;
}

/** A metric that is a sum over pages divided by another one. */
export interface RatioMetric extends MetricDefinition {
  /** Writes every page's terms; its `requires` are there. */
  readonly terms: (out: RatioTerms, pages: PageEvents, settings: MetricSettings) => void;
}

/** What is the same for all ratios over pages. */
export const RATIO = { window: "pages of the window", version: 1, resampling: "users" } as const;

/** A family of ratios: sums of numerator and denominator by group of users and by segment. */
export function ratioFamily(name: string, metrics: readonly RatioMetric[]): MetricFamily {
  return { name, metrics, start: (settings) => new RatioAccumulator(metrics, settings) };
}

/** Numbers of one segment: numerator and denominator of each group. */
const WIDTH = 2 * GROUPS;

class RatioAccumulator implements FamilyAccumulator {
  readonly #metrics: readonly RatioMetric[];
  readonly #settings: MetricSettings;
  /** One a metric; an entry a segment. */
  readonly #sums: readonly GrowingNumbers[];
  #terms: RatioTerms = { numerator: new Float64Array(0), denominator: new Float64Array(0) };

  constructor(metrics: readonly RatioMetric[], settings: MetricSettings) {
    this.#metrics = metrics;
    this.#settings = settings;
    this.#sums = metrics.map(() => new GrowingNumbers(WIDTH));
  }

  add({ pages, chosen, count, group }: PageBlock): void {
    if (this.#terms.numerator.length < pages.pageCount)
      this.#terms = {
        numerator: new Float64Array(pages.pageCount),
        denominator: new Float64Array(pages.pageCount),
      };
    const { numerator, denominator } = this.#terms;
    const { segment } = pages;
    this.#metrics.forEach((metric, k) => {
      if (!metric.requires.every((field) => hasField(pages, field))) return;
      metric.terms(this.#terms, pages, this.#settings);
      const sums = this.#sums[k]!;
      for (let i = 0; i < count; i++) {
        const page = chosen[i]!;
        const above = numerator[page]!;
        const below = denominator[page]!;
        if (Number.isNaN(above) || Number.isNaN(below)) continue;
        const at = sums.reach(segment === undefined ? 0 : segment[page]!) + 2 * group[i]!;
        sums.values[at]! += above;
        sums.values[at + 1]! += below;
      }
    });
  }

  findings(_facts: WindowFacts): MetricFinding[] {
    return this.#sums.map((sums) => {
      const numerator = new Float64Array(sums.count);
      const denominator = new Float64Array(sums.count);
      const above = new Float64Array(GROUPS);
      const below = new Float64Array(GROUPS);
      for (let segment = 0; segment < sums.count; segment++)
        for (let g = 0; g < GROUPS; g++) {
          const at = segment * WIDTH + 2 * g;
          above[g]! += sums.values[at]!;
          below[g]! += sums.values[at + 1]!;
          numerator[segment]! += sums.values[at]!;
          denominator[segment]! += sums.values[at + 1]!;
        }
      const wholeAbove = above.reduce((sum, each) => sum + each, 0);
      const wholeBelow = below.reduce((sum, each) => sum + each, 0);
      if (wholeBelow === 0)
        return { kind: "unavailable", reason: "nothing to divide by: no page counts for it" };
      return {
        kind: "grouped",
        value: wholeAbove / wholeBelow,
        without: above.map((each, g) => (wholeAbove - each) / (wholeBelow - below[g]!)),
        segments: { numerator, denominator },
      };
    });
  }
}

/** Terms of a mean over impressions, weighted by the chance to be looked at; impressions without a value or weight are left out. */
export function exposureMean(out: RatioTerms, pages: PageEvents, values: Float64Array): void {
  const { offsets, pageCount, impression } = pages;
  const { weight } = impression;
  for (let page = 0; page < pageCount; page++) {
    let above = 0;
    let below = 0;
    for (let i = offsets[page]!; i < offsets[page + 1]!; i++) {
      const value = values[i]!;
      const seen = weight === undefined ? 1 : weight[i]!;
      if (Number.isNaN(value) || Number.isNaN(seen)) continue;
      above += seen * value;
      below += seen;
    }
    out.numerator[page] = above;
    out.denominator[page] = below;
  }
}

/** Terms of a mean over pages. */
export function pageMean(out: RatioTerms, pages: PageEvents, values: Float64Array): void {
  out.numerator.set(values);
  out.denominator.fill(1, 0, pages.pageCount);
}

/** Terms of a page's total for each impression, times `scale`. */
export function perImpression(out: RatioTerms, pages: PageEvents, totals: Float64Array, scale = 1): void {
  const { offsets, pageCount } = pages;
  for (let page = 0; page < pageCount; page++) {
    out.numerator[page] = scale * totals[page]!;
    out.denominator[page] = offsets[page + 1]! - offsets[page]!;
  }
}
