import * as Plot from "@observablehq/plot";
import type { ScorecardReport } from "@longview/scorecard";
import { axisNumber, responsive, small } from "../report/charts.ts";
import type { Html } from "../report/html.ts";

type Curve = ScorecardReport["windows"][number]["curves"][number];

/** One colour a window, in order; they can be told apart without seeing red and green. */
const COLOURS = ["#0b5cad", "#d97706", "#0f766e", "#b4236b", "#6b7280"] as const;

/** The colour of window number `at`. */
export const windowColour = (at: number): string => COLOURS[at % COLOURS.length]!;

interface Series {
  readonly window: string;
  readonly curve: Curve;
}

const seriesOf = ({ windows }: ScorecardReport, wanted: Curve["name"]): Series[] =>
  windows.flatMap(({ name, curves }) =>
    curves.filter((curve) => curve.name === wanted).map((curve) => ({ window: name, curve })),
  );

const pointsOf = ({ window, curve }: Series) =>
  curve.x.map((x, i) => ({
    window,
    x,
    y: curve.y[i]!,
    lower: curve.lower?.[i] ?? curve.y[i]!,
    upper: curve.upper?.[i] ?? curve.y[i]!,
  }));

const percent = (value: number): string => `${Math.round(100 * value)} %`;

const colours = ({ windows }: ScorecardReport) => ({
  domain: windows.map(({ name }) => name),
  range: windows.map((_, at) => windowColour(at)),
});

/** Lorenz curves of creators' impressions; undefined where no window has one. */
export function lorenzChart(report: ScorecardReport): Html | undefined {
  const series = seriesOf(report, "creatorLorenz");
  if (series.length === 0) return undefined;
  return small("Lorenz curve of creators' impressions", {
    height: 300,
    x: {
      label: "share of creators, least shown first",
      domain: [0, 1],
      tickFormat: percent,
      ticks: 5,
      labelAnchor: "right",
    },
    y: { label: null, domain: [0, 1], tickFormat: percent, ticks: 5, grid: true },
    color: colours(report),
    marks: [
      Plot.line([0, 1], {
        x: (each: number) => each,
        y: (each: number) => each,
        stroke: "#9ca3af",
        strokeDasharray: "4 4",
      }),
      Plot.line(series.flatMap(pointsOf), { x: "x", y: "y", z: "window", stroke: "window", strokeWidth: 2 }),
    ],
  });
}

/** Survival curves of creators with their intervals; undefined where no window has one. */
export function survivalChart(report: ScorecardReport): Html | undefined {
  const series = seriesOf(report, "creatorSurvival");
  if (series.length === 0) return undefined;
  const points = series.flatMap(pointsOf);
  return small("Kaplan–Meier survival of creators", {
    height: 300,
    x: { label: "days since joining", ticks: 5, labelAnchor: "right" },
    y: { label: null, domain: [0, 1], tickFormat: percent, ticks: 5, grid: true },
    color: colours(report),
    marks: [
      Plot.areaY(points, {
        x: "x",
        y1: "lower",
        y2: "upper",
        z: "window",
        fill: "window",
        fillOpacity: 0.12,
        curve: "step-after",
      }),
      Plot.line(points, {
        x: "x",
        y: "y",
        z: "window",
        stroke: "window",
        strokeWidth: 2,
        curve: "step-after",
      }),
    ],
  });
}

interface Bar {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly fill: string;
}

/** What an ecosystem's value moved by, from one window's to the next's. */
export function valueWaterfall({ from, to, value }: ScorecardReport["movements"][number]): Html | undefined {
  if (value === null || "unavailable" in value) return undefined;
  const bars: Bar[] = [{ name: from, from: 0, to: value.before, fill: windowColour(0) }];
  let level = value.before;
  for (const { player, part } of value.parts) {
    bars.push({ name: player, from: level, to: level + part, fill: part < 0 ? "#b42318" : "#0f6b4f" });
    level += part;
  }
  bars.push({ name: to, from: 0, to: value.after, fill: windowColour(1) });
  return responsive(`Ecosystem value from ${from} to ${to}`, (width) => ({
    height: 46 + 30 * bars.length,
    marginLeft: width > 500 ? 150 : 110,
    x: { label: null, ticks: 5, tickFormat: axisNumber, grid: true },
    y: { label: null, domain: bars.map(({ name }) => name) },
    marks: [
      Plot.ruleX([0], { stroke: "#9ca3af" }),
      Plot.barX(bars, { y: "name", x1: "from", x2: "to", fill: "fill", insetTop: 4, insetBottom: 4 }),
    ],
  }));
}
