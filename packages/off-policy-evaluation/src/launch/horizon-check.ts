import type { ValidityCheck } from "@longview/formats";
import { check, percent, type EvidenceFacts } from "./check.ts";
import { formatNumber } from "./format-number.ts";
import type { LaunchEvidence } from "./gather-evidence.ts";

/** Whether the horizon cuts the log's sessions off. */
export const cutsSessions = ({ sessions }: Pick<LaunchEvidence, "sessions">): boolean =>
  (sessions?.shareBeyond ?? 0) > 0;

/** The log's sessions in words, as a horizon treats them. */
export function sessionsText({ horizon, sessions }: Pick<LaunchEvidence, "horizon" | "sessions">): string {
  const mean = sessions?.meanLength ?? 1;
  const length = mean >= 10 ? Math.round(mean) : Number(mean.toPrecision(2));
  const decisions = `sessions of ${formatNumber(length)} decision${length === 1 ? "" : "s"} on average`;
  if (horizon === 1) return `${decisions}, each decision valued by itself`;
  return `${decisions}, of which the first ${horizon} are valued (${percent(sessions?.shareBeyond ?? 0)} of decisions come later)`;
}

/** Whether the horizon holds the log's sessions: a decision changes the states of those after it. */
export function horizonCheck({ evidence }: EvidenceFacts): ValidityCheck {
  const { horizon, sessions } = evidence;
  const needed = "a horizon that holds whole sessions";
  if (sessions === undefined)
    return check("horizon", "Horizon", "absent", [
      "the log has no sessions with steps",
      needed,
      "Whether a decision changes the states of later ones cannot be seen: each is valued by itself.",
    ]);
  const one = horizon === 1;
  if (!cutsSessions(evidence))
    return check("horizon", "Horizon", "green", [
      one ? "every session is one decision" : `every session ends within ${horizon} decisions`,
      needed,
      "No decision that the log knows of lies beyond the horizon.",
    ]);
  return check("horizon", "Horizon", "amber", [
    sessionsText(evidence),
    one ? "sessions of one decision, or a horizon that holds them" : needed,
    one
      ? "The candidate is valued at the states that the incumbent made; what it changes for later decisions is not in this estimate."
      : `What the candidate does and changes after ${horizon} decisions of a session is not in this estimate.`,
  ]);
}
