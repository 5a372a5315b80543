import type { ServerStatus } from "@longview/formats";
import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";

/** A figure of one kind, read off the status when Prometheus asks. */
interface Figure {
  readonly name: string;
  readonly help: string;
  readonly kind: "counter" | "gauge";
  readonly labels?: readonly string[];
  /** Values with their labels. */
  values(status: ServerStatus): readonly (readonly [labels: Record<string, string>, value: number])[];
}

const one = (value: number) => [[{}, value] as const];
const QUANTILES = { p50: "0.5", p95: "0.95", p99: "0.99" } as const;

const FIGURES: readonly Figure[] = [
  {
    name: "longview_requests_total",
    help: "Requests that came, whatever became of them.",
    kind: "counter",
    values: ({ requests }) => one(requests.total),
  },
  {
    name: "longview_requests_failed_total",
    help: "Requests answered with an internal error.",
    kind: "counter",
    values: ({ requests }) => one(requests.failed),
  },
  {
    name: "longview_requests_refused_total",
    help: "Requests answered with a caller's error, or turned away under load.",
    kind: "counter",
    values: ({ requests }) => one(requests.refused),
  },
  {
    name: "longview_requests_in_flight",
    help: "Requests that are being worked on.",
    kind: "gauge",
    values: ({ requests }) => one(requests.in_flight),
  },
  {
    name: "longview_ready",
    help: "1 while the server takes requests.",
    kind: "gauge",
    values: ({ ready }) => one(ready ? 1 : 0),
  },
  {
    name: "longview_policy_share",
    help: "Share of the units that a policy decides for.",
    kind: "gauge",
    labels: ["policy", "policy_id", "mode"],
    values: ({ policies }) =>
      policies.map(({ name, policy_id, mode, share }) => [{ policy: name, policy_id, mode }, share]),
  },
  {
    name: "longview_decisions_total",
    help: "Decisions of a policy since it is live.",
    kind: "counter",
    labels: ["policy", "policy_id", "mode"],
    values: ({ policies }) =>
      policies.map(({ name, policy_id, mode, decisions }) => [{ policy: name, policy_id, mode }, decisions]),
  },
  {
    name: "longview_decision_duration_seconds",
    help: "Time from a request's coming to its answer, over the last minute.",
    kind: "gauge",
    labels: ["policy", "quantile"],
    values: ({ policies }) =>
      policies.flatMap(({ name, latency_milliseconds }) =>
        latency_milliseconds === null
          ? []
          : (["p50", "p95", "p99"] as const).map((each) => [
              { policy: name, quantile: QUANTILES[each] },
              latency_milliseconds[each] / 1000,
            ]),
      ),
  },
  {
    name: "longview_shadow_agreement",
    help: "Share of decisions whose best slate is the served policy's.",
    kind: "gauge",
    labels: ["policy"],
    values: ({ policies }) =>
      policies.flatMap(({ name, agreement_with_served }) =>
        agreement_with_served === null ? [] : [[{ policy: name }, agreement_with_served]],
      ),
  },
  {
    name: "longview_log_decisions_total",
    help: "Decisions in the decision log.",
    kind: "counter",
    values: ({ log }) => one(log.decisions),
  },
  {
    name: "longview_log_open_segments",
    help: "Segments of the decision log that are not complete.",
    kind: "gauge",
    values: ({ log }) => one(log.open_segments),
  },
  {
    name: "longview_log_failed_conversions_total",
    help: "Conversions of segments that failed; each is tried again.",
    kind: "counter",
    values: ({ log }) => one(log.failed_conversions),
  },
  {
    name: "longview_log_unreadable_segments",
    help: "Segments of the decision log with bytes that could not be read.",
    kind: "gauge",
    values: ({ log }) => one(log.unreadable_segments),
  },
  {
    name: "longview_log_failing",
    help: "1 while the decision log cannot be written or converted.",
    kind: "gauge",
    values: ({ log }) => one(log.failure === null ? 0 : 1),
  },
  {
    name: "longview_log_files",
    help: "Parquet files of the decision log.",
    kind: "gauge",
    values: ({ log }) => one(log.files),
  },
  {
    name: "longview_log_bytes",
    help: "Bytes of the decision log.",
    kind: "gauge",
    values: ({ log }) => one(log.bytes),
  },
  {
    name: "longview_feedback_total",
    help: "Reports of outcomes by what became of them.",
    kind: "counter",
    labels: ["result"],
    values: ({ log }) => Object.entries(log.feedback).map(([result, count]) => [{ result }, count]),
  },
  {
    name: "longview_drift_population_stability",
    help: "Population stability index of a feature against training.",
    kind: "gauge",
    labels: ["policy", "feature"],
    values: ({ drift }) =>
      drift.features.map(({ policy, feature, population_stability }) => [
        { policy, feature },
        population_stability,
      ]),
  },
  {
    name: "longview_drift_kolmogorov_smirnov",
    help: "Kolmogorov-Smirnov distance of a feature from training.",
    kind: "gauge",
    labels: ["policy", "feature"],
    values: ({ drift }) =>
      drift.features.map(({ policy, feature, kolmogorov_smirnov }) => [
        { policy, feature },
        kolmogorov_smirnov,
      ]),
  },
  {
    name: "longview_drift_exceeded",
    help: "1 where a feature has drifted beyond a threshold.",
    kind: "gauge",
    labels: ["policy", "feature"],
    values: ({ drift }) =>
      drift.features.map(({ policy, feature, exceeded }) => [{ policy, feature }, exceeded ? 1 : 0]),
  },
  {
    name: "longview_drift_threshold",
    help: "From which value on a feature has drifted.",
    kind: "gauge",
    labels: ["figure"],
    values: ({ drift: { thresholds } }) => [
      [{ figure: "population_stability" }, thresholds.population_stability],
      [{ figure: "kolmogorov_smirnov" }, thresholds.kolmogorov_smirnov],
    ],
  },
];

/** The status in Prometheus' text format, with the process's own figures. */
export class PrometheusMetrics {
  readonly #registry = new Registry();
  readonly #metrics: readonly { readonly figure: Figure; readonly metric: Counter | Gauge }[];

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
    this.#metrics = FIGURES.map((figure) => {
      const { name, help, kind, labels = [] } = figure;
      const settings = { name, help, labelNames: [...labels], registers: [this.#registry] };
      return { figure, metric: kind === "counter" ? new Counter(settings) : new Gauge(settings) };
    });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  async text(status: ServerStatus): Promise<string> {
    for (const { figure, metric } of this.#metrics) {
      metric.reset();
      for (const [labels, value] of figure.values(status)) metric.inc(labels, value);
    }
    return this.#registry.metrics();
  }
}
