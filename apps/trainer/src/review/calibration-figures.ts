import * as Plot from "@observablehq/plot";
import type { Verdict } from "@longview/formats";
import { axisNumber, small } from "../report/charts.ts";
import { Html, markup } from "../report/html.ts";
import { writeNumber, writePValue } from "./numbers.ts";
import { absent, tracedFigure } from "./trace.ts";

type Calibration = NonNullable<Verdict["propensityModel"]>;

function diagram(label: string, { bins }: Calibration): Html {
  const shown = bins.filter((bin) => bin.count > 0);
  if (shown.length === 0) return absent("no bin holds a row.");
  const ends = shown.flatMap((bin) => [bin.predicted, bin.observed]);
  const least = Math.min(0, ...ends);
  const most = Math.max(...ends, least + Number.EPSILON);
  const domain = [least, most + 0.04 * (most - least)];
  return small(label, {
    height: 270,
    marginLeft: 54,
    marginBottom: 42,
    x: { label: "predicted", labelAnchor: "center", domain, ticks: 5, tickFormat: axisNumber },
    y: { label: "observed", domain, ticks: 5, grid: true, tickFormat: axisNumber },
    r: { range: [2, 7] },
    marks: [
      Plot.line([least, domain[1]!], {
        x: (end: number) => end,
        y: (end: number) => end,
        stroke: "#6b7280",
        strokeDasharray: "4,3",
      }),
      Plot.dot(shown, {
        x: "predicted",
        y: "observed",
        r: "count",
        fill: "#0b5cad",
        fillOpacity: 0.55,
        stroke: "#0b5cad",
      }),
    ],
  });
}

const summary = (model: Calibration): Html =>
  markup`<p>
    Expected error ${writeNumber(model.expectedError)}; p-value of perfect calibration
    ${writePValue(model.pValue)}.
  </p>`;

/** Whether the models behind the numbers say what comes true: on the diagonal they do. */
export function calibrationFigures(verdict: Verdict): Html {
  const { propensityModel, rewardModel } = verdict;
  const reward =
    rewardModel === null
      ? absent("the verdict holds no reward model.")
      : markup`<p>Model: ${rewardModel.kind}.</p>
          ${summary(rewardModel)} ${diagram("Calibration of the reward model", rewardModel)}`;
  const propensity =
    propensityModel === null
      ? absent("propensities were logged, not estimated.")
      : markup`${summary(propensityModel)} ${diagram("Calibration of the propensities", propensityModel)}`;
  return markup`<div class="grid">
    ${tracedFigure(verdict, { title: "Reward model" }, reward)}
    ${tracedFigure(verdict, { title: "Estimated propensities" }, propensity)}
  </div>`;
}
