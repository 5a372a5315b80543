import { rootKey } from "@longview/statistics";
import type { LifeEvents } from "../../src/events.ts";
import { Scorecard, type ScorecardOptions } from "../../src/scorecard.ts";
import { metricOf, type MetricValue, type WindowSummary } from "../../src/window-summary.ts";
import { pagesOf, type WrittenPage } from "./pages.ts";

/** The only window's summary of some pages and lives. */
export function summaryOf(
  pages: readonly WrittenPage[],
  options: Partial<ScorecardOptions> & { readonly lives?: readonly LifeEvents[] } = {},
): WindowSummary {
  const { lives = [], ...rest } = options;
  const recorded = lives.map(({ subject, kind }) => ({ subject, kind }));
  const scorecard = new Scorecard({ key: rootKey("test"), recorded, ...rest });
  scorecard.addPages(pagesOf(pages));
  for (const events of lives) scorecard.addLives(events);
  return scorecard.summarise()[0]!;
}

/** A metric that must be there. */
export function found(summary: WindowSummary, name: string): MetricValue {
  const metric = metricOf(summary, name);
  if (metric === undefined || "reason" in metric)
    throw new Error(`${name}: ${metric === undefined ? "no such metric" : metric.reason}`);
  return metric;
}

/** Why a metric is not there. */
export function missing(summary: WindowSummary, name: string): string {
  const metric = metricOf(summary, name)!;
  return "reason" in metric ? metric.reason : `is ${metric.value}`;
}
