import {
  verdictSchema,
  type CodeVersion,
  type FileHash,
  type GateSpec,
  type Verdict,
} from "@longview/formats";
import type { Calibration } from "../diagnostics/calibration.ts";
import { sampleRatioByDay, type SampleRatioByDay } from "../diagnostics/sample-ratio.ts";
import { decide } from "./decide.ts";
import { checkEstimatorNames, estimatorTable } from "./estimator-rows.ts";
import { dayTable, driftTest, positionTable, supportTable, weightTable } from "./evidence-tables.ts";
import { pValueText } from "./format-number.ts";
import { evidencePlan, gatherEvidence, type LaunchEvidence } from "./gather-evidence.ts";
import type { LaunchLog } from "./launch-log.ts";
import { metricEffects } from "./metric-effects.ts";
import { segmentRows } from "./segment-rows.ts";
import { supportSummary } from "./support-summary.ts";
import { clusterInflation } from "./propensity-checks.ts";
import { validityChecks } from "./validity.ts";
import { verdictFlips } from "./verdict-flips.ts";
import { missingEvidence, verdictFrame, verdictWithoutFigures } from "./verdict-frame.ts";
import { absentAnswers, assumptionRegister, headlineText, lightsOf, riskText } from "./words.ts";

/** What a verdict says beside what the log's rows say. */
export interface LaunchContext {
  readonly spec: GateSpec;
  readonly specFile: FileHash;
  readonly candidate: Verdict["candidate"];
  readonly incumbent: Verdict["incumbent"];
  /** Files, counts and broken rules, as the reader reported them. */
  readonly log: Omit<Verdict["log"], "episodes" | "units" | "unitsKnown" | "firstTime" | "lastTime">;
  /** Logs that the candidate learned from. */
  readonly learnedFrom: readonly FileHash[];
  /** Calibration of propensities that had to be estimated; undefined where the log holds them. */
  readonly estimatedPropensities: Calibration | undefined;
  readonly code: CodeVersion;
}

/**
 * Judges a launch: gathers the evidence in a log, tests what the specification asks for, and decides.
 *
 * A policy that never does what was logged, and a log of a single unit, get NO-DECISION without any figure: there is none.
 *
 * @throws OffPolicyEvaluationError one line, when specification and log do not fit: a metric it lacks, an outcome outside its range
 */
export async function judgeLaunch(log: LaunchLog, context: LaunchContext): Promise<Verdict> {
  const { spec } = context;
  checkEstimatorNames(spec.estimators);
  const evidence = await gatherEvidence(log, evidencePlan(spec));
  const missing = missingEvidence(evidence, context);
  if (missing !== undefined) return verdictWithoutFigures(evidence, context, missing);
  const inflation = clusterInflation(evidence);
  const table = await estimatorTable(log, evidence, spec);
  const effects = metricEffects(evidence, spec);
  const support = supportSummary(evidence.profile.support, evidence.profile.rows, spec.primary.range);
  const validity = validityChecks({
    spec,
    evidence,
    incumbentLogged: context.incumbent.label === "logged",
    quarantinedShare: context.log.rowsQuarantined / context.log.rowsRead,
    actionCount: log.actions?.length,
    estimatedPropensities: context.estimatedPropensities,
    support,
    agreement: table.agreement,
    sampleRatio: sampleRatioOf(evidence, log, spec),
    drift: driftTest(evidence, inflation),
    logFiles: context.log.files,
    learnedFrom: context.learnedFrom,
  });
  const decision = decide(effects, validity);
  const segments = evidence.rows === undefined ? [] : segmentRows(evidence, evidence.rows, spec);
  const calibrationOf = (found: Calibration): NonNullable<Verdict["propensityModel"]> => ({
    expectedError: found.expectedError,
    pValue: found.pValue,
    bins: found.bins.map(({ predicted, observed, count }) => ({ predicted, observed, count })),
  });
  return verdictSchema.parse({
    ...verdictFrame(evidence, context),
    verdict: decision.verdict,
    headline: headlineText(effects, validity, context),
    risk: riskText(effects, validity, segments, evidence),
    reasons: decision.reasons,
    flips: verdictFlips(decision, effects, validity),
    lights: lightsOf(effects, validity),
    metrics: effects,
    validity,
    estimators: table.rows,
    agreement:
      table.agreement === undefined
        ? null
        : {
            agree: table.agreement.agree,
            spread: table.agreement.spread,
            pairs: table.agreement.pairs.map(
              ({ first, second, difference, standardError, adjustedPValue }) =>
                `${first} − ${second}: ${difference.toPrecision(3)} ± ${standardError.toPrecision(2)}, corrected ${pValueText(adjustedPValue)}`,
            ),
          },
    weights: weightTable(evidence),
    support: supportTable(evidence, log, support),
    rewardModel:
      table.rewardModel === undefined
        ? null
        : { kind: table.rewardModel.kind, ...calibrationOf(table.rewardModel.calibration) },
    propensityModel:
      context.estimatedPropensities === undefined ? null : calibrationOf(context.estimatedPropensities),
    positions: positionTable(evidence, log.positionBase),
    days: dayTable(evidence, inflation),
    segments,
    assumptions: assumptionRegister(context, evidence, validity),
    absent: absentAnswers(context, evidence),
  });
}

/** Units by policy and the day they first came, where the specification promises shares. */
function sampleRatioOf(
  { rows }: LaunchEvidence,
  log: LaunchLog,
  { assignment }: GateSpec,
): SampleRatioByDay | undefined {
  if (assignment === undefined || rows?.policy === undefined || rows.time === undefined) return undefined;
  const { policy, time, unit } = rows;
  const policies = Object.keys(assignment);
  const seen = new Set<number>();
  const groups: number[] = [];
  const days: number[] = [];
  for (let i = 0; i < rows.rowCount; i++) {
    if (unit !== undefined) {
      if (seen.has(unit[i]!)) continue;
      seen.add(unit[i]!);
    }
    const group = policies.indexOf(log.policies![policy[i]!]!);
    if (group < 0) continue;
    groups.push(group);
    days.push(Math.floor(time[i]! / 86_400));
  }
  if (groups.length === 0 || policies.length < 2) return undefined;
  return sampleRatioByDay(groups, days, Object.values(assignment));
}
