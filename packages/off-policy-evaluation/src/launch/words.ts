import {
  STAKEHOLDERS,
  type GateSpec,
  type LightState,
  type MetricEffect,
  type SegmentRow,
  type ValidityCheck,
  type Verdict,
} from "@longview/formats";
import { formatNumber } from "./format-number.ts";
import type { LaunchEvidence } from "./gather-evidence.ts";
import { cutsSessions, sessionsText } from "./horizon-check.ts";
import type { LaunchContext } from "./judge-launch.ts";
import { confidenceText, gainBounds } from "./metric-effects.ts";

const interval = ({ lower, upper }: MetricEffect["lift"]): string =>
  `[${lower === null ? "no bound" : formatNumber(lower)}, ${upper === null ? "no bound" : formatNumber(upper)}]`;

/** What is valued, and at whose states. */
const valuedText = (spec: GateSpec): string =>
  spec.estimand.horizon === 1 ? " (each decision by itself, at the states as the incumbent left them)" : "";

const episodeName = (spec: GateSpec): string =>
  spec.estimand.horizon === 1
    ? "per decision"
    : `per session (its first ${spec.estimand.horizon} decisions, discounted by ${spec.estimand.discountFactor} a decision)`;

/** What is estimated, in one sentence. */
export function estimandText(spec: GateSpec): string {
  return (
    `Mean difference in ${spec.primary.metric} ${episodeName(spec)} between the candidate and the incumbent${valuedText(spec)}, over ` +
    `${spec.estimand.states}; outcomes: ${spec.estimand.attributionWindow}; assuming that what one user is shown ` +
    `does not change another's outcome.`
  );
}

/** How often the data is looked at, in words. */
export function looksText({ looks }: GateSpec): string {
  if (looks === "once") return "once";
  if (looks === "unlimited") return "after every decision: bounds hold at all times at once";
  return `${looks.planned} times: each look spends ${formatNumber(1 / looks.planned)} of the error that is allowed`;
}

/** What changes for whom, in one sentence; on evidence that is not valid, that this is not known. */
export function headlineText(
  effects: readonly MetricEffect[],
  validity: readonly ValidityCheck[],
  { candidate, incumbent, spec }: LaunchContext,
): string {
  const primary = effects[0]!;
  const against = incumbent.label === "logged" ? "the policy that wrote the log" : incumbent.label;
  if (primary.lift.method === "exact")
    return `${candidate.label} does exactly what ${against} does at every logged decision.`;
  if (validity.some(({ state }) => state === "red"))
    return `What ${candidate.label} would change in ${primary.metric} cannot be told from this log.`;
  const relative = primary.relativeLift === null ? "" : ` (${signed(100 * primary.relativeLift)} %)`;
  return (
    `Under ${candidate.label}, ${primary.metric} would change by ${signed(primary.lift.value)} ${episodeName(spec)}${relative} ` +
    `against ${against}; ${confidenceText(primary.lift.confidence)} interval ${interval(primary.lift)}.`
  );
}

const signed = (value: number): string => `${value > 0 ? "+" : ""}${formatNumber(value)}`;

/** The largest risk, in one sentence. */
export function riskText(
  effects: readonly MetricEffect[],
  validity: readonly ValidityCheck[],
  segments: readonly SegmentRow[],
  evidence: Pick<LaunchEvidence, "horizon" | "sessions">,
): string {
  const red = validity.find(({ state }) => state === "red");
  if (red !== undefined)
    return `The evidence cannot carry the question. ${red.title}: ${red.found}; needed: ${red.needed}.`;
  const broken = effects.find(({ decision }) => decision === "limit-broken" || decision === "worse");
  if (broken !== undefined) return `${broken.metric}: ${broken.text}.`;
  return [...(cutsSessions(evidence) ? [horizonRisk(evidence)] : []), effectRisk(effects, segments)].join(
    " ",
  );
}

