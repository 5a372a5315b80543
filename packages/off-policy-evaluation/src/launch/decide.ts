import type { MetricEffect, ValidityCheck, VerdictName } from "@longview/formats";
import { formatNumber } from "./format-number.ts";
import { gainBounds } from "./metric-effects.ts";

/** A reason, with a stable code. */
export interface Reason {
  readonly code: string;
  readonly text: string;
}

/** A verdict and why. */
export interface Decision {
  readonly verdict: VerdictName;
  readonly reasons: readonly Reason[];
}

/**
 * The decision rule:
 * 1. a red validity check: NO-DECISION;
 * 2. a wall broken: HOLD;
 * 3. harm shown (any success metric or guardrail worse), or no success metric that can still be better: HOLD;
 * 4. a success metric better, every guardrail shown not to lose more than its margin, every wall shown to be within its limit: SHIP;
 * 5. else NO-DECISION, with what is not shown.
 */
export function decide(effects: readonly MetricEffect[], validity: readonly ValidityCheck[]): Decision {
  const invalid = validity.filter(({ state }) => state === "red");
  if (invalid.length > 0)
    return {
      verdict: "NO-DECISION",
      reasons: invalid.map(({ id, title, found, needed }) => ({
        code: `invalid:${id}`,
        text: `${title}: ${found}; needed: ${needed}`,
      })),
    };
  const because = (code: string, chosen: readonly MetricEffect[]): Reason[] =>
    chosen.map(({ metric, text }) => ({ code: `${code}:${metric}`, text: `${metric}: ${text}` }));
  const success = effects.filter(({ role }) => role === "primary" || role === "success");
  const stops = [
    ...because(
      "wall",
      effects.filter(({ decision }) => decision === "limit-broken"),
    ),
    ...because(
      "harm",
      effects.filter(({ decision }) => decision === "worse"),
    ),
  ];
  const hopeless = success.every((effect) => gainBounds(effect).upper <= 0);
  if (hopeless && !stops.some(({ code }) => success.some(({ metric }) => code === `harm:${metric}`)))
    stops.push(
      ...because(
        "no-gain",
        success.filter((effect) => gainBounds(effect).upper <= 0),
      ),
    );
  if (stops.length > 0) return { verdict: "HOLD", reasons: stops };
  const won = success.filter(({ decision }) => decision === "better");
  const open = effects.filter(
    ({ role, decision }) => decision === "undecided" && role !== "primary" && role !== "success",
  );
  if (won.length > 0 && open.length === 0)
    return {
      verdict: "SHIP",
      reasons: [
        ...because("gain", won),
        ...because(
          "guarded",
          effects.filter(({ role }) => role === "guardrail" || role === "wall"),
        ),
      ],
    };
  return {
    verdict: "NO-DECISION",
    reasons: [...(won.length > 0 ? [] : because("not-shown", success)), ...because("not-ruled-out", open)],
  };
}

/** A threshold near enough to turn the verdict. */
export interface Flip {
  /** The metric, or the title of the check. */
  readonly metric: string;
  readonly text: string;
  /** Standard errors between a bound and the threshold; 0 for evidence, which is not measured in them. */
  readonly distance: number;
}

/** The thresholds nearest to turning the verdict, nearest first. */
export function nearestFlips(
  decision: Decision,
  effects: readonly MetricEffect[],
  validity: readonly ValidityCheck[],
  count = 2,
): Flip[] {
  const invalid = validity.filter(({ state }) => state === "red");
  if (invalid.length > 0)
    return invalid.slice(0, count).map(({ title, found, needed }) => ({
      metric: title,
      text: `${found}; it takes ${needed}`,
      distance: 0,
    }));
  return effects
    .flatMap((effect) => flipsOf(effect, decision.verdict))
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, count);
}

function flipsOf(effect: MetricEffect, verdict: VerdictName): Flip[] {
  const { metric, role, limit, margin, standardError } = effect;
  if (effect.decision === "same" || !(standardError > 0)) return [];
  const { lower, upper } = gainBounds(effect);
  const flip = (text: string, bound: number, threshold: number): Flip[] =>
    Number.isFinite(bound) ? [{ metric, text, distance: Math.abs(bound - threshold) / standardError }] : [];
  if (role === "wall") {
    if (limit === null || limit === 0) return [];
    const most = effect.candidate.upper ?? Infinity;
    return flip(
      `the candidate's upper bound ${formatNumber(most)} against the limit ${formatNumber(limit)}`,
      most,
      limit,
    );
  }
  if (role === "guardrail") {
    const edge = -(margin ?? 0);
    const kept = flip(
      `the least gain ${formatNumber(lower)} that is not ruled out, against the margin ${formatNumber(edge)}`,
      lower,
      edge,
    );
    const harmed = flip(`the largest gain ${formatNumber(upper)} that is not ruled out, against 0`, upper, 0);
    return verdict === "HOLD" ? harmed : kept;
  }
  return verdict === "HOLD"
    ? flip(`the largest gain ${formatNumber(upper)} that is not ruled out, against 0`, upper, 0)
    : flip(`the least gain ${formatNumber(lower)} that is not ruled out, against 0`, lower, 0);
}
