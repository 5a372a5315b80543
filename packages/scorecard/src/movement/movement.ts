import type { Stakeholder } from "@longview/formats";
import {
  ecosystemValue,
  joined,
  type EcosystemValue,
  type MissingValue,
} from "../ecosystem/ecosystem-value.ts";
import type { ExchangeRates } from "../ecosystem/exchange-rates.ts";
import { jackknifeSpread } from "../resampling/jackknife.ts";
import { metricOf, type MetricValue, type WindowSummary } from "../window-summary.ts";
import { mixRate, type MixRate } from "./mix-rate.ts";
import { shapleyValues } from "./shapley.ts";

/** How a metric moved from one window to another. */
export interface MetricMovement {
  readonly metric: string;
  readonly before: number;
  readonly after: number;
  readonly change: number;
  /** Of the change; users who are in both windows are left out of both, so what they share cancels. */
  readonly interval: readonly [number, number] | null;
  /** Only of ratios whose pages have segments. */
  readonly parts?: MixRate;
}

/** Who moved an ecosystem's value: parts that add up to its change. */
export interface ValueMovement {
  readonly before: number;
  readonly after: number;
  readonly change: number;
  readonly interval: readonly [number, number] | null;
  /** Shapley value of each stakeholder's metrics, and of the pages a day where they count. */
  readonly parts: readonly { readonly player: Stakeholder | "volume"; readonly part: number }[];
}

/** From one window to the next. */
export interface Movement {
  readonly from: string;
  readonly to: string;
  readonly metrics: readonly MetricMovement[];
  readonly value: ValueMovement | MissingValue | undefined;
}

/**
 * Takes what moved between two windows apart: each ratio into mix and rate of its segments, and the ecosystem's value into the parts
 * of its stakeholders. Both add up without a remainder.
 *
 * Metrics that one of the windows does not have are left out.
 */
export function movementBetween(
  before: WindowSummary,
  after: WindowSummary,
  rates?: ExchangeRates,
): Movement {
  const metrics = before.metrics.flatMap((first) => {
    const second = metricOf(after, first.definition.name);
    return "reason" in first || second === undefined || "reason" in second
      ? []
      : [metricMovement(before, after, [first, second])];
  });
  return {
    from: before.name,
    to: after.name,
    metrics,
    value: rates === undefined ? undefined : valueMovement(before, after, rates),
  };
}

function metricMovement(
  before: WindowSummary,
  after: WindowSummary,
  [first, second]: readonly [MetricValue, MetricValue],
): MetricMovement {
  const change = second.value - first.value;
  const segmented =
    (first.segments?.numerator.length ?? 0) > 1 || (second.segments?.numerator.length ?? 0) > 1;
  const spread =
    first.without === undefined || second.without === undefined
      ? undefined
      : jackknifeSpread(
          { value: change, without: difference(second.without, first.without) },
          eitherPopulated(before, after),
          after.confidence,
        );
  return {
    metric: first.definition.name,
    before: first.value,
    after: second.value,
    change,
    interval: spread?.interval ?? null,
    ...(segmented && first.segments !== undefined && second.segments !== undefined
      ? { parts: mixRate(first.segments, second.segments) }
      : {}),
  };
}

function valueMovement(
  before: WindowSummary,
  after: WindowSummary,
  rates: ExchangeRates,
): ValueMovement | MissingValue {
  const first = ecosystemValue(before, rates);
  const second = ecosystemValue(after, rates);
  if ("reason" in first) return { reason: `${before.name}: ${first.reason}` };
  if ("reason" in second) return { reason: `${after.name}: ${second.reason}` };
  const players = [
    ...(Object.keys(second.stakeholders) as Stakeholder[]),
    ...(rates.scale === "day" ? (["volume"] as const) : []),
  ];
  const parts = shapleyValues(players.length, (coalition) => {
    const sideOf = (player: number): EcosystemValue => ((coalition & (1 << player)) === 0 ? first : second);
    let volume = 1;
    let sum = 0;
    players.forEach((player, i) => {
      if (player === "volume") volume = sideOf(i).volume;
      else sum += sideOf(i).stakeholders[player]!;
    });
    return volume * sum;
  });
  const change = second.value - first.value;
  const spread = jackknifeSpread(
    { value: change, without: difference(second.without, first.without) },
    eitherPopulated(before, after),
    after.confidence,
  );
  const variance =
    first.otherVariance === null || second.otherVariance === null
      ? null
      : first.otherVariance + second.otherVariance;
  return {
    before: first.value,
    after: second.value,
    change,
    interval: joined(change, spread, variance).interval,
    parts: players.map((player, i) => ({ player, part: parts[i]! })),
  };
}

const difference = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, g) => value - b[g]!);

const eitherPopulated = (a: WindowSummary, b: WindowSummary): Float64Array =>
  a.populated.map((users, g) => users + b.populated[g]!);
