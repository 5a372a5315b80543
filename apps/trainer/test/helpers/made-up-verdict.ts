import type { Verdict, VerdictName } from "@longview/formats";
import { shipMetrics } from "./made-up-metrics.ts";
import {
  calibrationBins,
  days,
  estimate,
  estimators,
  madeUpHash,
  positions,
  segments,
  support,
  weights,
} from "./made-up-verdict-parts.ts";

/** A launch that passes. */
function ship(): Verdict {
  return {
    schemaVersion: 1,
    verdict: "SHIP",
    notices: [],
    headline:
      "Signed-in readers watch 3.2 % more of what they open, and no guardrail is shown to lose more than its margin.",
    risk: "New creators’ share of exposure may have fallen by up to 0.0061, of the 0.008 that is tolerated.",
    reasons: [
      { code: "PRIMARY_BETTER", text: "completion_rate: the lower bound of the lift, +0.0081, is above 0." },
      { code: "GUARDRAILS_HOLD", text: "All 3 guardrails are shown not to lose more than their margins." },
      { code: "WALLS_HOLD", text: "harmful_shown stays below its limit at 99 % confidence." },
    ],
    flips: [
      {
        metric: "new_creator_share",
        text: "a lower bound of the lift of −0.008, its margin, would hold the launch; it is −0.0061.",
        distance: 1.4,
        blocks: false,
      },
      {
        metric: "harmful_shown",
        text: "an upper bound of 0.002, its limit, would hold the launch; it is 0.00162.",
        distance: 1.9,
        blocks: false,
      },
      {
        metric: "completion_rate",
        text: "a lower bound of the lift of 0 would leave it undecided; it is +0.0081.",
        distance: 3.8,
        blocks: false,
      },
    ],
    estimand: {
      text: "Would ranker 14 earn more completed views a decision than ranker 13, for the readers of March?",
      states: "Decisions of signed-in readers in the home feed, as logged",
      horizon: 1,
      discountFactor: 1,
      attributionWindow: "Views that end within 24 hours of the decision",
      interference: "none",
    },
    specification: {
      name: "Home feed: ranker 14 against ranker 13",
      file: { path: "gates/home-feed.yaml", sha256: madeUpHash("gate") },
    },
    candidate: { label: "runs/ranker-14/policy.onnx", sha256: madeUpHash("candidate") },
    incumbent: { label: "logged", sha256: null },
    log: {
      files: [{ path: "logs/home-feed-2026-03.parquet", sha256: madeUpHash("log"), rows: 399_128 }],
      layout: "slate, one row a position",
      rowsRead: 399_128,
      rowsKept: 398_905,
      rowsQuarantined: 223,
      rowsLeftOut: 0,
      quarantineFile: "review/quarantine.csv",
      violations: ["223 rows: propensity above 1"],
      notChecked: ["reward delay: the log has no time of the outcome"],
      episodes: 132_968,
      units: 41_210,
      unitsKnown: true,
      firstTime: 1_772_409_600,
      lastTime: 1_774_828_799,
    },
    confidence: 0.95,
    looks: "once",
    lights: [
      { name: "validity", title: "Validity", state: "green", text: "Nine checks pass, none fails." },
      { name: "users", title: "Users", state: "green", text: "completion_rate +0.0123 [0.0081, 0.0165]." },
      {
        name: "creators",
        title: "Creators",
        state: "amber",
        text: "new_creator_share within its margin, closely.",
      },
      { name: "safety", title: "Safety", state: "green", text: "harmful_shown at most 0.00162 of 0.002." },
      { name: "money", title: "Money", state: "absent", text: "The specification names no metric for it." },
    ],
    metrics: shipMetrics(),
    validity: [
      {
        id: "mean-weight",
        title: "Mean weight",
        state: "green",
        found: "1.003 [0.992, 1.014]",
        needed: "an interval that holds 1",
        text: "The logged probabilities are those that the log was drawn with.",
      },
      {
        id: "effective-sample-size",
        title: "Effective sample size",
        state: "green",
        found: "164,349",
        needed: "at least 20,000",
        text: "The weights leave enough rows to speak for the candidate.",
      },
      {
        id: "support",
        title: "Support",
        state: "amber",
        found: "0.42 % of the candidate’s mass",
        needed: "at most 1 %",
        text: "Some of what the candidate would show was never shown; the most that it could change is below.",
      },
      {
        id: "sample-ratio",
        title: "Sample ratio by day",
        state: "absent",
        found: "no assignment in the specification",
        needed: "p at least 0.001",
        text: "Not tested.",
      },
    ],
    estimators: estimators("completion_rate", 0.3925, 0.3802),
    agreement: {
      agree: true,
      spread: 0.0043,
      pairs: ["ips and snips differ by 0.0016 ± 0.0021", "snips and dr differ by 0.0008 ± 0.0019"],
    },
    weights: weights(398_905, 0.11, 0.9),
    support: support(24, 3),
    rewardModel: {
      kind: "ridge regression, cross-fitted in 5 folds",
      expectedError: 0.0061,
      pValue: 0.23,
      bins: calibrationBins("reward", 0.09),
    },
    propensityModel: null,
    positions: positions(3, 0.44),
    days: days(28, 0.38),
    segments: segments(14, 1),
    assumptions: [
      {
        assumption: "Logged propensities are those of the policy that wrote the log",
        usedBy: "every number",
        tested: "mean weight; weights against features",
      },
      {
        assumption: "No interference between users",
        usedBy: "every number",
        tested: "not testable from this log",
      },
    ],
    absent: [
      "Creators’ reaction: the log shows none of it.",
      "Effects beyond the attribution window of 24 hours.",
    ],
    code: { version: "0.1.0", commit: "13a61761f0c3a55b0b6f0d0bde62ff11b2f7a001", modified: false },
  };
}

