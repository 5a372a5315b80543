import type { Evaluation, MetricsRow, PolicyEvaluation } from "@longview/formats";
import { formatLimit, formatNumber, formatSigned } from "../display/format.ts";
import { bestFeasibleBaseline } from "../evaluation/summarise.ts";
import { constraintCurve, timeChart, forestPlot, learningCurve } from "./charts.ts";
import type { Point } from "./charts.ts";
import { headlineOf } from "./headline.ts";
import { Html, escapeHtml, markup } from "./html.ts";
import { STYLE } from "./style.ts";
import { policyTable, stakeholderTable } from "./tables.ts";
import { policyColour, title } from "./words.ts";

/** What a report is made from; it knows nothing of the clock. */
export interface ReportInput {
  readonly name: string;
  readonly environment: string;
  readonly algorithm: string;
  readonly seed: string;
  readonly metrics: readonly MetricsRow[];
  readonly evaluation: Evaluation;
}

const empty = new Html("");
const figure = (caption: string, chart: Html): Html =>
  markup`<figure>
    <h3>${caption}</h3>
    ${chart}
  </figure>`;

function curve(rows: readonly MetricsRow[], pick: (row: MetricsRow) => number | null | undefined): Point[] {
  return rows.map((row) => ({ x: row.steps, y: pick(row) ?? null }));
}

function cards(input: ReportInput): Html {
  const { evaluation, metrics } = input;
  const trained = evaluation.policies[0]!;
  const best = bestFeasibleBaseline(evaluation);
  const limited = Object.values(trained.costs).some((cost) => cost.limit !== null);
  const card = (label: string, value: string, kind = ""): Html =>
    markup`<div class="card"><span>${label}</span><strong class="${kind}">${value}</strong></div>`;
  const shown: Html[] = [
    card(evaluation.unit === "world" ? "Ecosystem value" : "Mean return", formatNumber(trained.value.mean)),
  ];
  if (best !== undefined) {
    const { mean, interval } = best.differenceToTrained;
    const kind = interval[0] > 0 ? "good" : interval[1] < 0 ? "bad" : "";
    shown.push(
      card(
        `Against ${title(best.name).toLowerCase()}, the best ${limited ? "feasible " : ""}baseline`,
        formatSigned(mean),
        kind,
      ),
    );
  }
  for (const [name, cost] of Object.entries(trained.costs)) {
    if (cost.limit === null) continue;
    shown.push(
      card(
        `${title(name)}, limit ${formatLimit(cost.limit)}`,
        formatNumber(cost.mean),
        cost.upperBound <= cost.limit ? "good" : "bad",
      ),
    );
  }
  shown.push(card("Decisions trained on", formatNumber(metrics.at(-1)?.steps ?? 0)));
  return markup`<div class="cards">${shown}</div>`;
}

function comparison(evaluation: Evaluation): Html {
  const others = evaluation.policies.filter((policy) => policy.role !== "trained");
  if (others.length === 0) return empty;
  const rows = others.map((policy) => ({
    name: policy.name,
    mean: policy.differenceToTrained.mean,
    lower: policy.differenceToTrained.interval[0],
    upper: policy.differenceToTrained.interval[1],
  }));
  const percent = `${Number((evaluation.confidence * 100).toFixed(1))} %`;
  const units = evaluation.unit === "world" ? "fresh worlds" : "fresh episodes";
  return markup`<section>
    <h2>Value against every other policy</h2>
    <p class="note">
      The trained policy’s value minus each other’s, on the same ${evaluation.units} ${units} with the same
      noise. Right of zero: the trained policy is better. Lines are ${percent} intervals.
    </p>
    ${forestPlot("Difference in value, trained minus each policy", rows, "trained minus policy")}
    ${policyTable(evaluation)}
  </section>`;
}

function stakeholders(evaluation: Evaluation): Html {
  const first = evaluation.policies[0]!;
  if (Object.keys(first.objectives).length + Object.keys(first.costs).length === 0) return empty;
  return markup`<section>
    <h2>Who gains, who loses</h2>
    <p class="note">
      Means over the evaluation’s ${evaluation.unit}s. Under each number: what the trained policy has over
      that policy, in green or red where its interval leaves out zero.
    </p>
    ${stakeholderTable(evaluation)}
  </section>`;
}

/** The policies whose course is drawn over time. */
const followed = (policies: readonly PolicyEvaluation[]): PolicyEvaluation[] =>
  ["trained", "heuristic", "myopic"].flatMap((name) => policies.filter((policy) => policy.name === name));

const legend = (shown: readonly PolicyEvaluation[]): Html =>
  markup`<ul class="legend">
    ${shown.map((policy) => markup`<li><i style="background:${policyColour(policy.name)}"></i>${title(policy.name)}</li>`)}
  </ul>`;

