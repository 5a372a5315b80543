// @ts-check
/** @import { FeatureDrift, PolicyStatus, RecentDecision, ServerStatus } from "@longview/formats" */
// Each section of the page from the server's status.

import { byId, copyOf, fill, showEach, write } from "./elements.js";
import * as wording from "./wording.js";

const TONES = 4;
const DRIFT_ROWS = 10;
const RECENT_ROWS = 8;
const SHOWN_ITEMS = 8;
const NOTHING = "–";

/** @param {ServerStatus} status */
export function showOverview({ requests, history }) {
  const p99 = history.p99_milliseconds.at(-1) ?? null;
  fill(byId("overview"), {
    perSecond: wording.quantity(requests.per_second),
    p99: p99 === null ? NOTHING : wording.milliseconds(p99),
    inFlight: wording.count(requests.in_flight),
    total: wording.count(requests.total),
    refused: wording.count(requests.refused),
    failed: wording.count(requests.failed),
  });
}

/** @param {ServerStatus} status */
export function showPolicies({ policies }) {
  byId("policies-empty").hidden = policies.length > 0;
  const tones = new Map(policies.map(({ name }, index) => [name, `tone-${index % TONES}`]));
  const serving = policies.filter(({ mode, share }) => mode === "serve" && share > 0);
  byId("shares").hidden = serving.length === 0;
  showEach(byId("shares"), serving, {
    key: ({ name }) => name,
    create: () => document.createElement("span"),
    update: (element, { name, share }) => {
      element.className = tones.get(name) ?? "";
      element.style.setProperty("--share", `${100 * share}%`);
    },
  });
  showEach(byId("policies"), policies, {
    key: ({ name }) => name,
    create: () => copyOf("policy-template"),
    update: (element, policy) => {
      element.className = `policy ${policy.mode} ${tones.get(policy.name)}`;
      fill(element, policyTexts(policy));
      const agreement = element.querySelector(".agreement");
      if (agreement instanceof HTMLElement) agreement.hidden = policy.mode !== "shadow";
    },
  });
}

/** @param {PolicyStatus} policy @returns {Record<string, string>} */
function policyTexts(policy) {
  const { latency_milliseconds: latency, slate, agreement_with_served: agreement } = policy;
  const served = policy.mode === "serve";
  return {
    name: policy.name,
    mode: served ? "serving" : "shadow",
    id: policy.policy_id,
    share: wording.percent(policy.share),
    shareOf: served ? "of units" : "of units, scored but never shown",
    perSecond: wording.quantity(policy.decisions_per_second),
    decisions: wording.count(policy.decisions),
    latency:
      latency === null
        ? NOTHING
        : `${[latency.p50, latency.p95, latency.p99].map(wording.quantity).join(" · ")} ms`,
    floor: policy.propensity_floor === 0 ? "none" : wording.percent(policy.propensity_floor),
    slate:
      slate === null
        ? NOTHING
        : `${wording.quantity(slate.mean_length)} of ${wording.quantity(slate.mean_candidates)}`,
    propensity: slate === null ? NOTHING : wording.probability(slate.mean_position_propensity),
    distinct: slate === null ? NOTHING : wording.count(slate.distinct_items),
    top: slate === null ? NOTHING : wording.percent(slate.top_item_share),
    agreement: agreement === null ? NOTHING : wording.percent(agreement),
    since: wording.dayAndTime(policy.since),
  };
}

