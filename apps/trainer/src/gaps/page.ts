import { STAGE_CAUSES, STAGES, type GapBrief, type Stage, type WithInterval } from "@longview/scorecard/gaps";
import { formatNumber } from "../display/format.ts";
import { Html, markup } from "../report/html.ts";
import { STYLE } from "../report/style.ts";
import { heatMap } from "./heat-map.ts";
import { namedCell, type GapsResult } from "./result.ts";
import { GAPS_STYLE } from "./style.ts";

const STAGE_COLORS: Readonly<Record<Stage, string>> = {
  supply: "#0b5cad",
  retrieval: "#7c5cbf",
  eligibility: "#b45309",
  ranking: "#0f766e",
};

/** Stages that the source can't tell apart. */
const SEVERAL = "#64748b";

/** The gap atlas as one HTML page that needs nothing beside it. */
export function gapsPage(result: GapsResult): string {
  const { atlas, source } = result;
  const found = atlas.cells.filter((cell) => cell.found).length;
  const title = found === 0 ? "No gap is shown" : `${found} gap${found === 1 ? "" : "s"} in what is served`;
  const page = markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${new Html(STYLE + GAPS_STYLE)}</style></head>
<body class="gaps"><main>
<header><p class="run">${source.kind === "log" ? "Log" : "Run"} ${source.names.join(", ")}</p><h1>${title}</h1>
<p class="detail">${headline(result)}</p></header>
<div class="cards">
${card("Reported gaps", String(found))}
${card("Cells tested", formatNumber(atlas.cells.length))}
${card("Cells of too few users", formatNumber(atlas.untested))}
${source.decisions === null ? "" : card("Decisions", formatNumber(source.decisions))}
${card("Utility", source.utility)}
</div>
<section><h2>Where utility is lost</h2>
<p class="note">Demand a week times utility lost a decision, by topic, segment and context; both shrunk.</p>
<div class="scroll">${heatMap(atlas)}</div></section>
${gapTable(result)}
${priceTable(result)}
${briefSection(result.briefs)}
${methodSection(result)}
</main></body></html>
`;
  return page.text;
}

const card = (name: string, value: string): Html =>
  markup`<div class="card"><span>${name}</span><strong>${value}</strong></div>`;

function headline({ atlas, briefs }: GapsResult): string {
  const [first] = briefs;
  if (first === undefined)
    return `In no cell more than ${formatNumber(atlas.margin)} of utility a decision is lost beyond chance, with at most ${percent(atlas.falseDiscoveryRate)} false ones expected among those reported.`;
  return `The largest: ${first.topic} for ${first.segment}, ${first.context}: ${first.cause}. ${range(first.gapPerWeek)} of utility a week.`;
}

function gapTable({ atlas }: GapsResult): Html {
  const found = atlas.cells.filter((cell) => cell.found).map((cell) => namedCell(atlas, cell));
  if (found.length === 0) return markup``;
  const largest = Math.max(...found.map(({ gapPerWeek }) => gapPerWeek.value));
  return markup`<section><h2>Reported gaps</h2>
<p class="note">Largest first, with ${percent(atlas.confidence)} intervals. Of those reported at most ${percent(atlas.falseDiscoveryRate)} are expected to lose less than the margin of ${formatNumber(atlas.margin)}.</p>
<p class="stages">${STAGES.map((stage) => markup`<span><i style="background:${STAGE_COLORS[stage]}"></i>${STAGE_CAUSES[stage]}</span>`)}<span><i style="background:${SEVERAL}"></i>several, not told apart</span></p>
<div class="scroll"><table><thead><tr><th class="text">Topic</th><th>Decisions a week</th><th>Lost a decision</th><th>Lost a week</th><th class="text">Cause</th><th>Adjusted p</th></tr></thead><tbody>
${found.map(
  (cell) => markup`<tr><th>${cell.topic}<small>${cell.segment} · ${cell.context}</small></th>
<td>${formatNumber(Math.round(cell.demandPerWeek.value))}<small>${between(cell.demandPerWeek)}</small></td>
<td>${three(cell.loss.value)}<small>${between(cell.loss)}</small></td>
<td>${three(cell.gapPerWeek.value)}<small>${between(cell.gapPerWeek)}</small></td>
<td class="text">${shareBar(
    cell.cause.parts,
    cell.gapPerWeek.value / largest,
  )}<small>${cell.cause.label}</small></td>
<td>${three(Number(cell.adjustedPValue.toPrecision(2)))}</td></tr>`,
)}</tbody></table></div></section>`;
}

/** The loss by stage, as long as the gap is large. */
function shareBar(parts: GapBrief["shares"], size: number): Html {
  const total = parts.reduce((sum, { share }) => sum + Math.max(0, share), 0);
  let x = 0;
  const bars = parts.map(({ stages, share }) => {
    const width = total > 0 ? (Math.max(0, share) / total) * 130 * Math.max(0.04, size) : 0;
    const bar = markup`<rect x="${x.toFixed(1)}" y="0" width="${width.toFixed(1)}" height="12" fill="${stages.length === 1 ? STAGE_COLORS[stages[0]!] : SEVERAL}"/>`;
    x += width;
    return bar;
  });
  return markup`<svg class="share" viewBox="0 0 130 12" role="img" aria-label="loss by stage">${bars}</svg>`;
}

function priceTable({ prices }: GapsResult): Html {
  if (prices.length === 0) return markup``;
  return markup`<section><h2>What more of a topic is worth</h2>
<p class="note">The shadow price of one more exposure of a topic, everyone being served as well as present supply and a tenth more allow. 0: nobody would miss it.</p>
<div class="scroll"><table><thead><tr><th class="text">Topic</th><th>Exposures a week</th><th>Utility of one more</th></tr></thead><tbody>
${prices.map(
  ({ topic, exposuresPerWeek, pricePerExposure }) =>
    markup`<tr><th>${topic}</th><td>${formatNumber(Math.round(exposuresPerWeek))}</td><td>${three(pricePerExposure)}</td></tr>`,
)}</tbody></table></div></section>`;
}

function briefSection(briefs: readonly GapBrief[]): Html {
  if (briefs.length === 0) return markup``;
  return markup`<section><h2>Briefs</h2>${briefs.map(
    (
      brief,
      index,
    ) => markup`<details${new Html(index === 0 ? " open" : "")}><summary>${brief.rank}. ${brief.topic} for ${brief.segment}, ${brief.context}: ${brief.cause}</summary>
<p>${brief.action}</p><ul>
<li>Owner: ${brief.owners.join(", or ")}</li>
<li>Wanted in ${range(brief.demandPerWeek)} decisions a week; ${range(brief.lossPerDecision)} of utility lost in each</li>
<li>${brief.oneMoreItemPerWeek === null ? "What one more item would bring can’t be said: whether items are missing is not seen" : `One more item as good as the reference, with the pipeline as it is: ${three(brief.oneMoreItemPerWeek)} of utility a week`}</li>
${brief.missing.map(
  ({ attribute, wanted, has }) =>
    markup`<li>${attribute}: what does well for them has ${three(wanted)} (median), the topic’s items have ${three(has)}</li>`,
)}
${
  brief.existing.length === 0
    ? markup`<li>No item of the topic is known</li>`
    : markup`<li>Best existing items: ${brief.existing
        .map(({ id, utility }) => `${id} (${three(utility)})`)
        .join(", ")}</li>`
}</ul></details>`,
  )}</section>`;
}

function methodSection({ atlas }: GapsResult): Html {
  return markup`<section><h2>What this can and can’t say</h2><ul class="method">
${atlas.limits.map((limit) => markup`<li>${limit}</li>`)}
<li>A cell is reported when its own loss is above ${formatNumber(atlas.margin)} a decision by a one-sided test over independent groups of users, after Benjamini and Hochberg’s correction at ${percent(atlas.falseDiscoveryRate)} over all tested cells.</li>
<li>Demand is shrunk towards what its topic and its segment and context say (Gamma–Poisson), losses towards each other (empirical Bayes). Both set the order and the sizes, not what is reported.</li>
<li>The cause is the stage with the largest Shapley share of the lost utility.</li></ul></section>`;
}

/** Three significant digits, thousands grouped. */
function three(value: number): string {
  const size = Math.abs(value);
  return size >= 1000 || size < 0.001
    ? formatNumber(value)
    : String(Number(value.toPrecision(3))).replace("-", "−");
}

const percent = (share: number): string => `${formatNumber(Number((100 * share).toPrecision(3)))} %`;
const between = ({ interval }: WithInterval): string => `${three(interval[0])} to ${three(interval[1])}`;
const range = (figure: WithInterval): string => `${three(figure.value)} (${between(figure)})`;
