import type { EstimatorRow, MetricEffect, Verdict } from "@longview/formats";
import { Html, markup } from "../report/html.ts";
import { drawForest } from "./forest.ts";
import { writeConfidence, writeEstimate, writeNumber } from "./numbers.ts";
import { domainOf } from "./scale.ts";
import { absent, tracedFigure } from "./trace.ts";
import type { ForestLine } from "./forest.ts";
import type { Domain } from "./scale.ts";

/** An axis over every estimate that can be drawn, and the incumbent's. */
function domainOfRows(rows: readonly EstimatorRow[], effect: MetricEffect | undefined): Domain {
  const values = rows.flatMap((row) => (row.value === null ? [] : [row.value]));
  const bounds = values.flatMap((each) => [each.lower, each.upper]).filter((each) => each !== null);
  const anchors = effect === undefined ? [] : [effect.incumbent.value];
  const points = values.map((each) => each.value);
  return points.length + anchors.length === 0 ? [0, 1] : domainOf(points, bounds, anchors);
}

function line(row: EstimatorRow, effect: MetricEffect | undefined, domain: Domain): ForestLine {
  const { lift, value } = row;
  const written = value === null ? undefined : writeEstimate(value);
  const writtenLift = lift === null ? undefined : writeEstimate(lift, { signed: true, thresholds: [0] });
  const incumbent = effect?.incumbent;
  const band: Domain | undefined =
    incumbent !== undefined && incumbent.lower !== null && incumbent.upper !== null
      ? [incumbent.lower, incumbent.upper]
      : undefined;
  return {
    name: row.title,
    detail: [row.note, value?.method ?? ""].filter((text) => text !== "").join(" · "),
    instead: row.note === "" ? "can’t be computed" : `can’t be computed: ${row.note}`,
    track:
      value === null || written === undefined
        ? null
        : {
            label: `${row.title}: ${written.value} ${written.interval}`,
            domain,
            value: value.value,
            lower: value.lower,
            upper: value.upper,
            tone: "plain",
            ...(band === undefined ? {} : { band }),
            lines: incumbent === undefined ? [] : [{ at: incumbent.value, kind: "reference" }],
          },
    numbers: markup`${
      written === undefined
        ? "absent"
        : markup`<strong>${written.value}</strong> <span>${written.interval}</span>`
    }
      <small class="block"
        >${writtenLift === undefined ? "lift absent" : `lift ${writtenLift.value} ${writtenLift.interval}`}</small
      >`,
  };
}

function metricPanel(verdict: Verdict, metric: string): Html {
  const rows = verdict.estimators.filter((row) => row.metric === metric);
  const effect = verdict.metrics.find((each) => each.metric === metric);
  const domain = domainOfRows(rows, effect);
  const incumbent =
    effect === undefined
      ? "The incumbent’s value is absent."
      : `Line: the incumbent’s ${writeNumber(effect.incumbent.value)}${effect.incumbent.lower === null || effect.incumbent.upper === null ? "" : ", shaded its interval"}.`;
  const shown = rows.find((row) => row.value !== null)?.value;
  const confidence =
    shown === undefined || shown === null ? "" : ` with ${writeConfidence(shown.confidence)} interval`;
  return tracedFigure(
    verdict,
    {
      title: `Candidate’s ${metric}`,
      note: `The candidate’s value by each estimator${confidence}. ${incumbent}`,
    },
    drawForest(
      rows.map((row) => {
        const drawn = line(row, effect, domain);
        // The reason stands in the place of the drawing; under the name it would be read twice.
        return drawn.track === null ? { ...drawn, detail: "" } : drawn;
      }),
      { domain, text: `candidate’s ${metric}`, signed: false },
    ),
  );
}

function agreementText({ agreement }: Verdict): Html {
  if (agreement === null)
    return absent("fewer than two estimators could be computed, so nothing can agree or disagree.");
  return markup`<p>
      <strong>${agreement.agree ? "The estimators agree." : "The estimators disagree."}</strong>
      Widest spread ${writeNumber(agreement.spread)}.
    </p>
    ${
      agreement.pairs.length === 0
        ? ""
        : markup`<ul>
            ${agreement.pairs.map((pair) => markup`<li>${pair}</li>`)}
          </ul>`
    }`;
}

/** The candidate's value by every estimator: what they share is more than what any of them says. */
export function estimatorSection(verdict: Verdict): Html {
  const metrics = [...new Set(verdict.estimators.map((row) => row.metric))];
  return markup`<section id="estimators">
    <h2>3. Do the estimators agree?</h2>
    ${tracedFigure(verdict, { title: "Agreement" }, agreementText(verdict))}
    ${metrics.length === 0 ? absent("no estimator could be computed.") : metrics.map((metric) => metricPanel(verdict, metric))}
  </section>`;
}