/** What the myopic policy wins at first and what it costs. */
function shortAgainstLong({ policies, days }: Evaluation): Html {
  const shown = followed(policies).filter((policy) => policy.weeklyEngagement && policy.weeklyValues);
  const trained = shown.find(({ name }) => name === "trained");
  const myopic = shown.find(({ name }) => name === "myopic");
  if (trained === undefined || myopic === undefined) return empty;
  if (days === null || days < 7) return empty;
  const wholeWeeks = Math.floor(days / 7);
  const firstOf = (policy: PolicyEvaluation): string => formatNumber(policy.weeklyEngagement![0]!);
  const totalOf = (policy: PolicyEvaluation): string =>
    formatNumber(policy.weeklyValues!.reduce((sum, value) => sum + value, 0));
  const chart = (caption: string, pick: (policy: PolicyEvaluation) => readonly number[]): Html =>
    figure(
      caption,
      timeChart(
        caption,
        "week",
        shown.map((policy) => ({ name: policy.name, values: pick(policy).slice(0, wholeWeeks) })),
      ),
    );
  return markup`<section>
    <h2>Short run against long run</h2>
    <p class="note">
      In the first week ranking by immediate engagement brings ${firstOf(myopic)} minutes of engagement a user
      slot, the trained policy ${firstOf(trained)}. Over all ${days} days it earns ${totalOf(myopic)} of
      undiscounted value, the trained policy ${totalOf(trained)}.
    </p>
    ${legend(shown)}
    <div class="grid">
      ${chart("Engagement by week", (policy) => policy.weeklyEngagement!)}
      ${chart("Value by week", (policy) => policy.weeklyValues!)}
    </div>
  </section>`;
}

function ecosystem(policies: readonly PolicyEvaluation[]): Html {
  const shown = followed(policies).filter((policy) => policy.daily);
  if (shown.length === 0) return empty;
  const series = Object.keys(shown[0]!.daily!);
  return markup`<section>
    <h2>The ecosystem, day by day</h2>
    <p class="note">
      Means over the evaluation’s worlds. What a policy does to people and creators shows late: compare the
      end of the lines, not their beginning.
    </p>
    ${legend(shown)}
    <div class="grid">
      ${series.map((name) =>
        figure(
          title(name),
          timeChart(
            `${title(name)} by day`,
            "day",
            shown.map((policy) => ({ name: policy.name, values: policy.daily![name] ?? [] })),
          ),
        ),
      )}
    </div>
  </section>`;
}

function learning(rows: readonly MetricsRow[]): Html {
  if (rows.length < 2) return empty;
  const charts: Html[] = [];
  const add = (caption: string, pick: (row: MetricsRow) => number | null | undefined): void => {
    const points = curve(rows, pick).filter((point) => point.y !== null);
    const varies = points.some((point) => point.y !== points[0]?.y);
    if (varies) charts.push(figure(caption, learningCurve(caption, points)));
  };
  add("Reward a decision", (row) => row.rewardPerDecision);
  add("Return of the episodes that ended", (row) => row.episodeReturn);
  for (const name of Object.keys(rows[0]!.objectives))
    add(`${title(name)} a decision`, (row) => row.objectives[name]);
  add("Variety of its choices (entropy)", (row) => row.entropy);
  add("Variance that its value estimate explains", (row) => row.explainedVariance);
  return markup`<section>
    <h2>Learning</h2>
    <p class="note">
      Over the training decisions; faint: each iteration, strong: their moving average. These are training
      worlds, with the policy still exploring.
    </p>
    <div class="grid">${charts}</div>
  </section>`;
}

function constraints(rows: readonly MetricsRow[]): Html {
  const names = Object.keys(rows.at(-1)?.constraints ?? {});
  if (names.length === 0 || rows.length < 2) return empty;
  return markup`<section>
    <h2>Constraints while training</h2>
    <p class="note">
      Left: the cost measured in the training worlds, which scatters from world to world; whether the limit is
      kept is judged above, on fresh worlds. Right: the multiplier, the price that training
      put on the cost at that moment.
    </p>
    <div class="grid">
      ${names.flatMap((name) => [
        figure(
          title(name),
          constraintCurve(
            `${title(name)} against its limit`,
            curve(rows, (row) => row.constraints[name]?.cost),
            rows.at(-1)!.constraints[name]!.limit,
          ),
        ),
        figure(
          `Multiplier of ${title(name).toLowerCase()}`,
          learningCurve(
            `Multiplier of ${title(name)}`,
            curve(rows, (row) => row.constraints[name]?.multiplier),
            "#7c3aed",
          ),
        ),
      ])}
    </div>
  </section>`;
}

/**
 * The report of a run as one HTML document that needs nothing else: no script, no font, no picture from outside.
 * The same input gives the same bytes.
 */
export function renderReport(input: ReportInput): string {
  const { evaluation } = input;
  const headline = headlineOf(evaluation);
  const body = markup`<main>
    <header>
      <p class="run">${input.name} · ${input.environment} · ${input.algorithm} · seed ${input.seed}</p>
      <h1>${headline.value}<span class="${headline.feasible ? "" : "bad"}">${headline.constraints}</span></h1>
      <p class="detail">${headline.detail}</p>
    </header>
    ${cards(input)} ${comparison(evaluation)} ${stakeholders(evaluation)}
    ${shortAgainstLong(evaluation)} ${ecosystem(evaluation.policies)}
    ${learning(input.metrics)} ${constraints(input.metrics)}
    <section>
      <h2>How it was measured</h2>
      <ul class="method">
        ${evaluation.method.map((sentence) => markup`<li>${sentence}</li>`)}
      </ul>
      <h3 style="margin-top:16px">The policies</h3>
      <ul class="method">
        ${evaluation.policies.map((policy) => markup`<li><strong>${title(policy.name)}</strong>: ${policy.description}</li>`)}
      </ul>
    </section>
    <footer>
      All numbers are in evaluation.json and metrics.jsonl beside this page; lineage.json says what they were
      made from.
    </footer>
  </main>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(`${input.name}: Longview report`)}</title><style>${STYLE}</style></head>
<body>${body.text}</body></html>
`;
}
