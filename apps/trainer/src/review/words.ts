import type { LightState, MetricEffect, Verdict, VerdictName } from "@longview/formats";
import { losesWithinMargin } from "@longview/off-policy-evaluation";
import { Html, markup } from "../report/html.ts";
import { writeCounted, writeNumber } from "./numbers.ts";
import type { Tone } from "./track.ts";

/** The verdict as the page and the terminal print it. */
export const VERDICT_WORDS: Readonly<Record<VerdictName, { readonly word: string; readonly rest: string }>> =
  {
    SHIP: { word: "SHIP", rest: "to the first stage of a rollout" },
    HOLD: { word: "HOLD", rest: "do not launch this candidate" },
    "NO-DECISION": { word: "NO-DECISION", rest: "this evidence can’t decide" },
  };

/** Titles of the lights, for a verdict that leaves one out. */
export const LIGHT_TITLES: Readonly<Record<Verdict["lights"][number]["name"], string>> = {
  validity: "Validity",
  users: "Users",
  creators: "Creators",
  safety: "Safety",
  money: "Money",
};

/** A light in a word, so that its colour is never needed. */
export const STATE_WORDS: Readonly<Record<LightState, string>> = {
  green: "passes",
  amber: "caution",
  red: "fails",
  absent: "absent",
};

/** A decision about a metric in words. */
export const DECISION_WORDS: Readonly<Record<MetricEffect["decision"], string>> = {
  better: "better",
  "not-worse": "not worse",
  worse: "worse",
  undecided: "undecided",
  "within-limit": "within limit",
  "limit-broken": "limit broken",
  same: "same",
};

type IconName = LightState | "same";

const DECISION_STATES: Readonly<Record<MetricEffect["decision"], IconName>> = {
  better: "green",
  "not-worse": "green",
  worse: "red",
  undecided: "amber",
  "within-limit": "green",
  "limit-broken": "red",
  same: "same",
};

const ICONS: Readonly<Record<IconName, Html>> = {
  green: new Html('<circle cx="8" cy="8" r="7.5"/><path d="M4.5 8.4l2.4 2.4 4.6-5.2"/>'),
  amber: new Html('<path class="shape" d="M8 .8L15.6 15H.4z"/><path d="M8 5.4v4.6M8 12.2v.6"/>'),
  red: new Html('<rect width="16" height="16" rx="2.5"/><path d="M4.6 4.6l6.8 6.8M11.4 4.6l-6.8 6.8"/>'),
  absent: new Html('<circle cx="8" cy="8" r="6.8"/><path d="M5 8h6"/>'),
  same: new Html('<circle cx="8" cy="8" r="7.5"/><path d="M5 6.3h6M5 9.9h6"/>'),
};

/** A sign whose shape tells states apart without colour. */
export const icon = (state: IconName): Html =>
  markup`<svg class="icon ${state}" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">${ICONS[state]}</svg>`;

/** A state with its sign and its word. */
export const stateBadge = (state: LightState): Html =>
  markup`<span class="state ${state}">${icon(state)} ${STATE_WORDS[state]}</span>`;

type Decided = Pick<MetricEffect, "decision" | "lift" | "better">;

/** Sign and words agree with the light: a loss that the margin tolerates is a caution. */
const stateOf = (effect: Decided): IconName =>
  losesWithinMargin(effect) ? "amber" : DECISION_STATES[effect.decision];

/** A metric's decision with its sign and its words. */
export function decisionBadge(effect: Decided): Html {
  const state = stateOf(effect);
  const words = losesWithinMargin(effect) ? "within margin" : DECISION_WORDS[effect.decision];
  return markup`<span class="state ${state}">${icon(state)} ${words}</span>`;
}

/** How a decision is marked on an axis. */
export function toneOf(effect: Decided): Tone {
  const state = stateOf(effect);
  return state === "green" ? "good" : state === "red" ? "bad" : state === "amber" ? "open" : "plain";
}

/** Whether a check of the evidence fails, so that no figure is evidence. */
export const isVoid = ({ validity }: Verdict): boolean => validity.some(({ state }) => state === "red");

/** How far a bound is from a threshold, in the metric's units. */
export const distanceText = (distance: number): string =>
  `${writeNumber(Number(distance.toPrecision(2)))} away in its own units`;

/** What a metric has to show, in its own units. */
export function requirement(effect: MetricEffect): string {
  const { role, better, margin, limit } = effect;
  if (role === "wall") {
    if (limit === null) return "no limit";
    return limit === 0 ? "may never happen" : `limit ${writeNumber(limit)}`;
  }
  if (role === "guardrail")
    return margin === null
      ? "no margin"
      : `tolerates ${writeNumber(better === "higher" ? -margin : margin, true)}`;
  return better === "higher" ? "must be above 0" : "must be below 0";
}

/** When the log was written: its first and last day; says so where it does not tell. */
export function logWindow({ log, days }: Verdict): string {
  const first = days[0]?.day;
  const last = days.at(-1)?.day;
  if (first !== undefined && last !== undefined) return first === last ? first : `${first} to ${last}`;
  const { firstTime, lastTime } = log;
  return firstTime === null || lastTime === null
    ? "absent: the log has no time"
    : `${writeNumber(firstTime)} to ${writeNumber(lastTime)} s`;
}

/** How many episodes the log has, and what they are. */
export const episodeText = ({ estimand, log }: Verdict): string =>
  writeCounted(log.episodes, estimand.horizon > 1 ? "session" : "decision");