/** @param {ServerStatus} status */
export function showDrift({ drift, policies }) {
  const { thresholds, features } = drift;
  const least = thresholds.minimum_count ?? 1;
  // To a hundredth: rows that are as bad as each other must not change places each second.
  const badness = (/** @type {FeatureDrift} */ row) =>
    Math.round(
      100 *
        Math.max(
          row.population_stability / thresholds.population_stability,
          row.kolmogorov_smirnov / thresholds.kolmogorov_smirnov,
        ),
    );
  const group = (/** @type {FeatureDrift} */ row) => (row.exceeded ? 2 : row.count >= least ? 1 : 0);
  const sorted = features.toSorted(
    (a, b) => group(b) - group(a) || badness(b) - badness(a) || a.feature.localeCompare(b.feature),
  );
  const exceeded = features.filter((row) => row.exceeded).length;
  const early = features.filter((row) => row.count < least).length;
  write(
    byId("drift-summary"),
    features.length === 0
      ? policies.length === 0
        ? "No policy, no features."
        : "The policies’ bundles do not say what their features were like in training."
      : [
          exceeded > 0
            ? `${exceeded} of ${features.length} features drifted from training.`
            : early === features.length
              ? `Nothing is judged before ${wording.count(least)} decisions.`
              : `None of ${features.length} features drifted from training.`,
          `Thresholds: population stability ${thresholds.population_stability}, Kolmogorov–Smirnov ${thresholds.kolmogorov_smirnov}.`,
        ].join(" "),
  );
  const policyNames = new Set(features.map(({ policy }) => policy));
  const table = byId("drift");
  table.hidden = sorted.length === 0;
  showEach(bodyOf(table), firstOf(sorted, DRIFT_ROWS, byId("drift-more")), {
    key: ({ policy, feature }) => `${policy}\n${feature}`,
    create: () => copyOf("drift-template"),
    update: (element, row) => {
      // What is not judged yet must not look judged.
      const judged = row.count >= least;
      gauge(element, ".stability", row.population_stability / thresholds.population_stability, judged);
      gauge(element, ".distance", row.kolmogorov_smirnov / thresholds.kolmogorov_smirnov, judged);
      const [tone, mark, state] = row.exceeded
        ? ["bad", "▲", "drifted"]
        : row.count < least
          ? ["waiting", "…", "too few yet"]
          : ["good", "✓", "as trained"];
      element.querySelector(".state")?.setAttribute("class", `state ${tone}`);
      fill(element, {
        feature: row.feature,
        policy: policyNames.size > 1 ? row.policy : "",
        stability: wording.threePlaces(row.population_stability),
        distance: wording.threePlaces(row.kolmogorov_smirnov),
        count: wording.count(row.count),
        mark,
        state,
      });
    },
  });
}

/**
 * The first rows, or all where a button says so.
 *
 * @template Row
 * @param {readonly Row[]} rows
 * @param {number} most
 * @param {HTMLElement} button
 */
function firstOf(rows, most, button) {
  const all = button.getAttribute("aria-expanded") === "true";
  button.hidden = rows.length <= most;
  write(button, all ? `Show the first ${most} only` : `Show all ${rows.length}`);
  return all ? rows : rows.slice(0, most);
}

/**
 * A bar whose middle is the threshold.
 *
 * @param {HTMLElement} row
 * @param {string} selector
 * @param {number} ratio - of the figure to its threshold
 * @param {boolean} judged - whether a ratio of 1 or more says anything
 */
function gauge(row, selector, ratio, judged) {
  const bar = row.querySelector(selector);
  if (!(bar instanceof HTMLElement)) return;
  bar.classList.toggle("over", judged && ratio >= 1);
  bar.style.setProperty("--filled", `${Math.min(100, 50 * ratio)}%`);
}

/** @param {ServerStatus} status */
export function showLog({ log }) {
  const { feedback } = log;
  fill(byId("log"), {
    decisions: wording.count(log.decisions),
    files: wording.count(log.files),
    bytes: wording.bytes(log.bytes),
    segments: wording.count(log.open_segments),
  });
  fill(byId("feedback"), {
    joined:
      wording.count(feedback.joined) +
      (log.decisions > 0 ? ` (${wording.percent(feedback.joined / log.decisions)})` : ""),
    late: wording.count(feedback.late),
    duplicate: wording.count(feedback.duplicate),
    unknown: wording.count(feedback.unknown),
  });
}

/** @param {ServerStatus} status */
export function showRecent({ recent }) {
  byId("recent-empty").hidden = recent.length > 0;
  const table = byId("recent");
  table.hidden = recent.length === 0;
  showEach(bodyOf(table), firstOf(recent, RECENT_ROWS, byId("recent-more")), {
    key: (decision) => decision.decision_id,
    create: () => copyOf("recent-template"),
    update: (element, decision) => fill(element, recentTexts(decision)),
  });
}

/** @param {RecentDecision} decision @returns {Record<string, string>} */
function recentTexts(decision) {
  const items = decision.item_ids;
  const more = items.length - SHOWN_ITEMS;
  return {
    time: wording.timeOfDay(decision.time),
    id: decision.decision_id,
    policy: decision.policy,
    mode: decision.mode,
    unit: decision.unit,
    items: `${items.slice(0, SHOWN_ITEMS).join(", ")}${more > 0 ? ` and ${more} more` : ""}`,
    candidates: wording.count(decision.candidates),
    propensity: wording.probability(decision.slate_propensity),
    latency: wording.milliseconds(decision.latency_milliseconds),
  };
}

/** @param {HTMLElement} table */
function bodyOf(table) {
  return /** @type {HTMLTableSectionElement} */ (table.querySelector("tbody"));
}
