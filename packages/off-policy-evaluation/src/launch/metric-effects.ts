import { simultaneousConfidence } from "@longview/statistics";
import type { BoundedEstimate, GateSpec, MetricEffect } from "@longview/formats";
import { defaultInterval } from "../intervals/default-interval.ts";
import type { Envelope } from "../intervals/envelope.ts";
import type { Interval } from "../intervals/interval.ts";
import { standardErrorOf } from "../intervals/student.ts";
import { estimateValue, influenceValues, type EstimatorTerms } from "../terms.ts";
import { EPISODE } from "./episode-sums.ts";
import { guardedLift } from "./guarded-lift.ts";
import { formatNumber } from "./format-number.ts";
import type { LaunchEvidence } from "./gather-evidence.ts";
import { supportSummary } from "./support-summary.ts";
import {
  candidateTerms,
  liftBaseline,
  liftTerms,
  liftUnitEnvelope,
  valueUnitEnvelope,
  weightedTerms,
} from "./unit-estimates.ts";

/** An interval as files hold it. */
export function boundedEstimate(interval: Interval): BoundedEstimate {
  const { value, lower, upper, confidence, method } = interval;
  return {
    value,
    lower: Number.isFinite(lower) ? lower : null,
    upper: Number.isFinite(upper) ? upper : null,
    confidence,
    method,
  };
}

/** Smallest and largest improvement that an interval of a lift leaves, whichever way is better. */
export function gainBounds(effect: Pick<MetricEffect, "lift" | "better">): { lower: number; upper: number } {
  const lower = effect.lift.lower ?? -Infinity;
  const upper = effect.lift.upper ?? Infinity;
  return effect.better === "higher" ? { lower, upper } : { lower: -upper, upper: -lower };
}

/** The effects on all metrics of a specification, the primary one first, each with the test that its role asks for. */
export function metricEffects(evidence: LaunchEvidence, spec: GateSpec): MetricEffect[] {
  const looks = typeof spec.looks === "object" ? spec.looks.planned : 1;
  // Each planned look spends an equal part of the error that is allowed.
  const spread = (confidence: number): number => simultaneousConfidence(confidence, looks);
  const successConfidence = spread(simultaneousConfidence(spec.confidence, 1 + spec.success.length));
  const guardConfidence = spread(spec.confidence);
  return [
    ...[spec.primary, ...spec.success].map((metric, at) =>
      successEffect(
        effectOf(evidence, { ...metric, role: at === 0 ? "primary" : "success" }, successConfidence),
      ),
    ),
    ...spec.guardrails.map((metric) =>
      guardrailEffect(effectOf(evidence, { ...metric, role: "guardrail" }, guardConfidence)),
    ),
    ...spec.walls.map((wall) =>
      wallEffect(
        effectOf(
          evidence,
          { ...wall, better: "lower", role: "wall", margin: undefined },
          2 * spread(wall.confidence) - 1,
        ),
        evidence.events[indexOf(evidence, wall.metric)]!,
      ),
    ),
  ];
}

type Untested = Omit<MetricEffect, "decision" | "text">;
interface Asked {
  readonly metric: string;
  readonly role: MetricEffect["role"];
  readonly better: MetricEffect["better"];
  readonly stakeholder: MetricEffect["stakeholder"];
  readonly range: readonly [number, number];
  readonly margin?: number | undefined;
  readonly limit?: number;
}

const indexOf = (evidence: LaunchEvidence, metric: string): number =>
  evidence.metrics.findIndex((bound) => bound.metric === metric);

function effectOf(evidence: LaunchEvidence, asked: Asked, confidence: number): Untested {
  const m = indexOf(evidence, asked.metric);
  return {
    metric: asked.metric,
    role: asked.role,
    stakeholder: asked.stakeholder,
    better: asked.better,
    range: [...evidence.metrics[m]!.range],
    margin: asked.margin ?? null,
    limit: asked.limit ?? null,
    ...metricEstimates(evidence, m, confidence),
  };
}

/** Value of the candidate, of the incumbent, and the paired lift of one metric. */
export function metricEstimates(
  evidence: LaunchEvidence,
  m: number,
  confidence: number,
): Pick<MetricEffect, "candidate" | "incumbent" | "lift" | "standardError" | "relativeLift"> {
  const { means } = evidence;
  const { range } = evidence.metrics[m]!;
  const bounds = { metric: m, range, onlyExtremes: evidence.onlyExtremes[m]! };
  const sequences = evidence.sequences?.[m];
  const terms = liftTerms(means, m);
  const unseen = unseenShift(evidence, m);
  const interval = (estimate: EstimatorTerms, envelope: Envelope): Interval =>
    defaultInterval(estimate, { confidence, envelope });
  const lift = means.alike
    ? { value: 0, lower: 0, upper: 0, confidence, method: "exact" }
    : sequences === undefined
      ? guardedLift(interval(terms, liftUnitEnvelope(means, m, range)), {
          influence: influenceValues(terms),
          difference: means.columns[EPISODE.difference]!,
          heaviestDifference: evidence.heaviestDifference,
          baseline: liftBaseline(means, m),
          range,
          length: means.length,
        })
      : around(estimateValue(terms), sequences.lift.interval({ confidence }));
  const incumbent = interval(weightedTerms(means, m, 1), valueUnitEnvelope(means, 1, bounds));
  const value = candidateTerms(means, m);
  const rounding = ROUNDING * (range[1] - range[0]) * means.length;
  return {
    candidate: boundedEstimate(
      widened(
        sequences === undefined
          ? interval(value, valueUnitEnvelope(means, 0, bounds))
          : around(estimateValue(value), sequences.value.interval({ confidence })),
        unseen,
      ),
    ),
    incumbent: boundedEstimate(incumbent),
    lift: boundedEstimate(means.alike ? lift : widened(withoutRounding(lift, rounding), unseen)),
    standardError: means.alike ? 0 : standardErrorOf(terms),
    relativeLift: incumbent.value === 0 ? null : lift.value / Math.abs(incumbent.value),
  };
}

