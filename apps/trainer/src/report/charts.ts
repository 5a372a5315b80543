import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { Html, markup } from "./html.ts";
import { formatLimit, formatSigned } from "../display/format.ts";
import { policyColour, title } from "./words.ts";

/** Widths at which a chart is drawn: one for a page, one for a phone; the style sheet shows the one that fits. */
const WIDE = 720;
const NARROW = 344;

type PlotOptions = NonNullable<Parameters<typeof Plot.plot>[0]>;

function draw(options: PlotOptions, label: string): Html {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const figure = Plot.plot({
    style: { fontFamily: "inherit", fontSize: "12px", background: "none" },
    ...options,
    document: document as unknown as Document,
  });
  figure.setAttribute("role", "img");
  figure.setAttribute("aria-label", label);
  return new Html(figure.outerHTML);
}

/** Draws a chart for both widths. */
export function responsive(label: string, make: (width: number) => PlotOptions): Html {
  return markup`<div class="wide">${draw({ ...make(WIDE), width: WIDE }, label)}</div>
    <div class="narrow">${draw({ ...make(NARROW), width: NARROW }, label)}</div>`;
}

/** A small chart that fits both a page's column and a phone. */
export function small(label: string, options: PlotOptions): Html {
  return draw(
    { width: 336, height: 190, marginLeft: 46, marginRight: 14, marginBottom: 38, ...options },
    label,
  );
}

/** A number as an axis has room for. */
export const axisNumber = (value: number): string => {
  const size = Math.abs(value);
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
  if (size >= 1e4) return `${Number((value / 1e3).toPrecision(3))}k`;
  return String(Number(value.toPrecision(4))).replace("-", "−");
};

export interface Point {
  readonly x: number;
  readonly y: number | null;
}

/** Points thinned to at most `count` by averaging neighbours, so that a long run's curve stays light. */
export function thin(points: readonly Point[], count = 160): Point[] {
  const kept = points.filter((point) => point.y !== null);
  const size = Math.ceil(kept.length / count);
  if (size <= 1) return kept;
  const result: Point[] = [];
  for (let start = 0; start < kept.length; start += size) {
    const block = kept.slice(start, start + size);
    const sum = block.reduce((total, point) => total + point.y!, 0);
    result.push({ x: block.at(-1)!.x, y: sum / block.length });
  }
  return result;
}

/** A moving average over about a twentieth of the curve. */
export function smooth(points: readonly Point[]): Point[] {
  const radius = Math.max(1, Math.round(points.length / 40));
  return points.map((point, index) => {
    const window = points.slice(Math.max(0, index - radius), index + radius + 1);
    return { x: point.x, y: window.reduce((total, each) => total + (each.y ?? 0), 0) / window.length };
  });
}

/** A curve over training decisions: each iteration faint, their moving average strong. */
export function learningCurve(
  label: string,
  points: readonly Point[],
  colour = policyColour("trained"),
): Html {
  const thinned = thin(points);
  return small(label, {
    x: { label: "decisions", ticks: 4, tickFormat: axisNumber, labelAnchor: "right" },
    y: { label: null, ticks: 5, tickFormat: axisNumber, grid: true },
    marks: [
      Plot.line(thinned, { x: "x", y: "y", stroke: colour, strokeOpacity: 0.28 }),
      Plot.line(smooth(thinned), { x: "x", y: "y", stroke: colour, strokeWidth: 2 }),
    ],
  });
}

/** A constraint's cost over training, with its limit. */
export function constraintCurve(label: string, points: readonly Point[], limit: number): Html {
  const thinned = thin(points);
  const values = [...thinned.map((point) => point.y ?? 0), limit];
  const spread = Math.max(...values) - Math.min(...values) || Math.abs(limit) || 1;
  const top = Math.max(...values) + spread * 0.12;
  const bottom = Math.min(...values) - spread * 0.06;
  return small(label, {
    x: { label: "decisions", ticks: 4, tickFormat: axisNumber, labelAnchor: "right" },
    y: { label: null, ticks: 5, tickFormat: axisNumber, grid: true, domain: [bottom, top] },
    marks: [
      Plot.rectY([{}], {
        x1: 0,
        x2: thinned.at(-1)?.x ?? 1,
        y1: limit,
        y2: top,
        fill: "#b42318",
        fillOpacity: 0.07,
      }),
      Plot.line(thinned, { x: "x", y: "y", stroke: "#0b5cad", strokeOpacity: 0.28 }),
      Plot.line(smooth(thinned), { x: "x", y: "y", stroke: "#0b5cad", strokeWidth: 2 }),
      Plot.ruleY([limit], { stroke: "#b42318", strokeWidth: 1.5, strokeDasharray: "5,3" }),
      Plot.text([{}], {
        frameAnchor: "right",
        y: limit,
        text: () => `limit ${formatLimit(limit)}`,
        textAnchor: "end",
        dy: -7,
        fill: "#b42318",
        stroke: "white",
        strokeWidth: 4,
      }),
    ],
  });
}

export interface ForestRow {
  readonly name: string;
  readonly mean: number;
  readonly lower: number;
  readonly upper: number;
}

/** Differences with their intervals, one line a policy, against zero. */
export function forestPlot(label: string, rows: readonly ForestRow[], axis: string): Html {
  return responsive(label, (width) => ({
    height: 44 * rows.length + 64,
    marginLeft: 84,
    marginRight: width > 500 ? 170 : 20,
    marginTop: 14,
    marginBottom: 42,
    x: { label: axis, grid: true, ticks: width > 500 ? 7 : 4, tickFormat: axisNumber, labelAnchor: "center" },
    y: { label: null, domain: rows.map((row) => title(row.name)), tickSize: 0 },
    marks: [
      Plot.ruleX([0], { stroke: "#111827", strokeWidth: 1.2 }),
      Plot.ruleY(rows, {
        x1: "lower",
        x2: "upper",
        y: (row: ForestRow) => title(row.name),
        stroke: (row: ForestRow) => policyColour(row.name),
        strokeWidth: 3,
        strokeLinecap: "round",
      }),
      Plot.dot(rows, {
        x: "mean",
        y: (row: ForestRow) => title(row.name),
        r: 5.5,
        fill: (row: ForestRow) => policyColour(row.name),
      }),
      ...(width > 500
        ? [
            Plot.text(rows, {
              frameAnchor: "right",
              y: (row: ForestRow) => title(row.name),
              text: (row: ForestRow) =>
                `${formatSigned(row.mean)}  [${formatSigned(row.lower)}, ${formatSigned(row.upper)}]`,
              textAnchor: "start",
              dx: 12,
              fill: "#111827",
            }),
          ]
        : [
            Plot.text(rows, {
              x: "mean",
              y: (row: ForestRow) => title(row.name),
              text: (row: ForestRow) => formatSigned(row.mean),
              dy: -13,
              fill: "#111827",
            }),
          ]),
    ],
  }));
}

/** Several policies' series by day. */
export function timeChart(
  label: string,
  time: "day" | "week",
  series: readonly { name: string; values: readonly number[] }[],
): Html {
  const points = series.flatMap(({ name, values }) => values.map((y, index) => ({ x: index + 1, y, name })));
  return small(label, {
    x: { label: time, ticks: 6, labelAnchor: "right" },
    y: { label: null, ticks: 5, tickFormat: axisNumber, grid: true },
    color: { domain: series.map(({ name }) => name), range: series.map(({ name }) => policyColour(name)) },
    marks: [Plot.line(points, { x: "x", y: "y", z: "name", stroke: "name", strokeWidth: 2 })],
  });
}
