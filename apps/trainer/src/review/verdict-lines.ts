import { STAKEHOLDERS } from "@longview/formats";
import type { LightState, Verdict, VerdictName } from "@longview/formats";
import type pc from "picocolors";
import { writeConfidence, writeEstimate, writeNumber, writeShare } from "./numbers.ts";
import { STATE_WORDS, VERDICT_WORDS, distanceText, isVoid } from "./words.ts";

/** Colours of a terminal; where there is none, `createColors(false)`. */
export type TerminalColours = Pick<
  ReturnType<typeof pc.createColors>,
  "bold" | "dim" | "green" | "yellow" | "red"
>;

/** Without what moves the cursor or turns the direction of writing: labels come from users. */
const printable = (text: string): string => text.replaceAll(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, " ");

const LABEL_WIDTH = 10;

const labelled = (label: string, text: string): string => `${label.padEnd(LABEL_WIDTH)}${printable(text)}`;

function liftText({ metrics }: Verdict): string {
  const primary = metrics.find((effect) => effect.role === "primary");
  if (primary === undefined) return "absent";
  const { value, interval } = writeEstimate(primary.lift, { signed: true, thresholds: [0] });
  const relative =
    primary.relativeLift === null
      ? ""
      : `, ${writeShare(primary.relativeLift, true)} of the incumbent’s ${writeNumber(primary.incumbent.value)}`;
  return `${primary.metric} ${value} ${interval} at ${writeConfidence(primary.lift.confidence)}${relative}`;
}

/**
 * What a terminal prints of a verdict: notices, the verdict, what changes, the largest risk, reasons, lights, the primary lift
 * and what would flip it. Where the page lies is the caller's to add.
 */
export function verdictLines(verdict: Verdict, colours: TerminalColours): string[] {
  const paint: Readonly<Record<VerdictName, (text: string) => string>> = {
    SHIP: colours.green,
    HOLD: colours.red,
    "NO-DECISION": colours.yellow,
  };
  const paintState: Readonly<Record<LightState, (text: string) => string>> = {
    green: colours.green,
    amber: colours.yellow,
    red: colours.red,
    absent: colours.dim,
  };
  const { word, rest } = VERDICT_WORDS[verdict.verdict];
  const lights = (["validity", ...STAKEHOLDERS] as const).map((name) => {
    const light = verdict.lights.find((each) => each.name === name);
    const state = light?.state ?? "absent";
    const text = light?.text ?? "nothing in the verdict answers for it";
    return `${name.padEnd(LABEL_WIDTH)}${paintState[state](STATE_WORDS[state].padEnd(8))} ${printable(text)}`;
  });
  return [
    ...verdict.notices.map((notice) => colours.yellow(labelled("notice", notice))),
    `${colours.bold(paint[verdict.verdict](word))}${verdict.verdict === "SHIP" ? "" : ":"} ${rest}`,
    printable(verdict.headline),
    labelled("risk", verdict.risk),
    ...verdict.reasons.map(
      (reason) => `${labelled("reason", reason.text)} ${colours.dim(`(${printable(reason.code)})`)}`,
    ),
    "",
    ...lights,
    "",
    labelled("lift", `${isVoid(verdict) ? "if the log could be believed: " : ""}${liftText(verdict)}`),
    ...verdict.flips.map(({ metric, text, distance }) =>
      labelled("flip", `${metric}: ${text}${distance === 0 ? "" : ` (${distanceText(distance)})`}`),
    ),
  ];
}
