import type { FileHash, GateSpec, ValidityCheck } from "@longview/formats";
import type { Calibration } from "../diagnostics/calibration.ts";
import type { SampleRatioByDay } from "../diagnostics/sample-ratio.ts";
import { check, percent, redUnless, type EvidenceFacts } from "./check.ts";
import { formatNumber, pValueText } from "./format-number.ts";
import { horizonCheck } from "./horizon-check.ts";
import { itemCheck, PROPENSITY_LEVEL, uniformCheck, weightCheck } from "./propensity-checks.ts";
import { FEW_PROPENSITIES } from "./row-profile.ts";
import { supportCheck } from "./support-check.ts";

/** What is known of the evidence beside the log's rows. */
export interface ValidityContext extends EvidenceFacts {
  readonly spec: GateSpec;
  /** Whether the incumbent is the policy that wrote the log: its weights are 1. */
  readonly incumbentLogged: boolean;
  /** Of all rows read. */
  readonly quarantinedShare: number;
  /** Calibration of propensities that had to be estimated; undefined where the log holds them. */
  readonly estimatedPropensities: Calibration | undefined;
  readonly sampleRatio: SampleRatioByDay | undefined;
  readonly logFiles: readonly { readonly path: string; readonly sha256: string }[];
  readonly learnedFrom: readonly FileHash[];
}

/** Usual for sample ratios: they are looked at for many days. */
const RATIO_LEVEL = 0.001;

/** Every check of whether the evidence can carry the question. A red one forbids any decision. */
export function validityChecks(context: ValidityContext): ValidityCheck[] {
  const every = context.spec.evidence.everyActionPossible;
  return [
    contractCheck(context),
    sourceCheck(context),
    digitsCheck(context),
    sizeCheck(context),
    shareCheck(context),
    weightCheck(context, "candidate"),
    ...(context.incumbentLogged ? [] : [weightCheck(context, "incumbent")]),
    uniformCheck(context, every),
    itemCheck(context, every),
    tailCheck(context),
    supportCheck(context, context.spec),
    horizonCheck(context),
    unitsCheck(context),
    ratioCheck(context),
    driftCheck(context),
    agreementCheck(context),
    lineageCheck(context),
  ];
}

/** The checks that need no specification. */
export function evidenceChecks(facts: EvidenceFacts): ValidityCheck[] {
  return [
    weightCheck(facts, "candidate"),
    uniformCheck(facts, false),
    itemCheck(facts, false),
    tailCheck(facts),
    supportCheck(facts, undefined),
    horizonCheck(facts),
    driftCheck(facts),
    agreementCheck(facts),
  ];
}

function contractCheck({ spec, quarantinedShare }: ValidityContext): ValidityCheck {
  const most = spec.evidence.quarantinedShare;
  return check("contract", "Log contract", redUnless(quarantinedShare <= most), [
    `${percent(quarantinedShare)} of rows were set aside`,
    `at most ${percent(most)}`,
    "Rows that break the log's contract are not evidence; many of them say that logging is broken.",
  ]);
}

function sourceCheck({ spec, estimatedPropensities: model }: ValidityContext): ValidityCheck {
  const title = "Source of the propensities";
  if (model === undefined)
    return check("propensities", title, "green", [
      "logged with the decisions",
      "logged when the decision was made",
      "Logged probabilities make an estimate unbiased.",
    ]);
  const allowed = spec.evidence.estimatedPropensities;
  const calibrated = model.pValue >= PROPENSITY_LEVEL;
  return check("propensities", title, allowed && calibrated ? "amber" : "red", [
    `they were estimated, not logged (calibration ${pValueText(model.pValue)})`,
    allowed
      ? `logged ones, or estimates that are calibrated (p at least ${PROPENSITY_LEVEL})`
      : "logged ones; the specification does not allow estimates",
    "Estimated probabilities are right only as far as the features explain what was shown.",
  ]);
}

/** By how much rounding may move the weights. */
const LARGEST_ROUNDING = 0.01;

function digitsCheck({ spec, evidence }: ValidityContext): ValidityCheck {
  const { decimals, propensities, propensitiesVary, weightByPropensity, weights } = evidence.profile;
  const { mean, count } = weights.diagnostics();
  const halfStep = decimals === undefined ? 0 : 0.5 * 10 ** -decimals;
  const moved = (halfStep * weightByPropensity) / (mean * count);
  const rounded = propensitiesVary && propensities.size > FEW_PROPENSITIES && moved > LARGEST_ROUNDING;
  return check(
    "propensity-digits",
    "Digits of the propensities",
    !rounded ? "green" : spec.evidence.roundedPropensities ? "amber" : "red",
    [
      decimals === undefined
        ? "they have more than 4 decimals"
        : `they have ${decimals} decimal${decimals === 1 ? "" : "s"}, and half a step of the last moves a weight by ${percent(moved)}`,
      `a move of at most ${percent(LARGEST_ROUNDING)}, few different values, or one value an item`,
      "Propensities that were rounded make weights wrong by amounts that no test of their mean sees.",
    ],
  );
}

/** What the weights are of. */
const episodesOf = ({ horizon }: EvidenceFacts["evidence"]): "decisions" | "sessions" =>
  horizon > 1 ? "sessions" : "decisions";

