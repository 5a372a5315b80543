import type { EstimatorRow, GateSpec } from "@longview/formats";
import { BANDIT_ESTIMATORS, type BanditEstimator } from "../bandit/registry.ts";
import { meanTerms } from "../bandit/term-forms.ts";
import { termsDifference } from "../bandit/terms-difference.ts";
import type { Calibration } from "../diagnostics/calibration.ts";
import { estimatorAgreement, type EstimatorAgreement, type NamedTerms } from "../diagnostics/agreement.ts";
import { OffPolicyEvaluationError } from "../error.ts";
import { defaultInterval } from "../intervals/default-interval.ts";
import { liftEnvelope, valueEnvelope, type Envelope } from "../intervals/envelope.ts";
import { BanditLog, ModelledBanditLog } from "../log/bandit-log.ts";
import type { RewardModelKind } from "../models/index.ts";
import { byUnit, unitsOf } from "../intervals/units.ts";
import { influenceValues, type EstimatorTerms } from "../terms.ts";
import { EPISODE } from "./episode-sums.ts";
import type { LaunchEvidence } from "./gather-evidence.ts";
import { guardedLift } from "./guarded-lift.ts";
import type { LaunchLog } from "./launch-log.ts";
import { LARGEST_ROWS_IN_MEMORY, type LaunchRows } from "./launch-rows.ts";
import { boundedEstimate } from "./metric-effects.ts";
import { modelValues } from "./model-values.ts";
import { liftUnitEnvelope, selfNormalizedTerms, valueUnitEnvelope, weightedTerms } from "./unit-estimates.ts";

/** What the table of estimators asks of a specification. */
export type EstimatorPlan = Pick<GateSpec, "confidence" | "estimators"> & {
  readonly rewardModel: RewardModelKind | "auto";
  readonly everyMetric?: boolean;
};

/** Estimates of the candidate's value by every estimator asked for, and whether they agree. */
export interface EstimatorTable {
  readonly rows: readonly EstimatorRow[];
  /** Undefined for fewer than two estimators that must agree. */
  readonly agreement: EstimatorAgreement | undefined;
  /** Of the reward model, where one was fitted. */
  readonly rewardModel: { readonly kind: RewardModelKind; readonly calibration: Calibration } | undefined;
}

/**
 * Refuses names that no estimator has.
 *
 * @throws OffPolicyEvaluationError `BAD_OPTION`
 */
export function checkEstimatorNames(names: readonly string[]): void {
  for (const name of names)
    if (!BANDIT_ESTIMATORS.some(({ id }) => id === name))
      throw new OffPolicyEvaluationError(
        "BAD_OPTION",
        `estimators: there is no ${JSON.stringify(name)}; allowed: ${BANDIT_ESTIMATORS.map(({ id }) => id).join(", ")}`,
      );
}

/** The table for the primary metric (every metric when asked). */
export async function estimatorTable(
  log: LaunchLog,
  evidence: LaunchEvidence,
  plan: EstimatorPlan,
): Promise<EstimatorTable> {
  checkEstimatorNames(plan.estimators);
  const metrics = plan.everyMetric === true ? evidence.metrics.map((_, m) => m) : [0];
  const rows: EstimatorRow[] = [];
  let agreement: EstimatorAgreement | undefined;
  let rewardModel: EstimatorTable["rewardModel"];
  for (const m of metrics) {
    const part =
      evidence.rows === undefined
        ? unitTable(evidence, plan, m)
        : await rowTable(log, evidence, plan, { m, rows: evidence.rows });
    rows.push(...part.rows);
    agreement ??= part.agreement;
    rewardModel ??= part.rewardModel;
  }
  return { rows, agreement, rewardModel };
}

const absentRow = (estimator: BanditEstimator, metric: string, note: string): EstimatorRow => ({
  estimator: estimator.id,
  title: estimator.title,
  metric,
  value: null,
  lift: null,
  note,
});

const DIRECT =
  "rests on the reward model alone; its interval knows of the model's error, not of a model that is wrong in its form";

function noteOf({ id, consistent }: BanditEstimator): string {
  if (consistent) return "";
  return id === "dm"
    ? "rests on the reward model alone; its interval leaves out the model's own error"
    : "trades bias for variance; its interval leaves out the bias and the choice of its parameter";
}

const chosenOf = (plan: EstimatorPlan): BanditEstimator[] =>
  plan.estimators.flatMap((name) => BANDIT_ESTIMATORS.filter(({ id }) => id === name));

/** The two estimators that sums by unit hold, for logs larger than memory and for sessions. */
function unitTable(evidence: LaunchEvidence, plan: EstimatorPlan, m: number): EstimatorTable {
  const { means } = evidence;
  const { metric, range } = evidence.metrics[m]!;
  const { confidence } = plan;
  const forms: Readonly<Record<string, (policy: 0 | 1) => EstimatorTerms>> = {
    ips: (policy) => weightedTerms(means, m, policy),
    snips: (policy) => selfNormalizedTerms(means, m, policy),
  };
  const agreeing: NamedTerms[] = [];
  const why =
    evidence.horizon > 1
      ? "not computable here: sessions are valued by per-decision weights alone"
      : `not computable here: more than ${LARGEST_ROWS_IN_MEMORY.toLocaleString("en-US")} rows`;
  const rows = chosenOf(plan).map((estimator): EstimatorRow => {
    const form = forms[estimator.id];
    if (form === undefined) return absentRow(estimator, metric, why);
    const terms = form(0);
    agreeing.push({ name: estimator.id, terms });
    return {
      ...absentRow(estimator, metric, ""),
      value: boundedEstimate(
        defaultInterval(terms, {
          confidence,
          envelope: valueUnitEnvelope(means, 0, {
            metric: m,
            range,
            onlyExtremes: evidence.onlyExtremes[m]!,
          }),
        }),
      ),
      lift: liftOf(terms, form(1), {
        evidence,
        m,
        confidence,
        envelope: liftUnitEnvelope(means, m, range),
        difference: means.columns[EPISODE.difference]!,
      }),
    };
  });
  return { rows, agreement: agreementOf(agreeing), rewardModel: undefined };
}

