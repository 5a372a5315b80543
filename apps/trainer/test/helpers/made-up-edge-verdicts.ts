import type { MetricEffect, Verdict } from "@longview/formats";
import { madeUpVerdict } from "./made-up-verdict.ts";
import {
  days,
  effect,
  estimators,
  madeUpHash,
  noise,
  positions,
  segments,
  support,
  weights,
} from "./made-up-verdict-parts.ts";

/** As much as a page has to hold: 12 metrics, 46 items at 3 positions, 60 segments, seven files, long labels. */
export function crowdedVerdict(): Verdict {
  const base = madeUpVerdict("SHIP");
  const long =
    "completed_views_of_long_form_videos_by_readers_who_returned_within_seven_days_of_their_first_visit";
  const guardrails = Array.from({ length: 7 }, (_, index): MetricEffect => {
    const scale = [1, 1000, 1e-6, 0.01, 3, 50, 1e8][index]!;
    return effect({
      metric: index === 3 ? long : `guardrail_${index + 1}`,
      role: "guardrail",
      decision: index === 4 ? "undecided" : "not-worse",
      text: "Non-inferiority by the lower bound of the lift.",
      stakeholder: index % 2 === 0 ? "creators" : "money",
      range: [0, 10 * scale],
      margin: scale,
      incumbent: 4 * scale,
      lift: scale * 0.2 * noise("lift", index),
      standardError: scale * (index === 4 ? 2.5 : 0.15),
    });
  });
  return {
    ...base,
    notices: ["The candidate was chosen among 41 on other data; that choice is not part of the intervals."],
    metrics: [...base.metrics.slice(0, 5), ...guardrails.slice(0, 6), base.metrics[5]!],
    support: {
      ...support(46, 3),
      items: support(46, 3).items.map((item, at) => (at === 2 ? `${item}-${long}` : item)),
    },
    segments: segments(60, 4).map((row, at) => (at === 1 ? { ...row, value: `${row.value} ${long}` } : row)),
    days: days(91, 0.38),
    positions: positions(12, 0.44),
    estimators: [...estimators("completion_rate", 0.3925, 0.3802), ...estimators("hides", 0.0202, 0.0211)],
    log: {
      ...base.log,
      files: Array.from({ length: 7 }, (_, index) => ({
        path: `logs/a-rather-deep/folder/of-many/home-feed-2026-03-part-${index}.parquet`,
        sha256: madeUpHash(`log${index}`),
        rows: 57_018,
      })),
    },
    weights: weights(399_128, 0.02, 1.6),
  };
}

/** As little as a page can be given: no guardrails, bounds, time, positions or support; numbers of every size. */
export function bareVerdict(): Verdict {
  const base = madeUpVerdict("NO-DECISION");
  const unbounded = { lower: null, upper: null, confidence: 0.95, method: "none" };
  const one = (
    metric: string,
    role: MetricEffect["role"],
    incumbent: number,
    lift: number,
  ): MetricEffect => ({
    ...effect({
      metric,
      role,
      decision: "undecided",
      text: "No interval.",
      incumbent,
      lift,
      standardError: 0,
    }),
    candidate: { value: incumbent + lift, ...unbounded },
    incumbent: { value: incumbent, ...unbounded },
    lift: { value: lift, ...unbounded },
  });
  return {
    ...base,
    notices: [],
    reasons: [{ code: "NO_UNITS", text: "Fewer than 2 independent units." }],
    flips: [],
    candidate: { label: "uniform", sha256: null },
    log: {
      ...base.log,
      rowsRead: 1,
      rowsKept: 1,
      rowsQuarantined: 0,
      quarantineFile: null,
      violations: [],
      notChecked: [],
      episodes: 1,
      units: 1,
      unitsKnown: false,
      firstTime: null,
      lastTime: null,
    },
    lights: [],
    metrics: [
      one("nothing", "primary", 0, 0),
      one("tiny", "success", 3e-7, 1e-7),
      {
        ...one("huge", "success", 4e9, 1e9),
        lift: { ...unbounded, value: 1e9, lower: 2.1e8 },
      },
    ],
    validity: [],
    estimators: [
      {
        estimator: "dr",
        title: "Doubly robust",
        metric: "nothing",
        value: { value: 0, ...unbounded },
        lift: null,
        note: "the lift needs the incumbent’s distribution",
      },
      ...estimators("not a metric of the gate", 1e-7, 1e9).slice(4),
    ],
    weights: {
      ...base.weights,
      count: 1,
      zeroCount: 1,
      mean: 0,
      meanLower: 0,
      meanUpper: 1,
      minimum: 0,
      maximum: 0,
      effectiveSampleSize: 0,
      largestShare: 0,
      paretoShape: null,
      histogram: [{ from: 0, to: 0, count: 1 }],
    },
    support: null,
    rewardModel: null,
    propensityModel: null,
    positions: [],
    days: [],
    segments: [],
    assumptions: [],
    absent: [],
    code: { version: "0.1.0", commit: null, modified: null },
  };
}
