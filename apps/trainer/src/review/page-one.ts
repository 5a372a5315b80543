import { STAKEHOLDERS } from "@longview/formats";
import type { MetricEffect, Verdict } from "@longview/formats";
import { Html, markup } from "../report/html.ts";
import { foremost, metricForest } from "./metric-forest.ts";
import {
  writeConfidence,
  writeCount,
  writeCounted,
  writeEstimate,
  writeNumber,
  writeShare,
} from "./numbers.ts";
import { absent, logHashes, shortHash, trace } from "./trace.ts";
import {
  LIGHT_TITLES,
  VERDICT_WORDS,
  distanceText,
  episodeText,
  icon,
  isVoid,
  logWindow,
  stateBadge,
} from "./words.ts";

/** Thresholds that page one names at least, and at most: what blocks is named before anything else. */
const LEAST_FLIPS = 2;
const MOST_FLIPS = 5;

/** How many of the thresholds stand on page one. */
export const flipsOnPageOne = ({ flips: given }: Verdict): number =>
  Math.min(MOST_FLIPS, Math.max(LEAST_FLIPS, given.filter(({ blocks }) => blocks).length));

const fact = (name: string, value: string, detail: string): Html =>
  markup`<div>
    <dt>${name}</dt>
    <dd>${value}<small>${detail}</small></dd>
  </div>`;

/** A path’s last part; the whole of it is among the provenance. */
const fileName = (path: string): string => path.split(/[/\\]/).at(-1) ?? path;

const policyDetail = (hash: string | null): string =>
  hash === null ? "no file of its own" : `sha256 ${shortHash(hash)}`;

function header(verdict: Verdict): Html {
  const { candidate, estimand, incumbent, log, specification } = verdict;
  const episodes = episodeText(verdict);
  return markup`<header>
    <p class="run">Launch review</p>
    <h1>${specification.name}</h1>
    <p class="question">${estimand.text}</p>
    <dl class="facts">
      ${fact("Candidate", candidate.label, policyDetail(candidate.sha256))}
      ${fact("Incumbent", incumbent.label, policyDetail(incumbent.sha256))}
      ${fact("Log", logWindow(verdict), `sha256 ${logHashes(verdict)}`)}
      ${fact(
        "Rows",
        writeCount(log.rowsKept),
        log.rowsKept === log.rowsRead ? "every row read" : `of ${writeCount(log.rowsRead)} read`,
      )}
      ${fact("Units", writeCount(log.units), log.unitsKnown ? episodes : `${episodes}; units not known`)}
      ${fact("Specification", fileName(specification.file.path), `sha256 ${shortHash(specification.file.sha256)}`)}
    </dl>
  </header>`;
}

function band(verdict: Verdict): Html {
  const { word, rest } = VERDICT_WORDS[verdict.verdict];
  return markup`<div class="band ${verdict.verdict.toLowerCase()}">
    <p class="verdict"><strong>${word}</strong> ${rest}</p>
    <p class="headline">${verdict.headline}</p>
    <p class="risk"><strong>Largest risk.</strong> ${verdict.risk}</p>
  </div>`;
}

function reasons({ reasons: given }: Verdict): Html {
  if (given.length === 0) return absent("the verdict names no reason.");
  return markup`<ul class="reasons">
    ${given.map(({ code, text }) => markup`<li>${text} <code>${code}</code></li>`)}
  </ul>`;
}

function lights(verdict: Verdict): Html {
  const names = ["validity", ...STAKEHOLDERS] as const;
  return markup`<ul class="lights">
    ${names.map((name) => {
      const light = verdict.lights.find((each) => each.name === name) ?? {
        title: LIGHT_TITLES[name],
        state: "absent" as const,
        text: "Nothing in the verdict answers for it.",
      };
      return markup`<li class="${light.state}">
        <h3>${light.title}</h3>
        ${stateBadge(light.state)}
        <p>${light.text}</p>
      </li>`;
    })}
  </ul>`;
}

