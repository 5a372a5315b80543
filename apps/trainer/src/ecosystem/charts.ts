import * as Plot from "@observablehq/plot";
import { axisNumber, responsive, small } from "../report/charts.ts";
import { formatSigned } from "../display/format.ts";
import type { Html } from "../report/html.ts";
import type { BandedCurve } from "./report-type.ts";

/** Colours of the policy and of what it is compared with, as the style sheet sets them by light. */
export const POLICY_COLOURS = ["var(--first)", "var(--against)"] as const;

const GRID = { stroke: "var(--line)", strokeOpacity: 1 };
const percent = (value: number): string => `${Math.round(100 * value)} %`;

interface Point {
  readonly x: number;
  readonly y: number;
  readonly lower: number;
  readonly upper: number;
}

const pointsOf = ({ x, y, lower, upper }: BandedCurve): Point[] =>
  x.map((at, i) => ({ x: at, y: y[i]!, lower: lower?.[i] ?? y[i]!, upper: upper?.[i] ?? y[i]! }));

function marksOf(curves: readonly BandedCurve[], curve: "linear" | "step-after"): Plot.Markish[] {
  // The policy itself is drawn last, above what it is compared with.
  return curves
    .map((each, at) => {
      const points = pointsOf(each);
      const colour = POLICY_COLOURS[at]!;
      return [
        Plot.areaY(points, { x: "x", y1: "lower", y2: "upper", fill: colour, fillOpacity: 0.16, curve }),
        Plot.line(points, { x: "x", y: "y", stroke: colour, strokeWidth: 2, curve }),
      ];
    })
    .toReversed()
    .flat();
}

/** A series by day, one line a policy, with intervals. */
export function dailyChart(label: string, curves: readonly BandedCurve[]): Html {
  return small(label, {
    height: 170,
    x: { label: "day", ticks: 6, labelAnchor: "right" },
    y: { label: null, ticks: 4, tickFormat: axisNumber, nice: true },
    marks: [Plot.gridY({ ...GRID, ticks: 4 }), ...marksOf(curves, "linear")],
  });
}

/** Lorenz curves with the diagonal of equal shares. */
export function lorenzChart(label: string, curves: readonly BandedCurve[]): Html {
  return small(label, {
    height: 260,
    x: {
      label: "share of creators, least first",
      domain: [0, 1],
      tickFormat: percent,
      ticks: 5,
      labelAnchor: "right",
    },
    y: { label: null, domain: [0, 1], tickFormat: percent, ticks: 5 },
    marks: [
      Plot.gridY({ ...GRID, ticks: 5 }),
      Plot.line([0, 1], {
        x: (each: number) => each,
        y: (each: number) => each,
        stroke: "var(--frame)",
        strokeDasharray: "4 4",
      }),
      ...marksOf(curves, "linear"),
    ],
  });
}

/** Survival curves from joining on. */
export function survivalChart(label: string, curves: readonly BandedCurve[]): Html {
  return small(label, {
    height: 260,
    x: { label: "days since joining", ticks: 6, labelAnchor: "right" },
    y: { label: null, domain: [0, 1], tickFormat: percent, ticks: 5 },
    marks: [Plot.gridY({ ...GRID, ticks: 5 }), ...marksOf(curves, "step-after")],
  });
}

/** A step of a waterfall. */
export interface Step {
  readonly name: string;
  readonly mean: number;
  readonly interval: readonly [number, number] | null;
}

/** What a sum is made of, step by step from 0, and the sum itself; thin lines are the steps' own intervals. */
export function waterfall(label: string, steps: readonly Step[], total: Step): Html {
  let level = 0;
  const bars = steps.map(({ name, mean, interval }) => {
    const from = level;
    level += mean;
    const bounds = interval === null ? null : ([from + interval[0], from + interval[1]] as const);
    return { name, mean, from, to: level, bounds, fill: mean < 0 ? "var(--bad)" : "var(--good)" };
  });
  bars.push({
    name: total.name,
    mean: total.mean,
    from: 0,
    to: total.mean,
    bounds: total.interval,
    fill: "var(--first)",
  });
  const bounded = bars.flatMap(({ name, bounds }) =>
    bounds === null ? [] : [{ name, lower: bounds[0], upper: bounds[1] }],
  );
  return responsive(label, (width) => ({
    height: 46 + 36 * bars.length,
    className: "waterfall",
    marginLeft: width > 500 ? 110 : 84,
    marginRight: width > 500 ? 84 : 62,
    x: { label: null, ticks: width > 500 ? 7 : 4, tickFormat: axisNumber },
    y: { label: null, domain: bars.map(({ name }) => name), tickSize: 0 },
    marks: [
      Plot.gridX({ ...GRID, ticks: width > 500 ? 7 : 4 }),
      Plot.barX(bars, { y: "name", x1: "from", x2: "to", fill: "fill", insetTop: 7, insetBottom: 7, rx: 2 }),
      Plot.ruleX([0], { stroke: "var(--frame)" }),
      Plot.ruleY(bounded, { y: "name", x1: "lower", x2: "upper", stroke: "var(--ink)", strokeWidth: 1.4 }),
      Plot.text(bars, {
        y: "name",
        frameAnchor: "right",
        dx: width > 500 ? 78 : 58,
        textAnchor: "end",
        text: ({ mean }: { mean: number }) => formatSigned(mean),
        fill: "var(--ink)",
      }),
    ],
  }));
}
