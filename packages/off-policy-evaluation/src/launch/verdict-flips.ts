import type { MetricEffect, ValidityCheck, Verdict } from "@longview/formats";
import type { Decision } from "./decide.ts";
import { formatNumber } from "./format-number.ts";
import { confidenceText, gainBounds } from "./metric-effects.ts";

/** A threshold whose other side would turn the verdict. */
export type Flip = Verdict["flips"][number];

/** Thresholds that are named where less blocks the verdict. */
const LEAST = 2;

/** What there is to do about a red check. Checks of propensities have no lever: something is wrong. */
const LEVERS: Readonly<Record<string, string>> = {
  contract: "the rows that were set aside have to be mended where they are logged",
  propensities:
    "log the probability when the decision is made, or let the specification allow estimated ones",
  "propensity-digits": "log propensities in full; the specification may allow rounded ones",
  "effective-sample-size":
    "a longer log, or one whose policy does more often what the candidate would; of sessions, a shorter horizon",
  "largest-weight": "a longer log, or one whose policy shows more often what weighs so much here",
  "candidate-weights":
    "no setting turns this: the propensity column may be the wrong one, or the log lacks what the candidate does",
  "incumbent-weights":
    "no setting turns this: the propensity column may be the wrong one, or the log lacks what the incumbent does",
  "inverse-propensities": "no setting turns this: the propensity column may be the wrong one",
  "item-propensities":
    "no setting turns this: the propensity column may be the wrong one, or wrong for this item",
  "weight-tail": "a log whose policy does more often what the candidate would, or a candidate closer to it",
  support: "a log that also shows what is missing, or a candidate that does not show it",
  units: "a log of more users",
  "sample-ratio":
    "units went missing, or came to another policy than was promised: look at the assignment first",
  agreement: "an assumption of one of the estimators is wrong: propensities, or the reward model",
  lineage: "a log that the candidate did not learn from",
  overlap: "a log that shows what the candidate does",
};

/** What it takes for a check to pass. */
export function checkFlip({ id, title, found, needed }: ValidityCheck): Flip {
  const lever = LEVERS[id];
  return {
    metric: title,
    text: `${found}; needed: ${needed}${lever === undefined ? "" : ` (${lever})`}`,
    distance: 0,
    blocks: true,
  };
}

/** What blocks the verdict, all of it and first; where that is little, the nearest of the other thresholds behind it. */
export function verdictFlips(
  decision: Decision,
  effects: readonly MetricEffect[],
  validity: readonly ValidityCheck[],
): Flip[] {
  const invalid = validity.filter(({ state }) => state === "red");
  if (invalid.length > 0) return invalid.map(checkFlip);
  const blocking = decision.verdict === "SHIP" ? [] : effects.filter((effect) => names(decision, effect));
  const others = effects
    .filter((effect) => !blocking.includes(effect))
    .flatMap((effect) => thresholdOf(effect, decision.verdict) ?? [])
    .toSorted((a, b) => a.near - b.near);
  return [
    ...blocking.map((effect) => ({ ...blockingThreshold(effect, decision), blocks: true })),
    ...others
      .slice(0, Math.max(0, LEAST - blocking.length))
      .map((found) => ({ ...found.flip, blocks: false })),
  ];
}

/** Whether a decision's reasons name the effect in its role: a cost may be a guardrail and a wall. */
function names({ reasons }: Decision, { metric, role }: MetricEffect): boolean {
  return reasons.some(({ code }) => {
    const kind = code.slice(0, code.indexOf(":"));
    return code === `${kind}:${metric}` && (ROLES[kind]?.includes(role) ?? false);
  });
}

const SUCCESS = ["primary", "success"] as const;
const ROLES: Readonly<Record<string, readonly MetricEffect["role"][]>> = {
  wall: ["wall"],
  harm: [...SUCCESS, "guardrail"],
  "no-gain": SUCCESS,
  "not-shown": SUCCESS,
  "not-ruled-out": ["guardrail", "wall"],
};

type Unmarked = Omit<Flip, "blocks">;

function blockingThreshold(effect: MetricEffect, { verdict }: Decision): Unmarked {
  const { metric, decision, limit } = effect;
  if (decision === "same" && effect.lift.method === "exact")
    return { metric, text: "both policies do the same: it takes a candidate that differs", distance: 0 };
  if (decision === "limit-broken" && limit === 0)
    return { metric, text: `${effect.text}: it takes a candidate that never makes them`, distance: 0 };
  return (
    thresholdOf(effect, verdict)?.flip ?? { metric, text: `${effect.text}: nothing bounds it`, distance: 0 }
  );
}

/** A bound against its threshold; `near`: the distance in widths of the interval on that side. */
function thresholdOf(
  effect: MetricEffect,
  verdict: Verdict["verdict"],
): { readonly flip: Unmarked; readonly near: number } | undefined {
  const { metric, role, limit, margin, candidate, lift, decision } = effect;
  if (decision === "same" && lift.method === "exact") return undefined;
  const found = (
    text: string,
    [bound, value, threshold]: readonly [number, number, number],
  ): { flip: Unmarked; near: number } | undefined => {
    if (!Number.isFinite(bound)) return undefined;
    const distance = Math.abs(bound - threshold);
    const width = Math.abs(bound - value);
    return { flip: { metric, text, distance }, near: width > 0 ? distance / width : Infinity };
  };
  if (role === "wall") {
    if (limit === null || limit === 0) return undefined;
    const lower = candidate.lower ?? -Infinity;
    const upper = candidate.upper ?? Infinity;
    const at = `at ${confidenceText(0.5 + candidate.confidence / 2)}`;
    return decision === "limit-broken"
      ? found(
          `the candidate's cost is at least ${formatNumber(lower)} ${at}, above the limit ${formatNumber(limit)}`,
          [lower, candidate.value, limit],
        )
      : found(
          `the candidate's cost is at most ${formatNumber(upper)} ${at}, ${upper <= limit ? "within" : "above"} the limit ${formatNumber(limit)}`,
          [upper, candidate.value, limit],
        );
  }
  const { lower, upper } = gainBounds(effect);
  const gain = effect.better === "higher" ? lift.value : -lift.value;
  if (verdict === "HOLD")
    return found(`the largest gain that is not ruled out is ${formatNumber(upper)}; the threshold is 0`, [
      upper,
      gain,
      0,
    ]);
  const edge = role === "guardrail" ? -(margin ?? 0) : 0;
  return found(
    `the least gain that is not ruled out is ${formatNumber(lower)}; the ${role === "guardrail" ? "margin" : "threshold"} is ${formatNumber(edge)}`,
    [lower, gain, edge],
  );
}
