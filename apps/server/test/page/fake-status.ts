import type { FeatureDrift, RecentDecision, ServerStatus } from "@longview/formats";

/** Seconds since 1970 at which the fake server stands when it starts. */
export const START = 1_764_072_000;

const FEATURES = [
  "days_since_signup",
  "sessions_last_week",
  "watch_seconds_share_of_short_videos_last_thirty_days",
  "is_weekend",
  "satisfaction",
  "age",
  "topic_music",
  "topic_news",
  "topic_sports",
  "creator_is_new",
  "freshness_hours",
  "quality",
];

/** A status as a busy server with a canary and a shadow gives it, `tick` seconds after the start. */
export function busyStatus(tick: number): ServerStatus {
  const time = START + tick;
  const slate = {
    mean_length: 3,
    mean_candidates: 412.6,
    mean_position_propensity: 0.0183,
    distinct_items: 1834,
    top_item_share: 0.0312,
  };
  const seconds = Array.from({ length: 300 }, (_, i) => time - 299 + i);
  return {
    time,
    uptime_seconds: 93_784 + tick,
    ready: true,
    version: "0.1.0",
    policies: [
      {
        name: "main",
        policy_id: "content-v0-ppo-lagrangian-2026-11-20/iteration-400",
        mode: "serve",
        share: 0.9,
        propensity_floor: 0.05,
        since: START - 93_000,
        decisions: 8_412_345 + 812 * tick,
        decisions_per_second: 731.4,
        latency_milliseconds: { p50: 1.21, p95: 2.43, p99: 4.02 },
        slate,
        agreement_with_served: null,
      },
      {
        name: "canary",
        policy_id: "content-v0-ppo-lagrangian-2026-11-24/iteration-520",
        mode: "serve",
        share: 0.1,
        propensity_floor: 0.1,
        since: START - 3600,
        decisions: 292_001 + 81 * tick,
        decisions_per_second: 81.2,
        latency_milliseconds: { p50: 1.3, p95: 2.6, p99: 4.9 },
        slate: { ...slate, mean_position_propensity: 0.0211, distinct_items: 1502, top_item_share: 0.0288 },
        agreement_with_served: null,
      },
      {
        name: "candidate",
        policy_id: "content-v0-reinforce-2026-11-25",
        mode: "shadow",
        share: 0.05,
        propensity_floor: 0,
        since: START - 600,
        decisions: 21_003,
        decisions_per_second: 40.1,
        latency_milliseconds: { p50: 1.1, p95: 2.2, p99: 3.9 },
        slate: null,
        agreement_with_served: 0.872,
      },
    ],
    requests: { total: 8_704_346 + 812 * tick, per_second: 812.6, failed: 0, refused: 231, in_flight: 14 },
    log: {
      decisions: 8_704_346 + 812 * tick,
      open_segments: 2,
      failed_conversions: 0,
      unreadable_segments: 0,
      failure: null,
      files: 87,
      bytes: 9_412_345_678,
      feedback: { joined: 7_903_112, late: 12_034, duplicate: 312, unknown: 7 },
    },
    drift: {
      thresholds: { population_stability: 0.25, kolmogorov_smirnov: 0.1, minimum_count: 1000 },
      features: FEATURES.map((feature, i) => driftOf(feature, i)),
    },
    recent: Array.from({ length: 20 }, (_, i) => decisionOf(time, i)),
    history: {
      time: seconds,
      requests_per_second: seconds.map(
        (second) => 800 + 60 * Math.sin(second / 17) + 25 * Math.sin(second / 2.3),
      ),
      p99_milliseconds: seconds.map((second, i) =>
        i < 40 ? null : 4.1 + Math.sin(second / 11) + (second % 97 === 0 ? 6 : 0),
      ),
    },
  };
}

/** The status of a server that has just started and met nobody. */
export function quietStatus(tick: number): ServerStatus {
  const busy = busyStatus(tick);
  return {
    ...busy,
    uptime_seconds: tick,
    policies: busy.policies.slice(0, 1).map((policy) => ({
      ...policy,
      share: 1,
      decisions: 0,
      decisions_per_second: 0,
      latency_milliseconds: null,
      slate: null,
    })),
    requests: { total: 0, per_second: 0, failed: 0, refused: 0, in_flight: 0 },
    log: {
      decisions: 0,
      open_segments: 1,
      failed_conversions: 0,
      unreadable_segments: 0,
      failure: null,
      files: 0,
      bytes: 0,
      feedback: { joined: 0, late: 0, duplicate: 0, unknown: 0 },
    },
    drift: {
      ...busy.drift,
      features: busy.drift.features.slice(0, 3).map((row) => ({
        ...row,
        population_stability: 0,
        kolmogorov_smirnov: 0,
        count: 0,
        exceeded: false,
      })),
    },
    recent: [],
    history: { time: [START + tick], requests_per_second: [0], p99_milliseconds: [null] },
  };
}

function driftOf(feature: string, i: number): FeatureDrift {
  const [stability, distance, count] = [
    [0.012, 0.021, 8412],
    [0.412, 0.173, 8412],
    [0.26, 0.09, 8412],
    [0.003, 0.004, 8412],
    [0.09, 0.061, 312],
  ][i] ?? [0.011 + 0.002 * i, 0.013 + 0.004 * i, 8412];
  return {
    policy: "main",
    feature,
    population_stability: stability!,
    kolmogorov_smirnov: distance!,
    count: count!,
    exceeded: stability! >= 0.25,
  };
}

function decisionOf(time: number, i: number): RecentDecision {
  const canary = i % 7 === 3;
  return {
    decision_id: `3fa9c0d1b2e4-000087-${String(1000 * (time % 1000) + 20 - i).padStart(6, "0")}`,
    time: time - i / 8,
    policy: canary ? "canary" : "main",
    policy_id: canary ? "content-v0-ppo-2026-11-24" : "content-v0-ppo-2026-11-20",
    mode: i % 5 === 4 ? "greedy" : "explore",
    unit: `9c${(i * 7919 + 104_729).toString(16).padStart(10, "0")}`,
    candidates: 380 + 7 * i,
    item_ids:
      i === 1
        ? Array.from({ length: 12 }, (_, k) => `item-${1000 + k}`)
        : [`item-${i}`, `item-${i + 311}`, "<b>bold</b>"],
    slate_propensity: i === 1 ? 3.21e-18 : i % 5 === 4 ? 1 : 0.000_41 + i / 3000,
    latency_milliseconds: 1.1 + i / 9,
  };
}
