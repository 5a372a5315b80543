import type { DailySeries } from "@longview/marketplace";
import { formatNumber, formatSigned } from "../display/format.ts";
import { heatMap } from "../gaps/heat-map.ts";
import { Html, markup } from "../report/html.ts";
import { title } from "../report/words.ts";
import { dailyChart, lorenzChart, POLICY_COLOURS, survivalChart, waterfall } from "./charts.ts";
import { figureInterval, shownSign } from "./print.ts";
import type { BandedCurve, ComparedFigures, EcosystemReport, Figure, ReportedMetric } from "./report-type.ts";
import { ECOSYSTEM_STYLE } from "./style.ts";
import { topicAgeTable } from "./topic-age-map.ts";

const empty = new Html("");
const BETTER = { higher: "more is better", lower: "less is better", none: "" } as const;
/** Gaps that are told in words. */
const MOST_GAPS = 5;
/** Metrics at the head of the page, where they are known. */
const HEADLINE = [
  "satisfaction",
  "trust",
  "retentionDay7",
  "creatorSurvival28",
  "creatorGini",
  "freshShare",
  "revenue",
  "harmPerMillion",
];
const SERIES: readonly { readonly name: DailySeries; readonly heading: string }[] = [
  { name: "usersInSession", heading: "Users in session" },
  { name: "satisfaction", heading: "Satisfaction (users there are)" },
  { name: "trust", heading: "Trust in the platform" },
  { name: "creators", heading: "Creators" },
  { name: "newCreatorShare", heading: "New creators’ share of exposure" },
  { name: "exposureGini", heading: "Exposure: Gini over creators" },
  { name: "items", heading: "Items that can be shown" },
  { name: "quality", heading: "Mean quality of items" },
  { name: "harmPerMillion", heading: "Harmful impressions per million" },
  { name: "revenue", heading: "Revenue a day" },
  { name: "payouts", heading: "Payouts to creators a day" },
];

/** `ecosystem.html`: a simulation as one document that needs nothing else. The same report gives the same bytes. */
export function renderEcosystem(report: EcosystemReport): string {
  const { policies, world } = report;
  const body = markup`<main>
    ${headSection(report)}${valueSection(report)}${dailySection(report)}${creatorSection(report)}${mapSection(report)}${gapSection(report)}${metricSection(report)}${missingSection(report)}
    <footer>Every number is in ecosystem.json beside this page, with each metric’s formula and version. Seed ${report.seed}; options ${JSON.stringify(report.options)}.</footer>
  </main>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
${markup`<title>${policies.join(" against ")} in ${world}</title>`.text}<style>${ECOSYSTEM_STYLE}</style></head>
<body>${body.text}</body></html>
`;
}

const policyName = (name: string): string => (/^[a-z]+$/.test(name) ? title(name) : name);

/** What the simulation shows in one sentence, and no more than it shows. */
export function headline({ ecosystem, policies, exchangeRates, days }: EcosystemReport): string {
  const [value] = ecosystem.value.values;
  const { difference } = ecosystem.value;
  const per = `${exchangeRates.unit} a ${exchangeRates.scale}`;
  const first = policyName(policies[0]!);
  if (value === undefined || "unavailable" in value)
    return `${first}: what ${formatNumber(days)} days do to the ecosystem`;
  if (difference === null)
    return `${first}: an ecosystem worth ${formatNumber(value.mean)} ${per} over ${formatNumber(days)} days`;
  const other = policyName(policies[1]!);
  if (difference.interval === null)
    return `${first} against ${other}: ${formatSigned(difference.mean)} ${per} in one world`;
  const sign = shownSign(difference);
  if (sign === 0) return `${first} and ${other} can’t be told apart in what they are worth to the ecosystem`;
  return `${first} is worth ${formatNumber(Math.abs(difference.mean))} ${per} ${sign > 0 ? "more" : "less"} to the ecosystem than ${other}`;
}

function legend({ policies }: EcosystemReport): Html {
  if (policies.length < 2) return empty;
  return markup`<ul class="legend">${policies.map(
    (name, at) => markup`<li><i style="background:${POLICY_COLOURS[at]!}"></i>${policyName(name)}</li>`,
  )}</ul>`;
}

function headSection(report: EcosystemReport): Html {
  const { metrics, worlds, users, days, confidence, policies, world } = report;
  const shown = HEADLINE.flatMap((name) => metrics.filter(({ definition }) => definition.name === name));
  const { difference } = report.ecosystem.value;
  const detail =
    worlds === 1
      ? "One world: no intervals."
      : `${Number((100 * confidence).toFixed(1))} % intervals over ${worlds} independent worlds, each by itself.${
          policies.length > 1
            ? " Differences are paired: in each world both policies meet the same users, creators and luck."
            : ""
        }${difference?.interval === null || difference === null ? "" : ` The difference is ${formatSigned(difference.mean)} ${figureInterval(difference, formatSigned)}.`}`;
  return markup`<header><p class="run">longview simulate · ${world} · ${worlds} world${worlds === 1 ? "" : "s"} of ${formatNumber(users)} user slots, ${formatNumber(days)} days</p>
    <h1>${headline(report)}</h1><p class="detail">${detail}</p></header>
    <div class="cards">${shown.map((metric) => card(metric, policies))}</div>`;
}

