import type { MetricEffect, ValidityCheck, VerdictName } from "@longview/formats";
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
