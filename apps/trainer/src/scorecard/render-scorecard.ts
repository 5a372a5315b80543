import type { ScorecardReport } from "@longview/scorecard";
import { formatNumber, formatSigned } from "../display/format.ts";
import { Html, markup } from "../report/html.ts";
import { STYLE } from "../report/style.ts";
import { title } from "../report/words.ts";
import { lorenzChart, survivalChart, valueWaterfall, windowColour } from "./scorecard-charts.ts";
import { intervalText } from "./scorecard-lines.ts";

const empty = new Html("");
const BETTER = { higher: "more is better", lower: "less is better", none: "" } as const;

const aboutMetric = ({ stakeholder, unit, direction }: ScorecardReport["metrics"][number]): string =>
  [title(stakeholder), unit === "1" ? "" : unit, BETTER[direction]].filter((part) => part !== "").join(" · ");

/** `scorecard.html`: a scorecard as one document that needs nothing else. The same report gives the same bytes. */
export function renderScorecard(report: ScorecardReport): string {
  const body = markup`<main>
    <header><p class="run">longview scorecard</p><h1>Ecosystem scorecard</h1></header>
    ${scorecardSections(report)}
    <footer>Every number is in scorecard.json beside this page, with each metric's formula and version.</footer>
  </main>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Ecosystem scorecard</title><style>${STYLE}</style></head>
<body>${body.text}</body></html>
`;
}

/** The sections of a scorecard, for this page and for others that hold one. */
export function scorecardSections(report: ScorecardReport): Html {
  return markup`${metricSection(report)}${curveSection(report)}${report.movements.map((movement) => movementSection(report, movement))}${missingSection(report)}`;
}

function metricSection(report: ScorecardReport): Html {
  const { windows, metrics, confidence } = report;
  const rows = metrics.flatMap((metric) => {
    const values = windows.map((window) => window.metrics.find((each) => each.metric === metric.name)!);
    if (values.every((value) => "unavailable" in value)) return [];
    return [
      markup`<tr>
        <th>${metric.title}<small style="display:block;font-weight:400;color:var(--quiet)"
          >${aboutMetric(metric)}</small
        ></th>
        ${values.map((value) =>
          "unavailable" in value
            ? markup`<td>–</td>`
            : markup`<td>${formatNumber(value.value)}<small>${intervalText(value.interval)}</small></td>`,
        )}
      </tr> `,
    ];
  });
  return markup`<section>
    <h2>Metrics</h2>
    <p class="note">
      In brackets: ${formatNumber(100 * confidence)} % intervals, each by itself. Pages of one user are resampled together; what is
      counted by creators takes creators as independent.
    </p>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Metric</th>
            ${windows.map(
              ({ name, pages, users }) =>
                markup`<th>${name}<br />${formatNumber(pages)} pages, ${formatNumber(users)} users</th>`,
            )}
          </tr>
        </thead>
        <tbody>${rows}${ecosystemRow(report)}</tbody>
      </table>
    </div>
  </section>`;
}

function ecosystemRow({ windows, exchangeRates }: ScorecardReport): Html {
  if (exchangeRates === null) return empty;
  const { name, version, unit, scale, sha256 } = exchangeRates;
  return markup`<tr class="trained">
    <th>Ecosystem value<small style="display:block;font-weight:400;color:var(--quiet)"
      >${unit} a ${scale} · rates ${name} version ${version}, ${sha256.slice(0, 12)}</small
    ></th>
    ${windows.map(({ ecosystem }) =>
      ecosystem === null || "unavailable" in ecosystem
        ? markup`<td>–<small>${ecosystem?.unavailable ?? ""}</small></td>`
        : markup`<td><strong>${formatNumber(ecosystem.value)}</strong><small>${intervalText(ecosystem.interval)}</small></td>`,
    )}
  </tr> `;
}

function curveSection(report: ScorecardReport): Html {
  const lorenz = lorenzChart(report);
  const survival = survivalChart(report);
  if (lorenz === undefined && survival === undefined) return empty;
  const figure = (heading: string, chart: Html | undefined): Html =>
    chart === undefined ? empty : markup`<figure><h3>${heading}</h3>${chart}</figure>`;
  return markup`<section>
    <h2>Creators</h2>
    <ul class="legend">
      ${report.windows.map(({ name }, at) => markup`<li><i style="background:${windowColour(at)}"></i>${name}</li>`)}
    </ul>
    <div class="grid">
      ${figure("Share of impressions (dashed: all alike)", lorenz)}${figure("Share who stay", survival)}
    </div>
  </section>`;
}

function movementSection(report: ScorecardReport, movement: ScorecardReport["movements"][number]): Html {
  const titleOf = (metric: string): string =>
    report.metrics.find(({ name }) => name === metric)?.title ?? title(metric);
  const { from, to, metrics, value } = movement;
  const segmented = metrics.some(({ parts }) => parts !== null);
  const waterfall = valueWaterfall(movement);
  const changed = value === null || "unavailable" in value ? undefined : value;
  return markup`<section>
    <h2>From ${from} to ${to}</h2>
    ${
      changed === undefined || waterfall === undefined
        ? empty
        : markup`<h3>Ecosystem value ${formatSigned(changed.change)} ${intervalText(changed.interval)}, by whose metrics moved it</h3>
            ${waterfall}`
    }
    ${
      segmented
        ? markup`<p class="note">By mix: segments became more or less of the whole. By rate: they changed in themselves. Both add up to the change.</p>`
        : empty
    }
    <div class="scroll">
      <table>
        <thead>
          <tr><th>Metric</th><th>Change</th>${segmented ? markup`<th>By mix</th><th>By rate</th>` : empty}</tr>
        </thead>
        <tbody>
          ${metrics.map(
            ({ metric, change, interval, parts }) =>
              markup`<tr><th>${titleOf(metric)}</th>
                <td>${formatSigned(change)}<small>${intervalText(interval)}</small></td>
                ${
                  segmented
                    ? markup`<td>${parts === null ? "" : formatSigned(parts.mix)}</td><td>${parts === null ? "" : formatSigned(parts.rate)}</td>`
                    : empty
                }</tr> `,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function missingSection({ metrics, windows }: ScorecardReport): Html {
  const missing = metrics.flatMap(({ name, title: heading }) => {
    const reasons = windows.flatMap((window) => {
      const value = window.metrics.find(({ metric }) => metric === name)!;
      return "unavailable" in value ? [{ window: window.name, reason: value.unavailable }] : [];
    });
    const [first] = reasons;
    if (first === undefined) return [];
    return reasons.length === windows.length
      ? [markup`<li>${heading}: ${first.reason}</li> `]
      : reasons.map(({ window, reason }) => markup`<li>${heading}, ${window}: ${reason}</li> `);
  });
  if (missing.length === 0) return empty;
  return markup`<section>
    <h2>Not available</h2>
    <ul class="method">
      ${missing}
    </ul>
  </section>`;
}
