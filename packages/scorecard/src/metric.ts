import type { Stakeholder } from "@longview/formats";
import type { FieldName, LifeKind, LifeSubject } from "./events.ts";

/** What a metric is: one agreed definition, which every report carries. */
export interface MetricDefinition {
  /** Camel case, unique in the registry. */
  readonly name: string;
  readonly title: string;
  /** Plain text with the field's symbols. */
  readonly formula: string;
  readonly unit: string;
  /** Which way is better for its stakeholder; `none` where neither is by itself. */
  readonly direction: "higher" | "lower" | "none";
  readonly stakeholder: Stakeholder;
  /** What of a window's time it looks at. */
  readonly window: string;
  /** Rises when the formula changes: values of different versions are not comparable. */
  readonly version: number;
  /** Fields of the pages without which it is not available. */
  readonly requires: readonly FieldName[];
  /** Life events without which it is not available. */
  readonly requiresLives?: readonly RequiredLives[];
  /** What its interval takes as independent; `none`: it has no interval. */
  readonly resampling: "users" | "creators" | "none";
  /** Values that are possible; intervals are cut there. */
  readonly bounds: readonly [number, number];
}

/** Life events that a metric needs: the source must say that it records them. */
export interface RequiredLives {
  readonly subject: LifeSubject;
  readonly kind: LifeKind;
}

/** What a family found for one metric. */
export type MetricFinding =
  /** With users as unit: see `GroupedStatistic`. */
  | {
      readonly kind: "grouped";
      readonly value: number;
      readonly without: Float64Array;
      readonly segments?: SegmentSums;
    }
  /** With an interval of its own. */
  | {
      readonly kind: "stated";
      readonly value: number;
      readonly standardError: number | null;
      readonly interval: readonly [number | null, number | null] | null;
      /** Independent subjects it rests on. */
      readonly count: number;
    }
  | { readonly kind: "unavailable"; readonly reason: string };

/** Numerator and denominator of a ratio by segment: what moves apart into mix and rate. */
export interface SegmentSums {
  readonly numerator: Float64Array;
  readonly denominator: Float64Array;
}
