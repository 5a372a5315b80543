import type { GateSpec, ValidityCheck } from "@longview/formats";
import { studentQuantile } from "@longview/statistics";
import { check, percent, redUnless, type EvidenceFacts } from "./check.ts";
import { EPISODE } from "./episode-sums.ts";
import { formatNumber } from "./format-number.ts";
import { meanWeight } from "./propensity-checks.ts";

const TITLE = "Support";
/** Of the mean weight's lower bound. */
const CONFIDENCE = 0.95;
/** Where no specification says how much may be missing. */
const USUAL_DEFICIT = 0.01;

/** Whether the log shows what the candidate does. */
export function supportCheck(facts: EvidenceFacts, spec: GateSpec | undefined): ValidityCheck {
  const { support } = facts;
  const most = spec?.evidence.supportDeficit ?? USUAL_DEFICIT;
  if (support === undefined) return unknownSupport(facts, spec, most);
  return check("support", TITLE, redUnless(support.deficit <= most), [
    `${percent(support.deficit)} of the candidate's mass is on what was never shown`,
    `at most ${percent(most)}`,
    `It could shift the primary metric by ${formatNumber(support.valueShift[0])} to ${formatNumber(support.valueShift[1])}; ` +
      "intervals allow for what it could do to each metric.",
  ]);
}

/** Without the whole distribution the mean weight alone says how much may be missing, and it cannot see a little. */
function unknownSupport(
  { evidence }: EvidenceFacts,
  spec: GateSpec | undefined,
  most: number,
): ValidityCheck {
  const needed = `at most ${percent(most)} of its mass on what was never shown`;
  const { mean, standardError } = meanWeight(evidence, EPISODE.candidateWeight);
  const hidden = Math.max(
    0,
    1 - mean + studentQuantile(CONFIDENCE, Math.max(1, evidence.unitCount - 1)) * standardError,
  );
  const broken =
    spec === undefined || spec.evidence.everyActionPossible
      ? undefined
      : spec.walls.find(({ range, limit }) => hidden * range[1] * evidence.means.length > limit);
  if (broken === undefined)
    return check("support", TITLE, "absent", [
      "the candidate's whole distribution is not known",
      needed,
      "The mean weight is what stands in for it: mass that is missing makes it fall below 1.",
    ]);
  return check("support", TITLE, "amber", [
    `the candidate's whole distribution is not known, and up to ${percent(hidden)} of what it does may be missing from the log`,
    needed,
    `So little the mean weight cannot see, and it could break the limit of ${broken.metric}; give the candidate with its whole ` +
      "distribution, or write everyActionPossible where the log's policy shows everything.",
  ]);
}
