import { ecosystemValue } from "./ecosystem/ecosystem-value.ts";
import type { ExchangeRates } from "./ecosystem/exchange-rates.ts";
import type { MixRate } from "./movement/mix-rate.ts";
import { movementBetween, type Movement } from "./movement/movement.ts";
import { METRICS } from "./registry.ts";
import type { ScorecardReport } from "./report-schema.ts";
import type { MetricSettings } from "./settings.ts";
import type { WindowSummary } from "./window-summary.ts";

/** What a report says beside the summaries. */
export interface ReportOptions {
  readonly settings: MetricSettings;
  /** For the ecosystem's value; without them there is none. */
  readonly exchangeRates?: ExchangeRates;
  /** Names of the pages' segments, by number. */
  readonly segmentNames?: readonly string[];
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
const pair = (
  interval: readonly [number | null, number | null] | null,
): [number | null, number | null] | null =>
  interval === null ? null : [interval[0] ?? null, interval[1] ?? null];

/** A report as plain data for `scorecard.json`: the windows in order, and the movement from each to the next. */
export function scorecardReport(
  summaries: readonly WindowSummary[],
  { settings, exchangeRates, segmentNames = [] }: ReportOptions,
): ScorecardReport {
  return {
    schemaVersion: 1,
    confidence: summaries[0]?.confidence ?? 0.95,
    settings,
    metrics: METRICS.map(
      ({ name, title, formula, unit, direction, stakeholder, window, version, resampling }) => ({
        name,
        title,
        formula,
        unit,
        direction,
        stakeholder,
        window,
        version,
        resampling,
      }),
    ),
    exchangeRates:
      exchangeRates === undefined
        ? null
        : {
            name: exchangeRates.name,
            version: exchangeRates.version,
            unit: exchangeRates.unit,
            scale: exchangeRates.scale,
            sha256: exchangeRates.sha256,
          },
    windows: summaries.map((summary) => ({
      name: summary.name,
      start: finite(summary.start),
      end: finite(summary.end),
      pages: summary.pages,
      impressions: summary.impressions,
      users: summary.users,
      metrics: summary.metrics.map((metric) =>
        "reason" in metric
          ? { metric: metric.definition.name, unavailable: metric.reason }
          : {
              metric: metric.definition.name,
              value: metric.value,
              standardError: metric.standardError,
              interval: pair(metric.interval),
              count: metric.count,
            },
      ),
      ecosystem: ecosystemPart(summary, exchangeRates),
      curves: summary.curves.map(({ name, x, y, lower, upper }) => ({
        name,
        x: [...x],
        y: [...y],
        ...(lower === undefined ? {} : { lower: [...lower] }),
        ...(upper === undefined ? {} : { upper: [...upper] }),
      })),
    })),
    movements: summaries
      .slice(1)
      .map((after, i) => movementPart(movementBetween(summaries[i]!, after, exchangeRates), segmentNames)),
  };
}

function ecosystemPart(
  summary: WindowSummary,
  rates: ExchangeRates | undefined,
): ScorecardReport["windows"][number]["ecosystem"] {
  if (rates === undefined) return null;
  const found = ecosystemValue(summary, rates);
  if ("reason" in found) return { unavailable: found.reason };
  const { value, standardError, interval, volume, stakeholders } = found;
  return { value, standardError, interval: pair(interval), volume, stakeholders: { ...stakeholders } };
}

function movementPart(
  { from, to, metrics, value }: Movement,
  segmentNames: readonly string[],
): ScorecardReport["movements"][number] {
  return {
    from,
    to,
    metrics: metrics.map(({ metric, before, after, change, interval, parts }) => ({
      metric,
      before,
      after,
      change,
      interval: pair(interval),
      parts: parts === undefined ? null : partsOf(parts, segmentNames),
    })),
    value:
      value === undefined
        ? null
        : "reason" in value
          ? { unavailable: value.reason }
          : {
              before: value.before,
              after: value.after,
              change: value.change,
              interval: pair(value.interval),
              parts: value.parts.map(({ player, part }) => ({ player, part })),
            },
  };
}

function partsOf(
  { mix, rate, segments }: MixRate,
  names: readonly string[],
): NonNullable<ScorecardReport["movements"][number]["metrics"][number]["parts"]> {
  return {
    mix,
    rate,
    segments: segments.map((segment, s) => ({
      segment: names[s] ?? String(s),
      share: [segment.share[0], segment.share[1]],
      rate: [segment.rate[0], segment.rate[1]],
      mix: segment.mix,
      change: segment.change,
    })),
  };
}
