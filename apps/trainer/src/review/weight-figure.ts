import * as Plot from "@observablehq/plot";
import type { Verdict } from "@longview/formats";
import { axisNumber, small } from "../report/charts.ts";
import { Html, markup } from "../report/html.ts";
import { powerOfTen, writeCount, writeEstimate, writeNumber, writeShare } from "./numbers.ts";
import { tracedFigure } from "./trace.ts";

type Weights = Verdict["weights"];

/** A power of ten as an axis writes it. */
const powerText = (exponent: number): string =>
  exponent >= -3 && exponent <= 3 ? String(Number((10 ** exponent).toPrecision(1))) : powerOfTen(exponent);

interface Bar {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Bars over log₁₀ w. */
function barsOf(weights: Weights): Bar[] {
  return weights.histogram
    .filter((bin) => bin.from > 0)
    .map((bin) => {
      const from = Math.log10(bin.from);
      // The last bin ends at the largest weight, which may be where it begins.
      return { from, to: Math.max(Math.log10(bin.to), from + 0.1), count: bin.count };
    });
}

function histogram(weights: Weights): Html {
  const bars = barsOf(weights);
  if (bars.length === 0)
    return markup`<p class="absent">
      No row has a weight above 0.
    </p>`;
  const least = Math.min(...bars.map((bar) => bar.from));
  const most = Math.max(...bars.map((bar) => bar.to));
  const width = Math.max(1, most - least);
  const top = Math.max(1, ...bars.map((bar) => bar.count)) * 1.08;
  const zeroBar = { from: least - 0.2 * width, to: least - 0.11 * width, count: weights.zeroCount };
  const step = Math.max(1, Math.ceil(width / 6));
  const powers = Array.from(
    { length: Math.floor(most) - Math.ceil(least) + 1 },
    (_, index) => Math.ceil(least) + index,
  ).filter((power) => power % step === 0);
  const zeroCentre = (zeroBar.from + zeroBar.to) / 2;
  return small("Histogram of the candidate’s weights, logarithmic", {
    height: 230,
    marginTop: 22,
    marginBottom: 40,
    x: {
      label: "weight w, logarithmic",
      labelAnchor: "center",
      domain: [zeroBar.from - 0.04 * width, most + 0.02 * width],
      ticks: [zeroCentre, ...powers],
      tickFormat: (tick: number) => (tick === zeroCentre ? "0" : powerText(tick)),
    },
    y: { label: null, domain: [0, top], ticks: 4, grid: true, tickFormat: axisNumber },
    marks: [
      Plot.rectY(bars, {
        x1: "from",
        x2: "to",
        y: "count",
        fill: "#0b5cad",
        insetLeft: 0.5,
        insetRight: 0.5,
      }),
      Plot.rectY([zeroBar], {
        x1: "from",
        x2: "to",
        y: (bar: Bar) => Math.min(bar.count, top),
        fill: "#9aa2ae",
      }),
      // A bar that goes on beyond the chart is cut through, and says how far it goes.
      Plot.ruleY(weights.zeroCount > top ? [0.86 * top] : [], {
        x1: zeroBar.from,
        x2: zeroBar.to,
        stroke: "white",
        strokeWidth: 5,
      }),
      Plot.ruleX(bars.some((bar) => bar.from <= 0) && most >= 0 ? [0] : [], {
        stroke: "#111827",
        strokeDasharray: "4,3",
      }),
      Plot.text(weights.zeroCount > top ? [zeroBar] : [], {
        x: zeroCentre,
        y: top,
        text: (bar: Bar) => axisNumber(bar.count),
        dy: -8,
      }),
      Plot.ruleY([0]),
    ],
  });
}

const row = (name: string, value: string): Html =>
  markup`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;

function numbers(weights: Weights): Html {
  const { count, effectiveSampleSize, maximum, minimum, paretoShape, zeroCount } = weights;
  const mean = writeEstimate(
    { value: weights.mean, lower: weights.meanLower, upper: weights.meanUpper },
    { thresholds: [1] },
  );
  return markup`<dl class="numbers-list">
    ${row("Effective sample size", `${writeCount(effectiveSampleSize)} of ${writeCount(count)} (${writeShare(count === 0 ? 0 : effectiveSampleSize / count)})`)}
    ${row("Largest share of one row", writeShare(weights.largestShare))}
    ${row("Mean weight, to be 1", `${mean.value} ${mean.interval}`)}
    ${row("Weights of 0", `${writeCount(zeroCount)} (${writeShare(count === 0 ? 0 : zeroCount / count)})`)}
    ${row("Least and largest weight", `${writeNumber(minimum)} and ${writeNumber(maximum)}`)}
    ${row("Shape of the tail (Pareto k)", paretoShape === null ? "absent" : writeNumber(paretoShape))}
  </dl>`;
}

/** How far the candidate is from what was logged: the weights, those of 0 apart. */
export function weightFigure(verdict: Verdict): Html {
  return tracedFigure(
    verdict,
    {
      title: "Weights: candidate’s probability over logged probability",
      note: "Rows by weight. Grey: rows that the candidate would never have shown. Dashed: weight 1, as likely under both.",
    },
    markup`<div class="beside">${histogram(verdict.weights)} ${numbers(verdict.weights)}</div>`,
  );
}
