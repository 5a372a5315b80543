import { verdictSchema, type ValidityCheck, type Verdict } from "@longview/formats";
import type { LaunchEvidence } from "./gather-evidence.ts";
import type { LaunchContext } from "./judge-launch.ts";
import { checkFlip } from "./verdict-flips.ts";
import { absentAnswers, assumptionRegister, estimandText, lightsOf, looksText } from "./words.ts";

/** What every verdict says, whatever it is. */
export function verdictFrame(
  evidence: LaunchEvidence,
  context: LaunchContext,
): Pick<
  Verdict,
  | "schemaVersion"
  | "notices"
  | "estimand"
  | "specification"
  | "candidate"
  | "incumbent"
  | "log"
  | "confidence"
  | "looks"
  | "code"
> {
  const { spec } = context;
  const { profile } = evidence;
  return {
    schemaVersion: 1,
    notices: noticesOf(context),
    estimand: {
      text: estimandText(spec),
      states: spec.estimand.states,
      horizon: spec.estimand.horizon,
      discountFactor: spec.estimand.discountFactor,
      attributionWindow: spec.estimand.attributionWindow,
      interference: spec.estimand.interference,
    },
    specification: { name: spec.name, file: context.specFile },
    candidate: context.candidate,
    incumbent: context.incumbent,
    log: {
      ...context.log,
      episodes: evidence.episodes,
      units: evidence.unitCount,
      unitsKnown: evidence.unitsKnown,
      firstTime: Number.isFinite(profile.firstTime) ? profile.firstTime : null,
      lastTime: Number.isFinite(profile.lastTime) ? profile.lastTime : null,
    },
    confidence: spec.confidence,
    looks: looksText(spec),
    code: context.code,
  };
}

/** Why a log has no figure at all; undefined where it has. */
export function missingEvidence(evidence: LaunchEvidence, context: LaunchContext): ValidityCheck | undefined {
  if (evidence.unitCount < 2)
    return {
      id: "units",
      title: "Independent units",
      state: "red",
      found: "one",
      needed: "at least 2, to say how sure anything is",
      text: "One unit shows nothing of how units differ.",
    };
  if (evidence.withoutOverlap.length === 0) return undefined;
  const who = evidence.withoutOverlap.map((policy) => `${policy} ${context[policy].label}`).join(" and the ");
  if (evidence.horizon > 1)
    return {
      id: "overlap",
      title: "Overlap",
      state: "red",
      found: `no logged session that the ${who} could have gone through to step ${evidence.horizon}`,
      needed: "logged sessions that both policies could have gone through; a shorter horizon may have them",
      text: `The ${who} never goes through what was logged: over ${evidence.horizon} decisions this log says nothing of it.`,
    };
  return {
    id: "overlap",
    title: "Overlap",
    state: "red",
    found: `no logged decision that the ${who} could have made`,
    needed: "logged decisions that both policies could have made",
    text: `The ${who} never does what was logged: this log says nothing of it.`,
  };
}

/** Where there is no estimate and no interval, the verdict says that alone. */
export function verdictWithoutFigures(
  evidence: LaunchEvidence,
  context: LaunchContext,
  check: ValidityCheck,
): Verdict {
  const rows = evidence.profile.rows;
  return verdictSchema.parse({
    ...verdictFrame(evidence, context),
    verdict: "NO-DECISION",
    headline: check.text,
    risk: `The evidence cannot carry the question. ${check.title}: ${check.found}; needed: ${check.needed}.`,
    reasons: [
      { code: `invalid:${check.id}`, text: `${check.title}: ${check.found}; needed: ${check.needed}` },
    ],
    flips: [checkFlip(check)],
    lights: lightsOf([], [check]),
    metrics: [],
    validity: [check],
    estimators: [],
    agreement: null,
    weights: {
      count: rows,
      mean: 0,
      meanLower: 0,
      meanUpper: 0,
      minimum: 0,
      maximum: 0,
      zeroCount: rows,
      effectiveSampleSize: 0,
      largestShare: 0,
      paretoShape: null,
      histogram: [{ from: 0, to: 0, count: rows }],
    },
    support: null,
    rewardModel: null,
    propensityModel: null,
    positions: [],
    days: [],
    segments: [],
    assumptions: assumptionRegister(context, evidence, [check]),
    absent: [
      "Effects, estimators, positions, days and segments: without an estimate there are none.",
      ...absentAnswers(context, evidence),
    ],
  });
}

function noticesOf({ estimatedPropensities, log }: LaunchContext): string[] {
  return [
    ...(estimatedPropensities === undefined
      ? []
      : ["Propensities were not logged: they were estimated, and every figure rests on that model."]),
    ...(log.rowsQuarantined === 0
      ? []
      : [`${log.rowsQuarantined} of ${log.rowsRead} rows broke the log's contract and were set aside.`]),
  ];
}