function sizeCheck({ spec, evidence }: ValidityContext): ValidityCheck {
  const { effectiveSampleSize, count } = evidence.weights.diagnostics();
  const least = spec.evidence.effectiveSampleSize;
  return check("effective-sample-size", "Effective sample size", redUnless(effectiveSampleSize >= least), [
    `${formatNumber(effectiveSampleSize)} of ${formatNumber(count)} ${episodesOf(evidence)}`,
    `at least ${formatNumber(least)}`,
    `So many of the candidate's own ${episodesOf(evidence)} would say as much as this log does.`,
  ]);
}

function shareCheck({ spec, evidence }: ValidityContext): ValidityCheck {
  const { largestShare } = evidence.weights.diagnostics();
  const most = spec.evidence.largestWeightShare;
  return check("largest-weight", "Largest weight's share", redUnless(largestShare <= most), [
    `one ${episodesOf(evidence).slice(0, -1)} weighs ${percent(largestShare)} of all`,
    `at most ${percent(most)}`,
    `When one ${episodesOf(evidence).slice(0, -1)} weighs much of all, it decides alone.`,
  ]);
}

const TAIL_STATES = { good: "green", fair: "amber", bad: "red", unknown: "green" } as const;

function tailCheck({ evidence }: EvidenceFacts): ValidityCheck {
  const { shape, verdict, count } = evidence.weights.diagnostics().paretoTail;
  return check("weight-tail", "Tail of the weights", TAIL_STATES[verdict], [
    verdict === "unknown"
      ? `no tail: too few different ones among the ${count} weights that stand out`
      : `it has a Pareto shape of ${formatNumber(shape)}`,
    "a shape below 0.7, better below 0.5",
    "With a heavy tail a sample does not show its own uncertainty.",
  ]);
}

function unitsCheck({ spec, evidence }: ValidityContext): ValidityCheck {
  const least = spec.evidence.units;
  const enough = evidence.unitCount >= least;
  return check("units", "Independent units", !enough ? "red" : evidence.unitsKnown ? "green" : "amber", [
    evidence.unitsKnown
      ? `${formatNumber(evidence.unitCount)}${evidence.unitsExact ? "" : " groups of them"}`
      : `${formatNumber(evidence.unitCount)} decisions, taken as independent`,
    `at least ${formatNumber(least)}`,
    evidence.unitsKnown
      ? "Decisions of one unit are counted together."
      : "The log does not say who was decided for: users who come back would make the intervals too narrow.",
  ]);
}

function ratioCheck({ spec, sampleRatio }: ValidityContext): ValidityCheck {
  const title = "Sample ratio by day";
  if (sampleRatio === undefined)
    return check("sample-ratio", title, spec.assignment === undefined ? "absent" : "amber", [
      spec.assignment === undefined
        ? "the specification promises no shares"
        : "units, times or policies are not known",
      "promised shares of units",
      "Whether units came to policies in the shares that were promised.",
    ]);
  const good = sampleRatio.mismatchedDays.length === 0 && sampleRatio.overall.pValue >= RATIO_LEVEL;
  return check("sample-ratio", title, redUnless(good), [
    good
      ? `units came in the promised shares, within chance (${pValueText(sampleRatio.overall.pValue)})`
      : `units came in other shares than promised (${pValueText(sampleRatio.overall.pValue)}; ` +
        `${sampleRatio.mismatchedDays.length} of ${sampleRatio.days.length} days by themselves)`,
    `the promised shares, within chance (p at least ${RATIO_LEVEL} overall and by day)`,
    "Units that went missing from one side make the sides differ before any policy does.",
  ]);
}

function driftCheck({ drift }: EvidenceFacts): ValidityCheck {
  const title = "Drift over days";
  if (drift.days < 2)
    return check("drift", title, "absent", [
      drift.days === 0 ? "no times" : "one day",
      "at least two days",
      "Whether the logged reward stayed the same over the log's days.",
    ]);
  const steady = drift.pValue >= RATIO_LEVEL;
  return check("drift", title, steady ? "green" : "amber", [
    `the logged reward ${steady ? "is steady" : "differs"} over ${drift.days} days, ${steady ? "within" : "by more than"} chance (${pValueText(drift.pValue)})`,
    `differences within chance (p at least ${RATIO_LEVEL})`,
    "A log that drifts says less of tomorrow; the paired lift shares the drift on both sides.",
  ]);
}

function agreementCheck({ agreement }: EvidenceFacts): ValidityCheck {
  const title = "Estimators agree";
  if (agreement === undefined)
    return check("agreement", title, "absent", [
      "fewer than two estimators",
      "two estimators that rest on different assumptions",
      "Whether different assumptions give one answer.",
    ]);
  const worst = Math.min(...agreement.pairs.map(({ adjustedPValue }) => adjustedPValue));
  return check("agreement", title, redUnless(agreement.agree), [
    `they differ by up to ${formatNumber(agreement.spread)}, ${agreement.agree ? "within" : "more than"} chance (smallest corrected ${pValueText(worst)})`,
    "differences within chance (corrected p at least 0.01 for every pair)",
    "When estimators differ by more than chance, an assumption of one of them is wrong.",
  ]);
}

function lineageCheck({ learnedFrom, logFiles }: ValidityContext): ValidityCheck {
  const seen = logFiles.filter(({ sha256 }) => learnedFrom.some((file) => file.sha256 === sha256));
  return check("lineage", "Evaluated on what it did not learn from", redUnless(seen.length === 0), [
    seen.length === 0
      ? "the candidate learned from no file of this log"
      : `the candidate learned from ${seen.map(({ path }) => path).join(", ")}, which it is judged on`,
    "a log that it did not learn from",
    "A policy looks better than it is on the data that made it.",
  ]);
}
