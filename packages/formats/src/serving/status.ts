import { z } from "zod";

const count = z.int().min(0);
const share = z.number().min(0).max(1);
const seconds = z.number().describe("Seconds since 1970");

/** One deployed policy, as `GET /v1/status` shows it. */
export const policyStatusSchema = z.strictObject({
  name: z.string().min(1).describe("The policy's name in the deployment"),
  policy_id: z.string().min(1),
  mode: z.enum(["serve", "shadow"]),
  share: share.describe("Share of units that this policy decides for"),
  propensity_floor: z.number().min(0).lt(1),
  since: seconds.describe("When it was deployed, in seconds since 1970"),
  decisions: count,
  decisions_per_second: z.number().min(0),
  latency_milliseconds: z
    .strictObject({ p50: z.number().min(0), p95: z.number().min(0), p99: z.number().min(0) })
    .nullable()
    .describe("Null before the first decision"),
  slate: z
    .strictObject({
      mean_length: z.number().min(0),
      mean_candidates: z.number().min(0),
      mean_position_propensity: share,
      distinct_items: count,
      top_item_share: share.describe("Share of shown places that the most shown item took"),
    })
    .nullable()
    .describe("Null before the first decision"),
  agreement_with_served: share
    .nullable()
    .describe("Of a shadow: share of decisions whose greedy slate is the served policy's; else null"),
});
export type PolicyStatus = z.infer<typeof policyStatusSchema>;

/** Drift of one feature of one policy against the features that it was trained on. */
export const featureDriftSchema = z.strictObject({
  policy: z.string().min(1),
  feature: z.string().min(1),
  population_stability: z.number().min(0),
  kolmogorov_smirnov: share,
  count: count.describe("Observations in the window"),
  exceeded: z.boolean().describe("A figure is at its threshold or beyond, on enough observations"),
});
export type FeatureDrift = z.infer<typeof featureDriftSchema>;

/** From which values on a drift figure counts as exceeded. */
export const driftThresholdsSchema = z.strictObject({
  population_stability: z.number().positive(),
  kolmogorov_smirnov: z.number().positive().lt(1),
  minimum_count: count.optional().describe("Observations below which nothing is judged"),
});
export type DriftThresholds = z.infer<typeof driftThresholdsSchema>;

/** One of the last decisions. */
export const recentDecisionSchema = z.strictObject({
  decision_id: z.string().min(1),
  time: seconds,
  policy: z.string().min(1),
  policy_id: z.string().min(1),
  mode: z.enum(["explore", "greedy"]),
  unit: z.string().describe("Keyed hash of the unit: never the unit itself"),
  candidates: count,
  item_ids: z.array(z.string()),
  slate_propensity: share,
  latency_milliseconds: z.number().min(0),
});
export type RecentDecision = z.infer<typeof recentDecisionSchema>;

/** Answer of `GET /v1/status`: everything that the server's page shows. */
export const serverStatusSchema = z.strictObject({
  time: seconds,
  uptime_seconds: z.number().min(0),
  ready: z.boolean(),
  version: z.string(),
  policies: z.array(policyStatusSchema),
  requests: z.strictObject({
    total: count,
    per_second: z.number().min(0),
    failed: count.describe("Answered with an internal error"),
    refused: count.describe("Answered with a client's error or turned away under load"),
    in_flight: count,
  }),
  log: z.strictObject({
    decisions: count,
    open_segments: count,
    files: count,
    bytes: count,
    feedback: z.strictObject({ joined: count, late: count, duplicate: count, unknown: count }),
    failed_conversions: count,
    unreadable_segments: count,
    failure: z.string().nullable().describe("Why the log cannot be written or converted now; null: it can"),
  }),
  drift: z.strictObject({ thresholds: driftThresholdsSchema, features: z.array(featureDriftSchema) }),
  recent: z.array(recentDecisionSchema).max(20).describe("The last decisions, newest first"),
  history: z
    .strictObject({
      time: z.array(z.number()),
      requests_per_second: z.array(z.number().min(0)),
      p99_milliseconds: z.array(z.number().min(0).nullable()),
    })
    .describe("One point a second, the last 300, oldest first"),
});
export type ServerStatus = z.infer<typeof serverStatusSchema>;
