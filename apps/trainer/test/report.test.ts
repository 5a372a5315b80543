import { expect, test } from "vitest";
import { evaluationSchema, metricsRowSchema } from "@longview/formats";
import { formatNumber } from "../src/display/format.ts";
import { headlineOf } from "../src/report/headline.ts";
import { markup } from "../src/report/html.ts";
import { renderReport } from "../src/report/render-report.ts";
import { bestFeasibleBaseline } from "../src/evaluation/summarise.ts";
import { madeUpEvaluation, madeUpMetrics } from "./helpers/made-up-run.ts";

const evaluation = madeUpEvaluation();
const metrics = madeUpMetrics();
const input = {
  name: "a <b>&",
  environment: "marketplace/content-v0",
  algorithm: "ppo-lagrangian",
  seed: "1",
  metrics,
  evaluation,
};

test("the summary keeps its schema, pairs worlds, and judges costs by their upper bound", () => {
  expect(evaluationSchema.safeParse(evaluation).success).toBe(true);
  expect(metricsRowSchema.safeParse(metrics[0]).success).toBe(true);
  const trained = evaluation.policies[0]!;
  expect(trained.differenceToTrained.mean).toBe(0);
  for (const policy of evaluation.policies) {
    const mean = policy.worldValues.reduce((sum, value) => sum + value, 0) / policy.worldValues.length;
    expect(policy.value.mean).toBeCloseTo(mean, 9);
    expect(policy.differenceToTrained.mean).toBeCloseTo(trained.value.mean - mean, 9);
    // What worlds share cancels in a paired difference: its interval is far narrower than the value's.
    if (policy.name !== "trained") {
      const width = (interval: readonly [number, number]): number => interval[1] - interval[0];
      expect(width(policy.differenceToTrained.interval)).toBeLessThan(0.5 * width(policy.value.interval));
    }
  }
  expect(bestFeasibleBaseline(evaluation)?.name).toBe("heuristic");
});

test("the page is one file: no script, nothing loaded from elsewhere, and the same bytes twice", () => {
  const page = renderReport(input);
  expect(page).not.toMatch(/<script|<link|@import|url\(|src=/i);
  const addresses = page.match(/https?:\/\/[^"'\s<]+/g) ?? [];
  expect([...new Set(addresses)].filter((each) => !each.startsWith("http://www.w3.org/"))).toEqual([]);
  expect(page).toContain("a &lt;b&gt;&amp;");
  expect(page).not.toContain("NaN");
  expect(page).not.toContain("undefined");
  expect(page.match(/<svg/g)?.length).toBeGreaterThan(10);
  expect(renderReport(input)).toBe(page);
});

test("the page says what the myopic policy brings in week one and what it earns in all", () => {
  const page = renderReport(input).replaceAll(/\s+/g, " ");
  const myopic = evaluation.policies.find((policy) => policy.name === "myopic")!;
  const total = myopic.weeklyValues!.reduce((sum, value) => sum + value, 0);
  expect(page).toContain(`brings ${formatNumber(myopic.weeklyEngagement![0]!)} minutes of engagement`);
  expect(page).toContain(
    `Over all ${evaluation.days} days it earns ${formatNumber(total)} of undiscounted value`,
  );
});

test("the headline says more, less, or cannot tell, and names a constraint that is not kept", () => {
  expect(headlineOf(evaluation).value).toMatch(/more long-term ecosystem value than the heuristic policy$/);
  expect(headlineOf(evaluation).constraints).toBe(" and keeps both constraints.");
  const changed = structuredClone(evaluation);
  const heuristic = changed.policies.find((policy) => policy.name === "heuristic")!;
  heuristic.differenceToTrained.interval = [-1, 40];
  expect(headlineOf(changed).value).toMatch(/cannot be told apart/);
  heuristic.differenceToTrained.mean = -20;
  heuristic.differenceToTrained.interval = [-30, -10];
  changed.policies[0]!.costs["integrityHarm"]!.upperBound = 0.5;
  expect(headlineOf(changed).value).toMatch(/less long-term ecosystem value/);
  expect(headlineOf(changed).constraints).toMatch(/not shown to keep integrity harm/);
});

test("a template escapes what is not HTML already", () => {
  expect(markup`<p title="${'"'}">${"<x>"}${markup`<b>1</b>`}</p>`.text).toBe(
    '<p title="&quot;">&lt;x&gt;<b>1</b></p>',
  );
});
