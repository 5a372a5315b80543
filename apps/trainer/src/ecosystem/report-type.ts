import type { DailySeries, TopicAgeMap } from "@longview/marketplace";
import type { ExchangeRates, MetricDefinition } from "@longview/scorecard";
import type { OutcomeGaps } from "./work.ts";

/** A mean over worlds with Student's interval; null with a single world. */
export interface Figure {
  readonly mean: number;
  readonly interval: readonly [number, number] | null;
}

/** A figure of each policy, or why it has none. */
export interface ComparedFigures {
  readonly values: readonly (Figure | { readonly unavailable: string })[];
  /** The policy less the one it is compared with, paired by world; null without one. */
  readonly difference: Figure | null;
}

/** A metric of the scorecard. */
export interface ReportedMetric extends ComparedFigures {
  readonly definition: Pick<
    MetricDefinition,
    "name" | "title" | "formula" | "unit" | "direction" | "stakeholder" | "version"
  >;
  /** Of the difference of a ratio: what came of the devices' mix and of their own rates; means over worlds. */
  readonly mixRate: { readonly mix: number; readonly rate: number } | null;
}

/** A curve with what it is uncertain by; bounds are null with a single world. */
export interface BandedCurve {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly lower: readonly number[] | null;
  readonly upper: readonly number[] | null;
}

/** The pictures of one policy. */
export interface PolicyPictures {
  readonly daily: Readonly<Record<DailySeries, BandedCurve>>;
  readonly lorenz: { readonly exposure: BandedCurve | null; readonly payouts: BandedCurve | null };
  readonly survival: { readonly creators: BandedCurve; readonly users: BandedCurve };
  readonly supply: TopicAgeMap;
  readonly exposure: TopicAgeMap;
}

/** The ecosystem's value by stakeholder. */
export interface ReportedValue {
  readonly value: ComparedFigures;
  /** What each stakeholder adds, by policy; empty where a policy has no value. */
  readonly stakeholders: readonly Readonly<Record<string, Figure>>[];
  /** Shapley values of the difference, which they add up to; null without a policy to compare with. */
  readonly parts: readonly (Figure & { readonly player: string })[] | null;
}

/** `ecosystem.json`: everything that the page shows, and more. */
export interface EcosystemReport {
  readonly schemaVersion: 1;
  readonly world: string;
  /** As given; what is left out has its default. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly days: number;
  readonly users: number;
  readonly worlds: number;
  readonly seed: string;
  readonly confidence: number;
  /** The policy, and what it is compared with. */
  readonly policies: readonly string[];
  readonly metrics: readonly ReportedMetric[];
  /** Value, objectives and costs as the world itself counts them, and the last day's ecosystem. */
  readonly figures: Readonly<Record<string, ComparedFigures>>;
  readonly exchangeRates: ExchangeRates;
  readonly ecosystem: ReportedValue;
  /** Of each policy. */
  readonly pictures: readonly PolicyPictures[];
  /** What is missing in the first world under the policy. */
  readonly gaps: OutcomeGaps;
  /** First days of the columns of supply and exposure. */
  readonly ageEdges: readonly number[];
}
