import type { FeatureDrift, PolicyStatus, ServerStatus } from "@longview/formats";
import type { DecisionSink } from "../decision-sink.ts";
import { DriftMonitor } from "../drift/drift-monitor.ts";
import type { Admission } from "../http/admission.ts";
import type { Deployments } from "../policies/deployments.ts";
import type { LivePolicy } from "../policies/live-policy.ts";
import type { RecentDecisions } from "./recent-decisions.ts";

/** What a server's status is made of. */
export interface StatusSources {
  readonly deployments: Deployments;
  readonly log: DecisionSink;
  readonly admission: Admission;
  readonly recent: RecentDecisions;
  readonly version: string;
  /** Seconds since 1970 when the server was made. */
  readonly began: number;
  readonly now: () => number;
}

/** Drift is judged by these where no live policy has a reference. */
const { thresholds: DEFAULT_THRESHOLDS } = new DriftMonitor({ context: [], candidates: [] });

/** Everything that `GET /v1/status` answers; `/metrics` shows the same figures. */
export function serverStatus(sources: StatusSources): ServerStatus {
  const { deployments, log, admission, recent, version, began } = sources;
  const now = sources.now();
  const live = deployments.ready ? deployments.current.policies : [];
  const { total, failed, refused, inFlight } = admission.counts;
  return {
    time: now,
    uptime_seconds: Math.max(0, now - began),
    ready: deployments.ready && !admission.stopping,
    version,
    policies: live.map((policy) => policyStatus(policy, now)),
    requests: {
      total,
      per_second: admission.history.perSecond(now),
      failed,
      refused,
      in_flight: inFlight,
    },
    log: logStatus(log),
    drift: {
      thresholds: live.find(({ drift }) => drift !== undefined)?.drift?.thresholds ?? DEFAULT_THRESHOLDS,
      features: driftFigures(live),
    },
    recent: recent.list(),
    history: admission.history.points(now),
  };
}

function logStatus({ statistics }: DecisionSink): ServerStatus["log"] {
  const { decisions, openSegments, files, bytes, feedback, conversions, unreadableSegments } = statistics;
  return {
    decisions,
    open_segments: openSegments,
    files,
    bytes,
    feedback: { ...feedback },
    failed_conversions: conversions.failed,
    unreadable_segments: unreadableSegments,
    failure: statistics.failure ?? conversions.failure ?? null,
  };
}

function driftFigures(live: readonly LivePolicy[]): FeatureDrift[] {
  return live.flatMap(({ drift, name }) => drift?.figures(name) ?? []);
}

function policyStatus(policy: LivePolicy, now: number): PolicyStatus {
  return {
    name: policy.name,
    policy_id: policy.exploreId,
    mode: policy.mode,
    share: policy.share,
    propensity_floor: policy.propensityFloor,
    since: policy.since,
    decisions: policy.decisions,
    decisions_per_second: policy.rate.perSecond(now),
    latency_milliseconds: policy.latencies.quantiles(now),
    slate: policy.slates.figures(),
    agreement_with_served:
      policy.mode === "shadow" && policy.compared > 0 ? policy.agreed / policy.compared : null,
  };
}