/** A launch that harms. */
function hold(): Verdict {
  const base = ship();
  const [primary, , minutes, hides, creators, harmful] = base.metrics;
  return {
    ...base,
    verdict: "HOLD",
    headline:
      "Readers complete no more than before, and harmful items reach them more often than the limit allows.",
    risk: "harmful_shown may be as high as 0.0041 a decision, twice its limit of 0.002.",
    reasons: [
      {
        code: "WALL_BROKEN",
        text: "harmful_shown: the lower bound of the cost, 0.0027, is above its limit, 0.002.",
      },
      { code: "GUARDRAIL_WORSE", text: "session_minutes: the upper bound of the lift, −1.3, is below −1." },
      {
        code: "PRIMARY_NOT_BETTER",
        text: "completion_rate: the upper bound of the lift, −0.0004, is below 0.",
      },
    ],
    lights: [
      { name: "validity", title: "Validity", state: "green", text: "Nine checks pass, none fails." },
      { name: "users", title: "Users", state: "red", text: "session_minutes −2.1 [−2.9, −1.3], margin 1." },
      { name: "creators", title: "Creators", state: "green", text: "new_creator_share is not worse." },
      { name: "safety", title: "Safety", state: "red", text: "harmful_shown at least 0.0027, limit 0.002." },
      { name: "money", title: "Money", state: "absent", text: "The specification names no metric for it." },
    ],
    metrics: [
      { ...primary!, lift: estimate(-0.0051, 0.0024), relativeLift: -0.0134, decision: "worse" },
      { ...minutes!, lift: estimate(-2.1, 0.41), relativeLift: -0.114, decision: "worse" },
      { ...hides!, decision: "same", lift: estimate(0, 0), relativeLift: 0 },
      { ...creators!, lift: estimate(0.0021, 0.0013), relativeLift: 0.0173 },
      {
        ...harmful!,
        candidate: { value: 0.0034, lower: 0.0027, upper: 0.0041, confidence: 0.99, method: "betting" },
        decision: "limit-broken",
      },
    ],
    flips: [
      {
        metric: "completion_rate",
        text: "an upper bound of the lift above 0 would leave it undecided.",
        distance: 0.2,
        blocks: true,
      },
      {
        metric: "session_minutes",
        text: "an upper bound above −1 would leave it undecided.",
        distance: 0.8,
        blocks: true,
      },
    ],
    segments: segments(30, 6),
  };
}

/** A launch whose evidence can't carry the question. */
function noDecision(): Verdict {
  const base = ship();
  const notice = "Propensities were estimated: the log has none. Every number leans on that model.";
  return {
    ...base,
    verdict: "NO-DECISION",
    notices: [notice, "223 of 399,128 rows were set aside: they break the log’s contract."],
    headline: "Whether readers complete more can’t be told from this log.",
    risk: "The candidate shows mostly what the incumbent never showed: 38 % of its mass has no logged row.",
    reasons: [
      {
        code: "SUPPORT",
        text: "38 % of the candidate’s mass is on what was never shown; at most 1 % is allowed.",
      },
      { code: "EFFECTIVE_SAMPLE_SIZE", text: "The weights leave 412 rows; at least 20,000 are needed." },
    ],
    lights: base.lights.map((light) =>
      light.name === "validity"
        ? { ...light, state: "red", text: "Support and effective sample size fail." }
        : light.name === "money"
          ? light
          : { ...light, state: "amber", text: "Undecided." },
    ),
    validity: base.validity.map((each) =>
      each.id === "effective-sample-size" ? { ...each, state: "red" as const, found: "412" } : each,
    ),
    metrics: base.metrics.map((each, index) => ({
      ...each,
      lift: estimate(each.lift.value, 6 * each.standardError),
      decision: index === 5 ? ("within-limit" as const) : ("undecided" as const),
    })),
    weights: {
      ...weights(398_905, 0.93, 1.4),
      effectiveSampleSize: 412,
      largestShare: 0.073,
      paretoShape: 0.91,
    },
    propensityModel: { expectedError: 0.021, pValue: 0.00004, bins: calibrationBins("propensity", 0.06) },
    agreement: null,
  };
}

/** A made-up verdict of each kind, for tests of the page and of the terminal. */
export function madeUpVerdict(name: VerdictName): Verdict {
  return name === "SHIP" ? ship() : name === "HOLD" ? hold() : noDecision();
}