/**
 * How far the candidate's value may lie below and above what the log shows, because of what it does and the log never shows: the log
 * takes that mass to earn the baseline, and it may earn anything in the range.
 */
function unseenShift(evidence: LaunchEvidence, m: number): readonly [number, number] {
  const { means, profile, metrics } = evidence;
  const [a, b] = metrics[m]!.range;
  const { deficit } = supportSummary(profile.support, profile.rows, [a, b]) ?? { deficit: 0 };
  if (deficit === 0) return [0, 0];
  const baseline = Math.min(b, Math.max(a, liftBaseline(means, m)));
  const mass = deficit * means.length;
  return [mass * (a - baseline), mass * (b - baseline)];
}

const widened = (interval: Interval, [below, above]: readonly [number, number]): Interval => ({
  ...interval,
  lower: interval.lower + below,
  upper: interval.upper + above,
});

/** A lift below this share of the range is rounding, and its sign means nothing. */
const ROUNDING = 1e-12;

function withoutRounding(interval: Interval, rounding: number): Interval {
  const clean = (bound: number): number => (Math.abs(bound) <= rounding ? 0 : bound);
  const { value, lower, upper } = interval;
  return { ...interval, value: clean(value), lower: clean(lower), upper: clean(upper) };
}

/** A sequence's bounds with the sharper estimate, put between them. */
function around(value: number, interval: Interval): Interval {
  return { ...interval, value: Math.min(interval.upper, Math.max(interval.lower, value)) };
}

/** A confidence for a sentence: .99995 is not 100 %. */
export const confidenceText = (confidence: number): string =>
  `${Number((100 * confidence).toPrecision(8))} %`;

function liftText({ lift }: Untested): string {
  const bound = (value: number | null, none: string): string => (value === null ? none : formatNumber(value));
  return (
    `lift ${formatNumber(lift.value)} [${bound(lift.lower, "no bound")}, ${bound(lift.upper, "no bound")}] ` +
    `at ${confidenceText(lift.confidence)}`
  );
}

function successEffect(effect: Untested): MetricEffect {
  const { lower, upper } = gainBounds(effect);
  const same = effect.lift.method === "exact";
  const decision = same
    ? "same"
    : lower > 0
      ? "better"
      : upper < 0
        ? "worse"
        : upper <= 0
          ? "same"
          : "undecided";
  const words = {
    same: "no different from the incumbent",
    better: "shown to be better",
    worse: "shown to be worse",
    undecided: "neither better nor worse is shown",
  }[decision];
  return { ...effect, decision, text: `${liftText(effect)}: ${words}` };
}

function guardrailEffect(effect: Untested): MetricEffect {
  const { lower, upper } = gainBounds(effect);
  const margin = effect.margin!;
  const decision =
    effect.lift.method === "exact"
      ? "same"
      : lower > -margin
        ? "not-worse"
        : upper < 0
          ? "worse"
          : "undecided";
  const words = {
    same: "no different from the incumbent",
    worse:
      upper < -margin
        ? "shown to lose more than the margin"
        : "shown to lose, and perhaps more than the margin",
    "not-worse":
      upper < 0 ? "shown to lose, and less than the margin" : "shown not to lose more than the margin",
    undecided: "a loss beyond the margin is not ruled out",
  }[decision];
  return { ...effect, decision, text: `${liftText(effect)}, margin ${formatNumber(margin)}: ${words}` };
}

function wallEffect(effect: Untested, events: number): MetricEffect {
  const limit = effect.limit!;
  const lower = effect.candidate.lower ?? -Infinity;
  const upper = effect.candidate.upper ?? Infinity;
  const never = limit === 0;
  const decision = never
    ? events > 0
      ? "limit-broken"
      : "within-limit"
    : lower > limit
      ? "limit-broken"
      : upper <= limit
        ? "within-limit"
        : "undecided";
  const sure = `at ${confidenceText(0.5 + effect.candidate.confidence / 2)}`;
  const most = `at most ${formatNumber(upper)} ${sure}`;
  const text = never
    ? events > 0
      ? `it must never happen, and ${events} logged decision${events === 1 ? "" : "s"} that the candidate may make did it`
      : `it must never happen, and no logged decision that the candidate may make did it (${most})`
    : `candidate ${formatNumber(effect.candidate.value)}, ${decision === "limit-broken" ? `at least ${formatNumber(lower)} ${sure}` : most}, limit ${formatNumber(limit)}: ` +
      {
        "limit-broken": "shown to be beyond",
        "within-limit": "shown to be within",
        undecided: "not shown to be within",
      }[decision];
  return { ...effect, decision, text };
}
