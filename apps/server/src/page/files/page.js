// @ts-check
/** @import { ServerStatus } from "@longview/formats" */
// Asks the server for its status each second and shows it.

import { drawChart } from "./chart.js";
import { byId, fill, write } from "./elements.js";
import { showDrift, showLog, showOverview, showPolicies, showRecent } from "./sections.js";
import * as wording from "./wording.js";

const EVERY_MILLISECONDS = 1000;
const PATIENCE_MILLISECONDS = 4000;

const figures = byId("figures");
const pause = byId("pause");
/** @type {ServerStatus | undefined} */
let shown;
/** @type {{ rate: ReturnType<typeof drawChart>, latency: ReturnType<typeof drawChart> } | undefined} */
let charts;
let paused = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** @param {string} tone @param {string} mark @param {string} text */
function say(tone, mark, text) {
  const state = byId("state");
  state.className = `state ${tone}`;
  fill(state, { mark, text });
}

/** What is above the figures; it is read out when it changes, so nothing in it counts seconds. @param {string} tone @param {string} text */
function notify(tone, text) {
  const notice = byId("notice");
  notice.className = text === "" ? "" : `notice ${tone}`;
  write(notice, text);
}

/** @param {ServerStatus} status */
function show(status) {
  shown = status;
  figures.hidden = false;
  figures.classList.remove("stale");
  // Made when it is visible, since a chart takes its size from where it stands.
  charts ??= {
    rate: drawChart(byId("rate-chart"), { name: "Requests per second", written: wording.quantity }),
    latency: drawChart(byId("latency-chart"), { name: "p99 latency", written: wording.milliseconds }),
  };
  showOverview(status);
  showPolicies(status);
  showDrift(status);
  showLog(status);
  showRecent(status);
  const { time, requests_per_second: rate, p99_milliseconds: p99 } = status.history;
  charts.rate.show(status.time, time, rate);
  charts.latency.show(status.time, time, p99);
  write(byId("about"), `Longview ${status.version} · up ${wording.duration(status.uptime_seconds)}`);
  if (status.ready) say("good", "✓", "Ready");
  else say("caution", "▲", "Not ready");
  if (!status.ready)
    notify(
      "",
      status.policies.length === 0
        ? "The server is not ready: no policy is deployed yet, so it turns requests for slates away."
        : "The server is not ready: it is stopping, and turns requests for slates away.",
    );
  else if (status.requests.total === 0)
    notify("plain", "No request yet. Figures appear with the first one to v1/rank.");
  else notify("", "");
}

/** @param {string} reason */
function showLost(reason) {
  say("bad", "✕", "Connection lost");
  figures.classList.add("stale");
  notify(
    "bad",
    shown === undefined
      ? `No connection to the server: ${reason}. Trying again each second.`
      : `Connection lost: ${reason}. The figures below are from ${wording.timeOfDay(shown.time)}. Trying again each second.`,
  );
}

async function update() {
  clearTimeout(timer);
  /** @type {ServerStatus | undefined} */
  let status;
  let reason = "";
  try {
    const answer = await fetch("v1/status", {
      cache: "no-store",
      headers: { accept: "application/json" },
      signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
    });
    if (answer.ok) status = await answer.json();
    else reason = `it answered ${answer.status}`;
  } catch (error) {
    reason = reasonOf(error);
  }
  if (paused) return;
  if (status === undefined) showLost(reason);
  else show(status);
  // An update that was under way when pausing ended may have set one too.
  clearTimeout(timer);
  timer = setTimeout(() => void update(), EVERY_MILLISECONDS);
}

/** @param {unknown} error */
function reasonOf(error) {
  if (error instanceof DOMException && error.name === "TimeoutError") return "it does not answer";
  if (error instanceof SyntaxError) return "its answer is no JSON";
  return "it cannot be reached";
}

pause.addEventListener("click", () => {
  paused = !paused;
  pause.setAttribute("aria-pressed", String(paused));
  if (!paused) return void update();
  clearTimeout(timer);
  say("waiting", "❚❚", "Paused");
});

for (const [id, showSection] of /** @type {const} */ ([
  ["drift-more", showDrift],
  ["recent-more", showRecent],
])) {
  const button = byId(id);
  button.addEventListener("click", () => {
    button.setAttribute("aria-expanded", String(button.getAttribute("aria-expanded") !== "true"));
    if (shown !== undefined) showSection(shown);
  });
}

void update();