/** How a difference is to be seen: for whom it is, better or worse, where it is shown to be anything. */
function differenceClass(metric: ReportedMetric): string {
  const { direction } = metric.definition;
  if (metric.difference === null || direction === "none") return "";
  const sign = shownSign(metric.difference) * (direction === "higher" ? 1 : -1);
  return sign > 0 ? "good" : sign < 0 ? "bad" : "";
}

function card(metric: ReportedMetric, policies: readonly string[]): Html {
  const [value] = metric.values;
  if (value === undefined || "unavailable" in value) return empty;
  const { difference, definition } = metric;
  return markup`<div class="card"><span>${definition.title}${definition.unit.startsWith("per ") ? `, ${definition.unit}` : ""}</span><strong>${formatNumber(value.mean)}</strong>
    <small>${figureInterval(value)}</small>${
      difference === null
        ? empty
        : markup`<small class="${differenceClass(metric)}">${formatSigned(difference.mean)} against ${policyName(policies[1]!)}<br />${figureInterval(difference, formatSigned)}</small>`
    }</div>`;
}

function valueSection(report: EcosystemReport): Html {
  const { ecosystem, exchangeRates, policies } = report;
  const { name, version, unit, scale, terms, sha256 } = exchangeRates;
  const [value] = ecosystem.value.values;
  const sum = terms.map(({ metric, weight }, at) => {
    const sign = weight < 0 ? "− " : at > 0 ? "+ " : "";
    return `${sign}${Math.abs(weight)} · ${metric}`;
  });
  const times = scale === "day" ? ", times pages a day" : "";
  const rates = `Rates ${name} version ${version} (${sha256.slice(0, 12)}): ${sum.join(" ")}${times}.`;
  if (value === undefined || "unavailable" in value)
    return markup`<section><h2>Ecosystem value</h2><p>Not available: ${value === undefined ? "" : value.unavailable}</p><p class="note">${rates}</p></section>`;
  const steps = (parts: Readonly<Record<string, Figure>>) =>
    Object.entries(parts).map(([player, figure]) => ({ name: title(player), ...figure }));
  const own = markup`<figure><h3>${policyName(policies[0]!)}: what the value is made of</h3>${waterfall(
    `Ecosystem value of ${policies[0]} by stakeholder`,
    steps(ecosystem.stakeholders[0]!),
    { name: "Ecosystem", ...value },
  )}</figure>`;
  const { difference } = ecosystem.value;
  const change =
    ecosystem.parts === null || difference === null
      ? empty
      : markup`<figure><h3>${policyName(policies[0]!)} less ${policyName(policies[1]!)}: whose metrics made the difference</h3>${waterfall(
          "Difference of ecosystem value by stakeholder",
          ecosystem.parts.map(({ player, ...figure }) => ({ name: title(player), ...figure })),
          { name: "Difference", ...difference },
        )}</figure>`;
  return markup`<section><h2>Ecosystem value, ${unit} a ${scale}</h2>
    <p class="note">${rates} ${
      ecosystem.parts === null
        ? ""
        : "The difference is taken apart by exact Shapley values in every world; volume is the number of pages. "
    }Thin lines: each bar’s own interval.</p>
    ${change}${own}</section>`;
}

function dailySection(report: EcosystemReport): Html {
  const charts = SERIES.flatMap(({ name, heading }) => {
    const curves = report.pictures.map(({ daily }) => daily[name]);
    // Worlds without advertisers or paid creators have nothing to show there.
    if (curves.every(({ y }) => y.every((value) => value === 0))) return [];
    return [markup`<figure><h3>${heading}</h3>${dailyChart(heading, curves)}</figure>`];
  });
  return markup`<section><h2>Day by day</h2>${legend(report)}<div class="grid three">${charts}</div></section>`;
}

function creatorSection(report: EcosystemReport): Html {
  const { pictures } = report;
  const known = (pick: (at: (typeof pictures)[number]) => BandedCurve | null): BandedCurve[] | null => {
    const curves = pictures.flatMap((each) => pick(each) ?? []);
    return curves.length === pictures.length ? curves : null;
  };
  const figure = (heading: string, curves: BandedCurve[] | null, draw: typeof lorenzChart): Html =>
    curves === null ? empty : markup`<figure><h3>${heading}</h3>${draw(heading, curves)}</figure>`;
  return markup`<section><h2>Who gets what, and who stays</h2>
    <p class="note">Lorenz curves are over all creators there have been; dashed: all alike. Survival is Kaplan–Meier from joining to leaving, of all worlds’ lives together.</p>
    ${legend(report)}<div class="grid">
    ${figure(
      "Exposure: share of impressions",
      known(({ lorenz }) => lorenz.exposure),
      lorenzChart,
    )}${figure(
      "Payouts: share of money",
      known(({ lorenz }) => lorenz.payouts),
      lorenzChart,
    )}${figure(
      "Creators who stay",
      known(({ survival }) => survival.creators),
      survivalChart,
    )}${figure(
      "Users who stay",
      known(({ survival }) => survival.users),
      survivalChart,
    )}</div></section>`;
}

