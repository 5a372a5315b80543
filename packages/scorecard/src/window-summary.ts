import type { Curve } from "./family.ts";
import type { MetricDefinition, SegmentSums } from "./metric.ts";

/** A metric's value in one window. */
export interface MetricValue {
  readonly definition: MetricDefinition;
  readonly value: number;
  readonly standardError: number | null;
  /** Null where there was nothing to learn it from; a bound is null where it is beyond what was watched. */
  readonly interval: readonly [number | null, number | null] | null;
  /** Independent subjects that the interval rests on. */
  readonly count: number;
  /** The value without each group of users; only where users are resampled. */
  readonly without?: Float64Array;
  /** Only of ratios. */
  readonly segments?: SegmentSums;
}

/** A metric that a window does not have, and why. */
export interface MissingMetric {
  readonly definition: MetricDefinition;
  readonly reason: string;
}

/** All that a window has to say. */
export interface WindowSummary {
  readonly name: string;
  /** Time that was seen [days]: of the window, from the first page or its start. NaN without time. */
  readonly start: number;
  readonly end: number;
  readonly pages: number;
  readonly impressions: number;
  readonly users: number;
  /** Pages and users of each group, for totals and for who can be left out. */
  readonly pagesByGroup: Float64Array;
  readonly populated: Float64Array;
  readonly confidence: number;
  /** One entry a metric of the registry, in its order. */
  readonly metrics: readonly (MetricValue | MissingMetric)[];
  readonly curves: readonly Curve[];
}

/** The value of a metric, or why there is none. */
export function metricOf(summary: WindowSummary, name: string): MetricValue | MissingMetric | undefined {
  return summary.metrics.find(({ definition }) => definition.name === name);
}
