import { verdictSchema, type ValidityCheck, type Verdict } from "@longview/formats";
import type { LaunchEvidence } from "./gather-evidence.ts";
import type { LaunchContext } from "./judge-launch.ts";
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

/** Zero overlap has no estimate and no interval: the verdict says that alone. */
export function verdictWithoutOverlap(evidence: LaunchEvidence, context: LaunchContext): Verdict {
  const who = evidence.withoutOverlap.map((policy) => `${policy} ${context[policy].label}`).join(" and the ");
  const text = `The ${who} never does what was logged: this log says nothing of it.`;
  const check: ValidityCheck = {
    id: "overlap",
    title: "Overlap",
    state: "red",
    found: "no logged decision that the policy could have made",
    needed: "logged decisions that both policies could have made",
    text: "Without overlap every estimate by weighting is 0, and means nothing.",
  };
  const rows = evidence.profile.rows;
  return verdictSchema.parse({
    ...verdictFrame(evidence, context),
    verdict: "NO-DECISION",
    headline: text,
    risk: "The evidence cannot carry the question: nothing that the policy does was ever logged.",
    reasons: [{ code: "invalid:overlap", text: `Overlap: ${check.found}; needed: ${check.needed}` }],
    flips: [
      {
        metric: "Overlap",
        text: "A log whose policy does what the candidate does, now and then",
        distance: 0,
      },
    ],
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
    absent: absentAnswers(context, evidence),
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