function mapSection({ pictures, policies, ageEdges }: EcosystemReport): Html {
  const parts = pictures.map(({ supply, exposure }, at) => {
    const whose = policies.length > 1 ? `${policyName(policies[at]!)}: ` : "";
    return markup`<figure><h3>${whose}Items there are</h3>${topicAgeTable(supply, ageEdges)}</figure>
      <figure><h3>${whose}Impressions a day</h3>${topicAgeTable(exposure, ageEdges)}</figure>`;
  });
  return markup`<section><h2>Supply and exposure by topic and age</h2>
    <p class="note">Means of a world over its last seven days. An item’s second topic counts by its weight.</p>
    <div class="grid">${parts}</div></section>`;
}

const valueCell = (value: ComparedFigures["values"][number]): Html =>
  "unavailable" in value
    ? markup`<td>–</td>`
    : markup`<td>${formatNumber(value.mean)}<small>${figureInterval(value)}</small></td>`;

function metricSection(report: EcosystemReport): Html {
  const { metrics, policies } = report;
  const paired = policies.length > 1;
  const known = metrics.filter(({ values }) => values.some((value) => !("unavailable" in value)));
  const stakeholders = [...new Set(known.map(({ definition }) => definition.stakeholder))];
  const row = (metric: ReportedMetric): Html => {
    const { definition, difference, mixRate } = metric;
    const about = [definition.unit === "1" ? "" : definition.unit, BETTER[definition.direction]];
    return markup`<tr><th>${definition.title}<small>${about.filter((part) => part !== "").join(" · ")}</small></th>
      ${metric.values.map(valueCell)}${
        !paired
          ? empty
          : difference === null
            ? markup`<td></td><td></td>`
            : markup`<td>${formatSigned(difference.mean)}<small class="${differenceClass(metric)}">${figureInterval(difference, formatSigned)}</small></td>
              <td>${mixRate === null ? "" : markup`<small>${formatSigned(mixRate.mix)} mix</small><small>${formatSigned(mixRate.rate)} rate</small>`}</td>`
      }</tr> `;
  };
  return markup`<section><h2>Scorecard</h2>
    ${
      paired
        ? markup`<p class="note">Mix and rate take a difference apart exactly: what came of more or fewer pages on mobile devices, and what of a change on the same device.</p>`
        : empty
    }
    <div class="scroll"><table>
      <thead><tr><th>Metric</th>${policies.map((name) => markup`<th>${policyName(name)}</th>`)}${
        paired ? markup`<th>Difference</th><th>By device</th>` : empty
      }</tr></thead>
      <tbody>${stakeholders.map(
        (whose) =>
          markup`<tr><th class="group" colspan="${policies.length + (paired ? 3 : 1)}">${title(whose)}</th></tr>${known
            .filter(({ definition }) => definition.stakeholder === whose)
            .map(row)}`,
      )}</tbody></table></div></section>`;
}

function gapSection({ gaps, policies }: EcosystemReport): Html {
  if ("unavailable" in gaps)
    return markup`<section><h2>Content gaps</h2><p>Not available: ${gaps.unavailable}</p></section>`;
  const found = gaps.cells.filter((cell) => cell.found);
  const largest = found.slice(0, MOST_GAPS).map(({ topic, segment, context, gapPerWeek, cause }) => {
    const { topics, segments, contexts } = gaps.axes;
    const [low, high] = gapPerWeek.interval;
    return markup`<li>${topics[topic]!} for ${segments[segment]!}, ${contexts[context]!}: ${formatNumber(gapPerWeek.value)} [${formatNumber(low)}, ${formatNumber(high)}] a week, ${cause.label}</li> `;
  });
  return markup`<section><h2>Content gaps: utility lost a week</h2>
    <p class="note">${policyName(policies[0]!)}, by topic, users and situation: what the best item would give less what is served. ${found.length} of ${gaps.cells.length} tested cells are reported, at a false-discovery rate of ${formatNumber(100 * gaps.falseDiscoveryRate)} %.</p>
    <div class="scroll">${heatMap(gaps)}</div>
    ${largest.length === 0 ? empty : markup`<h3>The largest</h3><ul class="method">${largest}</ul>`}
    ${gaps.limits.map((limit) => markup`<p class="note">${limit}</p>`)}</section>`;
}

function missingSection({ metrics, policies }: EcosystemReport): Html {
  const missing = metrics.flatMap(({ definition, values }) =>
    values.flatMap((value, at) =>
      "unavailable" in value
        ? [
            markup`<li>${definition.title}${policies.length > 1 ? `, ${policyName(policies[at]!)}` : ""}: ${value.unavailable}</li> `,
          ]
        : [],
    ),
  );
  return missing.length === 0
    ? empty
    : markup`<section><h2>Not available</h2><ul class="method">${missing}</ul></section>`;
}