interface LiftOptions {
  readonly evidence: LaunchEvidence;
  readonly m: number;
  readonly confidence: number;
  readonly envelope: Envelope;
  /** Candidate's weights less the incumbent's, one entry a row. */
  readonly difference: Float64Array;
  readonly clusters?: Float64Array;
}

function liftOf(
  candidate: EstimatorTerms,
  incumbent: EstimatorTerms,
  { evidence, m, difference, ...options }: LiftOptions,
): EstimatorRow["lift"] {
  const { means, metrics, heaviestDifference } = evidence;
  if (means.alike) return { value: 0, lower: 0, upper: 0, confidence: options.confidence, method: "exact" };
  const terms = termsDifference(candidate, incumbent);
  const units = unitsOf("lift", difference.length, options.clusters);
  return boundedEstimate(
    guardedLift(defaultInterval(terms, options), {
      influence: byUnit(influenceValues(terms), units),
      difference: byUnit(difference, units),
      heaviestDifference,
      baseline: 0,
      range: metrics[m]!.range,
      length: means.length,
    }),
  );
}

function agreementOf(
  estimates: readonly NamedTerms[],
  clusters?: Float64Array,
): EstimatorAgreement | undefined {
  if (estimates.length < 2) return undefined;
  return estimatorAgreement(estimates, clusters === undefined ? {} : { clusters });
}

interface RowTable {
  readonly m: number;
  readonly rows: LaunchRows;
}

async function rowTable(
  log: LaunchLog,
  evidence: LaunchEvidence,
  plan: EstimatorPlan,
  { m, rows }: RowTable,
): Promise<EstimatorTable> {
  const { metric, range, index } = evidence.metrics[m]!;
  const { confidence } = plan;
  const reward = rows.rewards[index]!;
  const { propensity, candidate, incumbent, unit } = rows;
  const clusters = unit === undefined ? {} : { clusters: unit };
  const chosen = chosenOf(plan);
  const modelled = chosen.some(({ needs }) => needs === "model")
    ? await modelValues(log, rows, {
        index,
        kind: plan.rewardModel,
        confidence,
        wantsDirect: chosen.some(({ id }) => id === "dm"),
      })
    : undefined;
  const logOf = (probability: Float64Array): BanditLog =>
    new BanditLog({ reward, propensity, actionProbability: probability });
  const modelledLogOf = (probability: Float64Array, directValue: Float64Array): ModelledBanditLog =>
    new ModelledBanditLog({
      reward,
      propensity,
      actionProbability: probability,
      directValue,
      predictedReward: modelled?.model?.predictedReward ?? new Float64Array(0),
    });
  const ours = logOf(candidate);
  const theirs = incumbent === undefined ? undefined : logOf(incumbent);
  const valueBounds = valueEnvelope(ours.weight, reward, range);
  const liftBounds = liftEnvelope(
    ours.weight,
    theirs?.weight ?? new Float64Array(rows.rowCount).fill(1),
    reward,
    range,
  );
  const agreeing: NamedTerms[] = [];
  const table = chosen.map((estimator): EstimatorRow => {
    if (estimator.needs === "model" && modelled?.candidate === undefined)
      return absentRow(estimator, metric, modelled?.why ?? "");
    const direct = modelled?.candidate;
    const terms =
      estimator.needs === "model"
        ? estimator.terms(modelledLogOf(candidate, direct ?? new Float64Array(0)))
        : estimator.terms(ours);
    if (estimator.id === "dm" && modelled?.direct !== undefined)
      return { ...absentRow(estimator, metric, DIRECT), value: boundedEstimate(modelled.direct) };
    if (estimator.consistent) agreeing.push({ name: estimator.id, terms });
    const row = {
      ...absentRow(estimator, metric, ""),
      value: boundedEstimate(defaultInterval(terms, { confidence, envelope: valueBounds, ...clusters })),
    };
    const against = incumbentTerms(estimator);
    return against === undefined
      ? { ...row, note: "the incumbent's whole distribution is not known" }
      : {
          ...row,
          lift: liftOf(terms, against, {
            evidence,
            m,
            confidence,
            envelope: liftBounds,
            difference: ours.weight.map((weight, i) => weight - (theirs?.weight[i] ?? 1)),
            ...clusters,
          }),
          note: noteOf(estimator),
        };
  });
  return {
    rows: table,
    agreement: agreementOf(agreeing, unit),
    rewardModel:
      modelled?.model === undefined
        ? undefined
        : { kind: modelled.model.kind, calibration: modelled.model.calibration },
  };

  function incumbentTerms(estimator: BanditEstimator): EstimatorTerms | undefined {
    if (theirs === undefined || incumbent === undefined) return meanTerms(reward);
    if (estimator.needs === "propensities") return estimator.terms(theirs);
    return modelled?.incumbent === undefined
      ? undefined
      : estimator.terms(modelledLogOf(incumbent, modelled.incumbent));
  }
}
