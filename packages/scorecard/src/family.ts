import type { PageEvents } from "./events.ts";
import type { LifeTables } from "./life-tables.ts";
import type { MetricDefinition, MetricFinding } from "./metric.ts";
import type { MetricSettings } from "./settings.ts";

/** Chosen pages of a block: those of one window. */
export interface PageBlock {
  readonly pages: PageEvents;
  /** Which pages, in order; the first `count` entries, as of the two below. */
  readonly chosen: Int32Array;
  readonly count: number;
  /** Place of each chosen page's user among the window's users. */
  readonly user: Int32Array;
  /** The user's group, see `groupOf`. */
  readonly group: Uint8Array;
}

/** What is known when a window is summed up. */
export interface WindowFacts {
  /** Time that was seen of the window [days]; NaN without time. */
  readonly start: number;
  readonly end: number;
  /** Group of each user's place. */
  readonly groups: Uint8Array;
  readonly lives: LifeTables;
  /** Of intervals that a family states itself. */
  readonly confidence: number;
}

/** Gathers what a family's metrics need in one window. */
export interface FamilyAccumulator {
  add(block: PageBlock): void;
  /** One finding a metric, in the family's order; what is required is there. */
  findings(facts: WindowFacts): readonly MetricFinding[];
  /** Curves for a picture, if the family has any. */
  curves?(facts: WindowFacts): readonly Curve[];
}

/** A curve for a picture. */
export interface Curve {
  readonly name: "creatorLorenz" | "creatorSurvival";
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Bounds of y, where the curve has an interval. */
  readonly lower?: readonly number[];
  readonly upper?: readonly number[];
}

/** Metrics that are gathered together. */
export interface MetricFamily {
  readonly name: string;
  readonly metrics: readonly MetricDefinition[];
  start(settings: MetricSettings): FamilyAccumulator;
}
