import type { EcosystemRecording, MarketplaceId } from "@longview/marketplace";
import type { ExchangeRates } from "@longview/scorecard";
import type { GapAtlas } from "@longview/scorecard/gaps";
import type { RandomKey } from "@longview/statistics";
import type { AskedPolicy } from "./asked-policy.ts";

/** What every thread of a simulation is given once. */
export interface SimulationOrder {
  readonly id: MarketplaceId;
  /** The world's options without `days`. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly days: number;
  readonly users: number;
  readonly worlds: number;
  /** The policy, and what it is compared with, if anything. */
  readonly policies: readonly AskedPolicy[];
  readonly confidence: number;
  readonly exchangeRates: ExchangeRates;
  readonly live: LiveMemory;
}

/** What threads tell while they work, in shared memory. */
export interface LiveMemory {
  /** Days of all worlds that are done, under all policies. */
  readonly daysDone: Int32Array<SharedArrayBuffer>;
  /** Of the first policy, `[worlds, days, LIVE_SERIES.length]`; NaN: not there yet. */
  readonly series: Float64Array<SharedArrayBuffer>;
}

/** One world, under every policy in turn: a plain message with its own key. */
export interface WorldWork {
  readonly world: number;
  readonly key: RandomKey;
}

/** An ecosystem's value, or why there is none. */
export type OutcomeValue =
  | {
      readonly value: number;
      readonly volume: number;
      /** What each stakeholder adds to the value. */
      readonly stakeholders: Readonly<Record<string, number>>;
    }
  | { readonly unavailable: string };

/** A metric of one world, or why there is none. */
export type OutcomeMetric = { readonly value: number } | { readonly unavailable: string };

/** One world under one policy. */
export interface PolicyOutcome {
  /** The world's own figures by name, see `figuresOf`. */
  readonly figures: Readonly<Record<string, number>>;
  /** By name of the registry. */
  readonly metrics: Readonly<Record<string, OutcomeMetric>>;
  readonly ecosystem: OutcomeValue;
  readonly recording: EcosystemRecording;
}

/** The policy less what it is compared with, in one world: exact parts. */
export interface OutcomeMovement {
  /** Of ratios: what came of the devices' mix and of their own rates. */
  readonly mixRate: Readonly<Record<string, { readonly mix: number; readonly rate: number }>>;
  /** Shapley values of the change of the ecosystem's value. */
  readonly parts: readonly { readonly player: string; readonly part: number }[] | null;
}

/** What is missing in a world, or why that can't be said. */
export type OutcomeGaps = GapAtlas | { readonly unavailable: string };

/** What a thread answers. */
export interface WorldOutcome {
  readonly outcomes: readonly PolicyOutcome[];
  readonly movement: OutcomeMovement | null;
  /** Of the first world under the policy itself; null in the others. */
  readonly gaps: OutcomeGaps | null;
}
