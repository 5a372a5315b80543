// @ts-check
// A line over the last five minutes, drawn by uPlot.

import { write } from "./elements.js";
import { timeOfDay } from "./wording.js";

/** @type {typeof import("uplot")} */
const UPlot = Reflect.get(globalThis, "uPlot");
const MINUTES = 5;

/**
 * Draws into a figure of page.html; its summary says in words what the line shows, or the point under the pointer.
 *
 * @param {HTMLElement} figure
 * @param {{ name: string, written: (value: number) => string }} how
 */
export function drawChart(figure, { name, written }) {
  const plot = /** @type {HTMLElement} */ (figure.querySelector(".plot"));
  const summary = /** @type {HTMLElement} */ (figure.querySelector("[data-field=summary]"));
  /** @type {[number[], (number | null)[]]} */
  let data = [[], []];
  let end = 0;
  /** @type {number | null} */
  let pointed = null;
  let chart = create();

  function create() {
    const style = getComputedStyle(figure);
    const colour = (/** @type {string} */ variable) => style.getPropertyValue(variable).trim();
    const axis = { stroke: colour("--quiet"), font: "12px system-ui, sans-serif" };
    const grid = { stroke: colour("--line"), width: 1 };
    return new UPlot(
      {
        width: Math.max(80, plot.clientWidth),
        height: plot.clientHeight,
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false } },
        scales: {
          x: { range: () => [end - 60 * MINUTES, end] },
          y: { range: (_, __, highest) => [0, highest > 0 ? 1.1 * highest : 1] },
        },
        series: [
          {},
          { stroke: colour("--stroke"), fill: colour("--fill"), width: 2, points: { show: false } },
        ],
        axes: [
          {
            ...axis,
            grid: { show: false },
            ticks: grid,
            size: 30,
            space: 44,
            incrs: [60, 120, 300],
            values: (_, times) => times.map(shortTime),
          },
          {
            ...axis,
            grid,
            ticks: { show: false },
            size: 58,
            space: 36,
            values: (_, values) => values.map(written),
          },
        ],
        hooks: {
          setCursor: [
            (drawn) => {
              pointed = drawn.cursor.idx ?? null;
              describe();
            },
          ],
        },
      },
      data,
      plot,
    );
  }

  function describe() {
    const [times, values] = data;
    const time = pointed === null ? undefined : times[pointed];
    const measured = values.filter((value) => value !== null);
    const last = values.at(-1) ?? null;
    const highest = measured.reduce((a, b) => Math.max(a, b), 0);
    const whole =
      measured.length === 0
        ? "nothing to show yet"
        : `${last === null ? "none now" : `now ${written(last)}`}, highest ${written(highest)}`;
    plot.setAttribute("aria-label", `${name} over the last ${MINUTES} minutes: ${whole}`);
    if (time === undefined || pointed === null) return write(summary, whole);
    const value = values[pointed] ?? null;
    write(summary, `${timeOfDay(time)}: ${value === null ? "none" : written(value)}`);
  }

  new ResizeObserver(() => {
    if (plot.clientWidth > 0) chart.setSize({ width: plot.clientWidth, height: plot.clientHeight });
  }).observe(plot);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    chart.destroy();
    chart = create();
  });

  return {
    /**
     * @param {number} now - seconds since 1970: the right end
     * @param {number[]} times
     * @param {(number | null)[]} values
     */
    show(now, times, values) {
      end = now;
      data = [times, values];
      chart.setData(data);
      describe();
    },
  };
}

/** @param {number} seconds */
const shortTime = (seconds) => {
  const text = timeOfDay(seconds);
  return seconds % 60 === 0 ? text.slice(0, 5) : text;
};
