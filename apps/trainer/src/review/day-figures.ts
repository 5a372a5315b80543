import * as Plot from "@observablehq/plot";
import type { Verdict } from "@longview/formats";
import { axisNumber, responsive } from "../report/charts.ts";
import { Html, markup } from "../report/html.ts";
import { writeCount, writeNumber } from "./numbers.ts";
import { absent, tracedFigure } from "./trace.ts";

type Day = Verdict["days"][number];
interface Dated extends Day {
  readonly index: number;
}

const BLUE = "#0b5cad";

/** Index and label of the days that the axis names: as many as fit, evenly apart. */
function namedDays(days: readonly Day[], most: number): number[] {
  const step = Math.max(1, Math.ceil(days.length / most));
  return days.flatMap((_, index) => (index % step === 0 ? [index] : []));
}

const axisOf = (
  days: readonly Day[],
  width: number,
): { label: null; domain: number[]; ticks: number[]; tickFormat: (index: number) => string } => ({
  label: null,
  domain: [-0.5, days.length - 0.5],
  ticks: namedDays(days, width > 500 ? 7 : 3),
  tickFormat: (index) => days[index]?.day ?? "",
});

function loggedByDay(days: readonly Dated[], metric: string): Html {
  const uncertain = days.filter((day) => day.standardError !== null);
  return responsive(`Logged mean of ${metric} by day`, (width) => ({
    height: 190,
    marginLeft: 62,
    marginBottom: 26,
    x: axisOf(days, width),
    y: { label: null, grid: true, ticks: 5, tickFormat: axisNumber, nice: true },
    marks: [
      Plot.ruleX(uncertain, {
        x: "index",
        y1: (day: Dated) => day.logged - 2 * (day.standardError ?? 0),
        y2: (day: Dated) => day.logged + 2 * (day.standardError ?? 0),
        stroke: BLUE,
        strokeWidth: 1.5,
      }),
      Plot.line(days, { x: "index", y: "logged", stroke: BLUE, strokeOpacity: 0.35 }),
      Plot.dot(days, { x: "index", y: "logged", fill: BLUE, r: 3 }),
    ],
  }));
}

function weightByDay(days: readonly Dated[]): Html {
  return responsive("Mean weight by day", (width) => ({
    height: 130,
    marginLeft: 62,
    marginBottom: 26,
    x: axisOf(days, width),
    y: { label: null, grid: true, ticks: 4, tickFormat: axisNumber, nice: true },
    marks: [
      Plot.ruleY([1], { stroke: "#111827", strokeDasharray: "4,3" }),
      Plot.line(days, { x: "index", y: "meanWeight", stroke: BLUE, strokeOpacity: 0.35 }),
      Plot.dot(days, { x: "index", y: "meanWeight", stroke: BLUE, fill: "white", r: 3 }),
    ],
  }));
}

const primaryName = ({ metrics }: Verdict): string => metrics[0]?.metric ?? "the primary metric";

/** The log day by day: what was earned, and whether the weights keep their mean of 1. */
export function dayFigure(verdict: Verdict): Html {
  const days = verdict.days.map((day, index) => ({ ...day, index }));
  const title = "Day by day";
  const first = days[0];
  if (first === undefined)
    return tracedFigure(
      verdict,
      { title },
      absent(
        verdict.log.firstTime === null
          ? "the log has no time, so drift can’t be seen."
          : "the verdict lists no days, so drift can’t be seen.",
      ),
    );
  if (days.length === 1)
    return tracedFigure(
      verdict,
      { title },
      markup`<p>
        All ${writeCount(first.rows)} rows are of one day, ${first.day}: drift from day to day can’t be seen.
        Mean of ${primaryName(verdict)} as logged ${writeNumber(first.logged)}, mean weight
        ${writeNumber(first.meanWeight)}.
      </p>`,
    );
  return tracedFigure(
    verdict,
    {
      title,
      note: `Above: mean of ${primaryName(verdict)} as logged; bars are two standard errors either way. Below: mean weight; dashed: 1, where it should be.`,
    },
    markup`${loggedByDay(days, primaryName(verdict))} ${weightByDay(days)}`,
  );
}

/** What each position earned as logged, and what weighs there. */
export function positionTable(verdict: Verdict): Html {
  const title = "By position";
  if (verdict.positions.length === 0)
    return tracedFigure(verdict, { title }, absent("no position was measured; the log may have none."));
  return tracedFigure(
    verdict,
    { title, note: `Mean of ${primaryName(verdict)} as logged, and the candidate’s weights.` },
    markup`<div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Position</th>
            <th>Rows</th>
            <th>Logged mean</th>
            <th>Mean weight</th>
            <th>Effective sample size</th>
          </tr>
        </thead>
        <tbody>
          ${verdict.positions.map(
            (each) =>
              markup`<tr>
                <th>${each.position}</th>
                <td>${writeCount(each.rows)}</td>
                <td>${writeNumber(each.logged)}</td>
                <td>${writeNumber(each.meanWeight)}</td>
                <td>${writeCount(each.effectiveSampleSize)}</td>
              </tr> `,
          )}
        </tbody>
      </table>
    </div>`,
  );
}
