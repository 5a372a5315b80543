import { STAKEHOLDERS } from "@longview/formats";
import type { BoundedEstimate, MetricEffect, Verdict } from "@longview/formats";
import { Html, markup } from "../report/html.ts";
import { tested } from "./metric-forest.ts";
import { writeConfidence, writeEstimate, writeNumber, writeShare } from "./numbers.ts";
import { flipItem, flipsOnPageOne } from "./page-one.ts";
import { segmentFigures } from "./segment-figures.ts";
import { absent, tracedFigure } from "./trace.ts";
import { LIGHT_TITLES, decisionBadge, isVoid, requirement } from "./words.ts";

const cell = (
  estimate: BoundedEstimate,
  options: { readonly signed: boolean; readonly thresholds: readonly number[] },
  detail = "",
): Html => {
  const { value, interval } = writeEstimate(estimate, options);
  return markup`<td>${value}<small>${interval}</small>${detail === "" ? "" : markup`<small>${detail}</small>`}</td>`;
};

function metricRow(effect: MetricEffect): Html {
  const { better, candidate, incumbent, lift, range, relativeLift, role } = effect;
  const { threshold } = tested(effect);
  const relative = relativeLift === null ? "no relative lift" : writeShare(relativeLift, true);
  return markup`<tr>
      <th>
        ${effect.metric}<small
          >${role}; ${better} is better; range ${writeNumber(range[0])} to
          ${writeNumber(range[1])}</small
        >
      </th>
      ${cell(incumbent, { signed: false, thresholds: [] })}
      ${cell(candidate, { signed: false, thresholds: role === "wall" ? [threshold] : [] })}
      ${cell(lift, { signed: true, thresholds: role === "wall" ? [] : [threshold] }, relative)}
      <td class="text">${requirement(effect)}</td>
      <td class="text">${decisionBadge(effect)}</td>
    </tr>
    <tr class="because">
      <td colspan="6"><div>${effect.text} · <small>${writeConfidence(lift.confidence)} lift by ${lift.method}${role === "wall" ? `; ${writeConfidence(candidate.confidence)} value by ${candidate.method}` : ""}; standard error of the lift ${writeNumber(effect.standardError)}</small></div></td>
    </tr> `;
}

function stakeholderGroup(verdict: Verdict, name: (typeof STAKEHOLDERS)[number]): Html {
  const title = verdict.lights.find((light) => light.name === name)?.title ?? LIGHT_TITLES[name];
  const metrics = verdict.metrics.filter((effect) => effect.stakeholder === name);
  return markup`<tbody>
    <tr class="group">
      <th colspan="6">${title}</th>
    </tr>
    ${
      metrics.length === 0
        ? markup`<tr>
            <td colspan="6" class="absent"><strong>Absent:</strong> the specification names no metric for it.</td>
          </tr>`
        : metrics.map(metricRow)
    }
  </tbody>`;
}

function effectTable(verdict: Verdict): Html {
  return markup`<div class="scroll">
    <table class="effects">
      <thead>
        <tr>
          <th>Metric</th>
          <th>Incumbent</th>
          <th>Candidate</th>
          <th>Lift</th>
          <th class="text">Margin or limit</th>
          <th class="text">Decision</th>
        </tr>
      </thead>
      ${STAKEHOLDERS.map((name) => stakeholderGroup(verdict, name))}
    </table>
  </div>`;
}

function furtherFlips(verdict: Verdict): Html {
  const further = verdict.flips.slice(flipsOnPageOne(verdict));
  if (further.length === 0) return new Html("");
  return markup`<h3>Further thresholds that would flip the verdict</h3>
    <ul>
      ${further.map(flipItem)}
    </ul>`;
}

/** What changes for whom, and who loses. */
export function effectSection(verdict: Verdict): Html {
  const table = verdict.metrics.length === 0 ? absent("the verdict has no metric.") : effectTable(verdict);
  return markup`<section id="effects">
    <h2>2. Effects by stakeholder</h2>
    ${isVoid(verdict) ? markup`<p class="note"><strong>A check of the evidence fails:</strong> what follows is what the log would say if it could be believed.</p>` : ""}
    ${tracedFigure(
      verdict,
      {
        title: "Every metric",
        note: "Lift: candidate minus incumbent, paired, in the metric’s own units; below it the interval, and the lift as a share of the incumbent’s value.",
      },
      table,
    )}
    ${furtherFlips(verdict)} ${segmentFigures(verdict)}
  </section>`;
}
