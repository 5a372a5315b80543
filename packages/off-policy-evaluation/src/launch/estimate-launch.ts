import type { BoundedEstimate, EstimatorRow, ValidityCheck, Verdict } from "@longview/formats";
import { OffPolicyEvaluationError } from "../error.ts";
import { estimatorTable, type EstimatorPlan } from "./estimator-rows.ts";
import { driftTest, weightTable } from "./evidence-tables.ts";
import { gatherEvidence, type EvidencePlan } from "./gather-evidence.ts";
import type { LaunchLog } from "./launch-log.ts";
import { metricEstimates } from "./metric-effects.ts";
import { supportSummary } from "./support-summary.ts";
import { clusterInflation } from "./propensity-checks.ts";
import { evidenceChecks } from "./validity.ts";

/** What is estimated, and how. */
export type EstimatePlan = EvidencePlan & EstimatorPlan;

/** A candidate's worth on a log, without a verdict. */
export interface LaunchEstimate {
  readonly metrics: readonly {
    readonly metric: string;
    readonly candidate: BoundedEstimate;
    readonly incumbent: BoundedEstimate;
    readonly lift: BoundedEstimate;
    readonly relativeLift: number | null;
  }[];
  readonly estimators: readonly EstimatorRow[];
  readonly weights: Verdict["weights"];
  readonly checks: readonly ValidityCheck[];
  readonly episodes: number;
  readonly units: number;
  readonly unitsKnown: boolean;
}

/**
 * Estimates a candidate's value and its paired lift over the incumbent, by every estimator asked for, with the checks of evidence
 * that need no specification.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when a policy never does what was logged; as `gatherEvidence`
 */
export async function estimateLaunch(log: LaunchLog, plan: EstimatePlan): Promise<LaunchEstimate> {
  const evidence = await gatherEvidence(log, plan);
  const [without] = evidence.withoutOverlap;
  if (without !== undefined)
    throw new OffPolicyEvaluationError(
      "NO_SUPPORT",
      plan.horizon > 1
        ? `${without}: it has probability 0 on every logged session of ${plan.horizon} decisions: this log says nothing of it; choose a shorter horizon`
        : `${without}: it has probability 0 on everything that was logged: this log says nothing of it`,
    );
  const table = await estimatorTable(log, evidence, plan);
  const support = supportSummary(evidence.profile.support, evidence.profile.rows, plan.metrics[0]!.range);
  return {
    metrics: evidence.metrics.map(({ metric }, m) => {
      const { candidate, incumbent, lift, relativeLift } = metricEstimates(evidence, m, plan.confidence);
      return { metric, candidate, incumbent, lift, relativeLift };
    }),
    estimators: table.rows,
    weights: weightTable(evidence),
    checks: evidenceChecks({
      evidence,
      actionCount: log.actions?.length,
      support,
      agreement: table.agreement,
      drift: driftTest(evidence, clusterInflation(evidence)),
    }),
    episodes: evidence.episodes,
    units: evidence.unitCount,
    unitsKnown: evidence.unitsKnown,
  };
}