function horizonRisk(evidence: Pick<LaunchEvidence, "horizon" | "sessions">): string {
  return (
    `The log has ${sessionsText(evidence)}: what the candidate changes ` +
    `${evidence.horizon === 1 ? "for later decisions" : "after those"} is not in these figures, and may break a guardrail.`
  );
}

function effectRisk(effects: readonly MetricEffect[], segments: readonly SegmentRow[]): string {
  const losing = segments.find(({ loses }) => loses);
  if (losing !== undefined)
    return `Users with ${losing.column} = ${losing.value} lose: lift ${formatNumber(losing.lift?.value ?? 0)}.`;
  const tolerated = effects.find(losesWithinMargin);
  if (tolerated !== undefined) return `${tolerated.metric}: ${tolerated.text}.`;
  const [nearest] = effects
    .filter(({ role }) => role === "guardrail" || role === "wall")
    .map((effect) => ({ effect, room: roomOf(effect) }))
    .sort((a, b) => a.room - b.room);
  if (nearest === undefined)
    return "No guardrail or wall was written down: harm beside the success metrics would not be seen.";
  return `The narrowest margin is ${nearest.effect.metric}: ${nearest.effect.text}.`;
}

/** Room between a bound and what must not be passed, in widths of the interval on that side. */
function roomOf(effect: MetricEffect): number {
  const inWidths = (room: number, width: number): number =>
    Number.isFinite(room) ? room / (width > 0 ? width : Number.MIN_VALUE) : -Infinity;
  const { candidate, lift, limit, margin } = effect;
  if (effect.role === "wall") {
    const upper = candidate.upper ?? Infinity;
    return inWidths((limit ?? 0) - upper, upper - candidate.value);
  }
  const { lower } = gainBounds(effect);
  const gain = effect.better === "higher" ? lift.value : -lift.value;
  return inWidths(lower + (margin ?? 0), gain - lower);
}

const TITLES = {
  validity: "Validity",
  users: "User value",
  creators: "Creators and ecosystem",
  safety: "Safety",
  money: "Money",
} as const;

/** Validity and one light a stakeholder. */
export function lightsOf(
  effects: readonly MetricEffect[],
  validity: readonly ValidityCheck[],
): Verdict["lights"] {
  const red = validity.filter(({ state }) => state === "red");
  const amber = validity.filter(({ state }) => state === "amber");
  const first = red[0] ?? amber[0];
  const invalid = red.length > 0;
  return [
    {
      name: "validity",
      title: TITLES.validity,
      state: invalid ? "red" : amber.length > 0 ? "amber" : "green",
      text:
        first === undefined
          ? "every check passed"
          : `${first.title}: ${first.found}${moreText(invalid ? red.length - 1 : amber.length - 1, invalid ? "fail" : "caution")}`,
    },
    ...STAKEHOLDERS.map((name) => {
      const own = effects.filter(({ stakeholder }) => stakeholder === name);
      if (own.length === 0)
        return {
          name,
          title: TITLES[name],
          state: "absent" as const,
          text: "the specification names no metric",
        };
      const state = invalid ? "absent" : stateOf(own);
      const shown = own.find((effect) => rank(effect) === Math.max(...own.map(rank)))!;
      return {
        name,
        title: TITLES[name],
        state,
        text: invalid ? "the evidence is not valid" : `${shown.metric}: ${shown.text}`,
      };
    }),
  ];
}

/** Only what is of the light's own colour is counted: cautions beside a failure are no reasons. */
function moreText(count: number, kind: "fail" | "caution"): string {
  if (count === 0) return "";
  const one = count === 1;
  return `; ${count} more ${kind === "fail" ? (one ? "fails" : "fail") : one ? "caution" : "cautions"}`;
}

/** The most alarming of a stakeholder's metrics is the one that is shown. */
function rank(effect: MetricEffect): number {
  if (losesWithinMargin(effect)) return 3;
  return {
    "limit-broken": 5,
    worse: 4,
    undecided: 3.5,
    better: 2,
    "not-worse": 1,
    "within-limit": 1,
    same: 0,
  }[effect.decision];
}

