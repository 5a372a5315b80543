import type { Stakeholder } from "@longview/formats";
import { jackknifeSpread } from "../resampling/jackknife.ts";
import { GROUPS } from "../resampling/user-groups.ts";
import { metricOf, type MetricValue, type WindowSummary } from "../window-summary.ts";
import type { ExchangeRates } from "./exchange-rates.ts";

/** One term of an ecosystem's value. */
export interface ValueTerm {
  readonly metric: MetricValue;
  readonly weight: number;
  readonly stakeholder: Stakeholder;
}

/** The one number of a window, and what it is made of. */
export interface EcosystemValue {
  readonly value: number;
  readonly standardError: number | null;
  readonly interval: readonly [number, number] | null;
  /** Pages a day where the rates' scale is a day, else 1. */
  readonly volume: number;
  /** Weighted sum of each stakeholder's metrics: `value = volume · Σ`. */
  readonly stakeholders: Readonly<Partial<Record<Stakeholder, number>>>;
  readonly terms: readonly ValueTerm[];
  /** The value without each group of users, where creators' metrics stay. */
  readonly without: Float64Array;
  /** Variance by metrics whose subjects are not users. */
  readonly otherVariance: number | null;
}

/** Why a window has no ecosystem value: it is never made of what is there while the rest counts as 0. */
export interface MissingValue {
  readonly reason: string;
}

/**
 * Ecosystem value `J = volume · Σ weight · metric`; volume is 1, or pages a day.
 *
 * Its interval is the joint one: leaving a group of users out moves all metrics together, so their correlation counts. Metrics
 * whose subjects are creators enter with their own standard error as if independent; one without a standard error leaves the value
 * without an interval.
 */
export function ecosystemValue(summary: WindowSummary, rates: ExchangeRates): EcosystemValue | MissingValue {
  const terms: ValueTerm[] = [];
  for (const { metric: name, weight, stakeholder } of rates.terms) {
    const metric = metricOf(summary, name)!;
    if ("reason" in metric) return { reason: `${name}: ${metric.reason}` };
    terms.push({ metric, weight, stakeholder: stakeholder ?? metric.definition.stakeholder });
  }
  const days = summary.end - summary.start;
  if (rates.scale === "day" && !(days > 0)) return { reason: "pages a day: the window has no days" };
  const populated = summary.populated.reduce((sum, users) => sum + (users > 0 ? 1 : 0), 0);
  const volume = rates.scale === "day" ? summary.pages / days : 1;
  const without = new Float64Array(GROUPS);
  let otherVariance: number | null = 0;
  const stakeholders: Partial<Record<Stakeholder, number>> = {};
  for (const { metric, weight, stakeholder } of terms) {
    stakeholders[stakeholder] = (stakeholders[stakeholder] ?? 0) + weight * metric.value;
    for (let g = 0; g < GROUPS; g++) without[g]! += weight * (metric.without?.[g] ?? metric.value);
    if (metric.without !== undefined) continue;
    if (metric.standardError === null) otherVariance = null;
    else if (otherVariance !== null) otherVariance += (volume * weight * metric.standardError) ** 2;
  }
  if (rates.scale === "day")
    for (let g = 0; g < GROUPS; g++) {
      // A total without one of G groups stands for (G − 1)/G of it.
      const rest = summary.pages - summary.pagesByGroup[g]!;
      without[g]! *= ((rest / days) * populated) / Math.max(1, populated - 1);
    }
  const value = volume * Object.values(stakeholders).reduce((sum, each) => sum + each, 0);
  const spread = jackknifeSpread({ value, without }, summary.populated, summary.confidence);
  return {
    value,
    ...joined(value, spread, otherVariance),
    volume,
    stakeholders,
    terms,
    without,
    otherVariance,
  };
}

/** Interval of a value from the spread over users and an independent variance. */
export function joined(
  value: number,
  spread: { readonly standardError: number; readonly interval: readonly [number, number] } | undefined,
  otherVariance: number | null,
): { standardError: number | null; interval: [number, number] | null } {
  if (spread === undefined || otherVariance === null) return { standardError: null, interval: null };
  const quantile = (spread.interval[1] - spread.interval[0]) / 2 / spread.standardError;
  const standardError = Math.sqrt(spread.standardError ** 2 + otherVariance);
  return { standardError, interval: [value - quantile * standardError, value + quantile * standardError] };
}