function primaryLift(verdict: Verdict): Html {
  const primary = verdict.metrics.find((effect) => effect.role === "primary");
  if (primary === undefined) return absent("the verdict has no primary metric.");
  const { value, interval } = writeEstimate(primary.lift, { signed: true, thresholds: [0] });
  const relative =
    primary.relativeLift === null
      ? "no relative lift, since the incumbent’s value is 0"
      : `${writeShare(primary.relativeLift, true)} of the incumbent’s ${writeNumber(primary.incumbent.value)}`;
  if (isVoid(verdict))
    return markup`<h2>What the log would say if it could be believed</h2>
      <p class="primary">
        Lift of ${primary.metric} ${value} ${interval} at ${writeConfidence(primary.lift.confidence)}: no
        evidence, since a check fails.
      </p>`;
  return markup`<p class="primary">
    <span>Lift of ${primary.metric}</span> <strong>${value}</strong>
    <span>${interval} at ${writeConfidence(primary.lift.confidence)}; ${relative}</span>
  </p>`;
}

/** Of figures that are no evidence the primary one is enough; the others must not push what blocks off the page. */
const onPageOne = (verdict: Verdict): MetricEffect[] =>
  isVoid(verdict) ? verdict.metrics.slice(0, 1) : foremost(verdict.metrics);

function effects(verdict: Verdict): Html {
  const shown = onPageOne(verdict);
  const others = verdict.metrics.length - shown.length;
  return markup`<div class="lifts${isVoid(verdict) ? " void" : ""}">
    ${primaryLift(verdict)}
    ${
      shown.length === 0
        ? ""
        : markup`${metricForest(shown, verdict.confidence)}
            <p class="note">
              Each line has its own scale; right is better. An interval must stay right of the heavy line;
              dotted: no change (for a wall: none).
              ${others > 0 ? `${writeCounted(others, "more metric")} in section 2.` : ""}
            </p>`
    }
  </div>`;
}

/** One threshold, and how far its bound is from it in the metric's units; a check that fails has no distance. */
export const flipItem = ({ metric, text, distance }: Verdict["flips"][number]): Html =>
  markup`<li>
    <strong>${metric}</strong>:
    ${text}${distance === 0 ? "" : markup` <small>${distanceText(distance)}</small>`}
  </li>`;

function flips(verdict: Verdict): Html {
  const given = verdict.flips;
  const shown = given.slice(0, flipsOnPageOne(verdict));
  const more = given.filter(({ blocks }) => blocks).length - shown.length;
  return markup`<div class="flips">
    <h2>What would flip this verdict</h2>
    ${
      given.length === 0
        ? absent("the verdict names no threshold that would.")
        : markup`<ol>
            ${shown.map(flipItem)}
          </ol>`
    }
    ${more > 0 ? markup`<p class="note">${more} more in section 2.</p>` : ""}
  </div>`;
}

/** How closely page one is set in print, so that it stays one page: 1 is as usual. */
function density(verdict: Verdict): number {
  const { notices, reasons: given } = verdict;
  const lines =
    onPageOne(verdict).length +
    given.length +
    1.5 * notices.length +
    1.5 * (Math.min(verdict.flips.length, flipsOnPageOne(verdict)) - LEAST_FLIPS);
  return lines > 22 ? 3 : lines > 14 ? 2 : 1;
}

/** All that a decision needs, on one printed page. */
export function pageOne(verdict: Verdict): Html {
  return markup`<div class="page-one density-${density(verdict)}">
    ${verdict.notices.map(
      (notice) => markup`<p class="notice" role="note">${icon("amber")}<span>${notice}</span></p>`,
    )}
    ${header(verdict)} ${band(verdict)} ${reasons(verdict)} ${lights(verdict)} ${effects(verdict)}
    ${flips(verdict)} ${trace(verdict)}
  </div>`;
}