function stateOf(own: readonly MetricEffect[]): LightState {
  const most = Math.max(...own.map(rank));
  return most >= 4 ? "red" : most >= 3 ? "amber" : "green";
}

/** A guardrail that is shown to lose, and less than its margin: allowed, and to be seen. */
export function losesWithinMargin(effect: Pick<MetricEffect, "decision" | "lift" | "better">): boolean {
  return effect.decision === "not-worse" && gainBounds(effect).upper < 0;
}

/** Every assumption, what uses it, and what was tested. */
export function assumptionRegister(
  { spec, incumbent, estimatedPropensities }: LaunchContext,
  evidence: LaunchEvidence,
  validity: readonly ValidityCheck[],
): Verdict["assumptions"] {
  const found = (id: string): string => {
    const check = validity.find((entry) => entry.id === id);
    return check === undefined || check.state === "absent" ? "not tested" : `${check.state}: ${check.found}`;
  };
  return [
    {
      assumption:
        estimatedPropensities === undefined
          ? "Logged propensities are those the decisions were made with"
          : "The propensity model is right given the features",
      usedBy: "every estimate but the direct method",
      tested: [found("candidate-weights"), found("inverse-propensities"), found("item-propensities")].join(
        "; ",
      ),
    },
    {
      assumption: "Whatever the candidate does, the log's policy could have done",
      usedBy: "every estimate but the direct method",
      tested: found("support"),
    },
    {
      assumption: "What one user is shown does not change another's outcome (no interference)",
      usedBy: "every figure",
      tested:
        "not testable on a log of one policy; creators and advertisers react to a launch, and that is not in here",
    },
    {
      assumption: "Tomorrow's users and items resemble the log's",
      usedBy: "every figure, as a forecast",
      tested: found("drift"),
    },
    {
      assumption: evidence.unitsKnown
        ? "Units are independent of each other"
        : "Decisions are independent of each other",
      usedBy: "every interval",
      tested: evidence.unitsKnown
        ? "decisions of one unit are counted together"
        : "not tested: the log has no unit column",
    },
    ...(spec.estimand.horizon === 1
      ? [
          {
            assumption:
              "A decision does not change what later decisions earn (the incumbent's visits stay as they are)",
            usedBy: "every figure: each decision is valued by itself",
            tested: `${found("horizon")}; a horizon above 1 values sessions instead`,
          },
        ]
      : []),
    {
      assumption: `Outcomes outside the attribution window do not matter: ${spec.estimand.attributionWindow}`,
      usedBy: "every metric",
      tested: "rows whose outcomes are not complete are left out",
    },
    ...(incumbent.label === "logged"
      ? []
      : [
          {
            assumption: `The incumbent is ${incumbent.label}, which did not write the log`,
            usedBy: "every lift",
            tested: found("incumbent-weights"),
          },
        ]),
  ];
}

/** What the report can't answer, and why. */
export function absentAnswers({ spec }: LaunchContext, evidence: LaunchEvidence): string[] {
  const stakeholders = new Set(
    [spec.primary, ...spec.success, ...spec.guardrails, ...spec.walls].map(({ stakeholder }) => stakeholder),
  );
  return [
    ...STAKEHOLDERS.filter((name) => !stakeholders.has(name)).map(
      (name) => `${TITLES[name]}: the specification names no metric of it.`,
    ),
    ...(spec.segments.length === 0 ? ["Who loses: the specification names no segments."] : []),
    ...(spec.segments.length > 0 && evidence.rows === undefined
      ? ["Who loses: segments are computed for logs that fit into memory, of decisions valued by themselves."]
      : []),
    ...(evidence.profile.byPosition.size === 0 ? ["By position: the log has no positions."] : []),
    ...(evidence.profile.byDay.size === 0 ? ["By day, and drift: the log has no times."] : []),
    ...(spec.estimand.horizon === 1 ? ["Long-run effects: each decision is valued by itself."] : []),
    "After creators adapt: a log holds no reaction to a policy that was never launched.",
    "Interference: nothing in a log of one policy can show it.",
  ];
}
