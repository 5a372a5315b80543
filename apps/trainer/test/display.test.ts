import { expect, test } from "vitest";
import type { IterationMetrics } from "@longview/policy-gradient";
import { formatDuration, formatLimit, formatNumber, formatSigned } from "../src/display/format.ts";
import { PlainDisplay } from "../src/display/plain.ts";
import { madeUpMetrics } from "./helpers/made-up-run.ts";

test("numbers, differences and durations are written for people", () => {
  expect([0, 3, 0.05, 1.23456, 12.3456, 123.456, 12345.6, -0.5, 0.00001].map(formatNumber)).toEqual([
    "0",
    "3",
    "0.0500",
    "1.235",
    "12.35",
    "123.5",
    "12,346",
    "−0.5000",
    "1.0e−5",
  ]);
  expect([2, -2, 0].map(formatSigned)).toEqual(["+2", "−2", "0"]);
  expect([0.06, -1, 0.1 + 0.2].map(formatLimit)).toEqual(["0.06", "−1", "0.3"]);
  expect([9.6, 65, 3725, Number.POSITIVE_INFINITY].map(formatDuration)).toEqual([
    "10 s",
    "1:05",
    "1:02:05",
    "–",
  ]);
});

test("plain lines hold progress, value, each constraint against its limit, speed and time left", () => {
  const lines: string[] = [];
  const display = new PlainDisplay((line) => lines.push(line), 2);
  display.beginTraining(0, 40_960);
  for (const row of madeUpMetrics().slice(0, 10)) {
    const metrics = row as unknown as IterationMetrics;
    display.iteration(metrics, {
      iteration: row.iteration,
      steps: row.steps,
      seconds: 2,
      decisionsPerSecond: 2048,
    });
  }
  expect(lines).toHaveLength(5);
  expect(lines[0]).toMatch(
    /^iteration 2 {2}8,192\/40,960 decisions \(20 %\) {2}return \S+ {2}reward a decision \S+ {2}integrityHarm \S+ > 0\.02 \(multiplier 0\) {2}2,048 decisions\/s {2}16 s left$/,
  );
  expect(lines.at(-1)).toContain("(100 %)");
});
