import type { MetricEffect } from "@longview/formats";
import { Html, markup } from "../report/html.ts";
import { drawForestLine } from "./forest.ts";
import { writeConfidence, writeEstimate } from "./numbers.ts";
import { decisionBadge, requirement, toneOf } from "./words.ts";
import type { Track } from "./track.ts";

/** Where every metric's threshold lies, and where no change lies if it fits, as shares of the width. */
const THRESHOLD = 0.34;
const NO_CHANGE = 0.62;
/** Room that an interval keeps to the ends. */
const EDGE = 0.04;
/** A margin is never drawn smaller than this share of the width, however wide the interval. */
const LEAST_MARGIN = 0.025;

/** What of a metric is held against which threshold. */
export function tested(effect: MetricEffect): {
  readonly estimate: MetricEffect["lift"];
  readonly threshold: number;
  readonly signed: boolean;
  /** +1 where more is better. */
  readonly direction: 1 | -1;
} {
  const direction = effect.role === "wall" || effect.better === "lower" ? -1 : 1;
  if (effect.role === "wall")
    return { estimate: effect.candidate, threshold: effect.limit ?? 0, signed: false, direction };
  const threshold = effect.role === "guardrail" ? -direction * (effect.margin ?? 0) : 0;
  return { estimate: effect.lift, threshold, signed: true, direction };
}

/** A metric on a scale of its own: its threshold always at the same place, better always to the right. */
export function metricTrack(effect: MetricEffect): Track {
  const { estimate, threshold, signed, direction } = tested(effect);
  const room = (value: number): number => direction * (value - threshold);
  const written = writeEstimate(estimate, { signed, thresholds: [threshold] });
  const low = direction === 1 ? estimate.lower : estimate.upper;
  // A cost that nothing bounds from below is bounded by its range.
  const best = effect.role === "wall" ? (estimate.lower ?? effect.range[0]) : null;
  const high = direction === 1 ? estimate.upper : (best ?? estimate.lower);
  const rooms = [estimate.value, low, high].filter((each) => each !== null).map(room);
  const worst = -Math.min(0, ...rooms);
  const most = Math.max(0, ...rooms);
  // What has no bound is drawn to the end, past the value: leave it some way to go.
  const beyond = (bound: number | null): number => (bound === null ? 1.6 : 1);
  // Units of the metric for the whole width: as few as hold the interval on either side of the threshold.
  const fitted = Math.max(
    (beyond(low) * worst) / (THRESHOLD - EDGE),
    (beyond(high) * most) / (1 - THRESHOLD - EDGE),
  );
  const margin = Math.abs(threshold);
  const width =
    margin > 0
      ? Math.min(Math.max(fitted, margin / (NO_CHANGE - THRESHOLD)), margin / LEAST_MARGIN)
      : fitted || 1;
  return {
    label: `${effect.metric}: ${written.value} ${written.interval}, ${requirement(effect)}`,
    domain: [-THRESHOLD * width, (1 - THRESHOLD) * width],
    value: room(estimate.value),
    lower: low === null ? null : room(low),
    upper: high === null ? null : room(high),
    tone: toneOf(effect),
    shadedUpTo: 0,
    lines: [
      ...(margin > 0 ? [{ at: margin, kind: "zero" as const }] : []),
      { at: 0, kind: "threshold" as const },
    ],
  };
}

/** Metrics that page one has room for. */
export const MOST_METRICS = 12;

const urgency = (effect: MetricEffect): number => {
  if (effect.role === "primary") return 0;
  if (effect.decision === "worse" || effect.decision === "limit-broken") return 1;
  return effect.decision === "undecided" ? 2 : 3;
};

/** The metrics of page one: all of them, or those that bear most on the verdict, in their own order. */
export function foremost(metrics: readonly MetricEffect[]): MetricEffect[] {
  const kept = new Set(metrics.toSorted((a, b) => urgency(a) - urgency(b)).slice(0, MOST_METRICS));
  return metrics.filter((effect) => kept.has(effect));
}

/** What the lines of {@link metricForest} mean, above them. */
function head(metrics: readonly MetricEffect[]): Html {
  const some = metrics.some((effect) => tested(effect).threshold !== 0);
  return markup`<li class="head">
    <div class="mark">
      <svg class="track" height="18" aria-hidden="true">
        <text x="0%" y="13">worse</text>
        <text x="${THRESHOLD * 100}%" y="13" text-anchor="middle">threshold</text>
        <text x="${NO_CHANGE * 100}%" y="13" text-anchor="middle">${some ? "no change" : ""}</text>
        <text x="100%" y="13" text-anchor="end">better</text>
      </svg>
    </div>
  </li>`;
}

/**
 * Every metric against its own threshold.
 *
 * @param confidence - of the verdict: an interval of another one says so
 */
export function metricForest(metrics: readonly MetricEffect[], confidence: number): Html {
  return markup`<ul class="forest decided">
    ${head(metrics)}
    ${metrics.map((effect) => {
      const { estimate, threshold, signed } = tested(effect);
      const { value, interval } = writeEstimate(estimate, { signed, thresholds: [threshold] });
      // A wall's confidence is written down for one bound.
      const another =
        effect.role === "wall"
          ? markup` <small>each bound at ${writeConfidence((1 + estimate.confidence) / 2)}</small>`
          : estimate.confidence === confidence
            ? ""
            : markup` <small>at ${writeConfidence(estimate.confidence)}</small>`;
      return drawForestLine({
        name: effect.metric,
        detail: `${effect.role}, ${effect.stakeholder} · ${requirement(effect)}`,
        track: metricTrack(effect),
        numbers: markup`<strong>${value}</strong> <span>${interval}</span>${another}`,
        badge: decisionBadge(effect),
      });
    })}
  </ul>`;
}
