import type { Evaluation, PolicyEvaluation } from "@longview/formats";
import { formatLimit, formatNumber, formatSigned } from "../display/format.ts";
import { headlineOf } from "../report/headline.ts";
import { title } from "../report/words.ts";

const range = ([lower, upper]: readonly [number, number], format = formatNumber): string =>
  `${format(lower)} to ${format(upper)}`;

/** What a policy was shown to do, with its intervals, and no more than that. */
export function evaluationSection(evaluation: Evaluation | undefined): string[] {
  const heading = ["## What it was shown to do", ""];
  if (evaluation === undefined)
    return [
      ...heading,
      "Nothing yet: it was exported before its comparison with other policies was made.",
      "",
    ];
  const trained = evaluation.policies.find(({ role }) => role === "trained");
  const headline = headlineOf(evaluation);
  const percent = `${Number((evaluation.confidence * 100).toFixed(1))} %`;
  return [
    ...heading,
    `${headline.value}${headline.constraints}`,
    "",
    headline.detail,
    "",
    `| Policy | Value (${percent} interval) | Trained minus it (${percent} interval) | Within the limits |`,
    "| --- | ---: | ---: | --- |",
    ...evaluation.policies.map((policy) => policyRow(policy)),
    "",
    ...(trained === undefined ? [] : [...objectiveTable(trained, percent), ...costTable(trained, percent)]),
    "How it was measured:",
    "",
    ...evaluation.method.map((sentence) => `- ${sentence}`),
    ...evaluation.policies
      .filter(({ role }) => role === "ceiling")
      .map(({ name, description }) => `- ${title(name)} is no policy to launch: ${description}`),
    "",
  ];
}

function policyRow({ name, value, differenceToTrained, feasible, costs }: PolicyEvaluation): string {
  const { mean, interval } = differenceToTrained;
  const difference = name === "trained" ? "–" : `${formatSigned(mean)} (${range(interval, formatSigned)})`;
  const limited = Object.values(costs).some(({ limit }) => limit !== null);
  const kept = limited ? (feasible ? "yes" : "not shown") : "none set";
  return `| ${title(name)} | ${formatNumber(value.mean)} (${range(value.interval)}) | ${difference} | ${kept} |`;
}

function objectiveTable({ objectives }: PolicyEvaluation, percent: string): string[] {
  const rows = Object.entries(objectives);
  if (rows.length === 0) return [];
  return [
    `| Objective of the trained policy | Mean (${percent} interval) |`,
    "| --- | ---: |",
    ...rows.map(
      ([name, { mean, interval }]) => `| ${title(name)} | ${formatNumber(mean)} (${range(interval)}) |`,
    ),
    "",
  ];
}

function costTable({ costs }: PolicyEvaluation, percent: string): string[] {
  const rows = Object.entries(costs);
  if (rows.length === 0) return [];
  return [
    `| Cost of the trained policy | Mean | Upper bound (${percent}, one-sided) | Limit | Kept |`,
    "| --- | ---: | ---: | ---: | --- |",
    ...rows.map(([name, { mean, upperBound, limit }]) => {
      const judged =
        limit === null
          ? "none | –"
          : `${formatLimit(limit)} | ${upperBound <= limit ? "yes" : "not shown: the bound is above the limit"}`;
      return `| ${title(name)} | ${formatNumber(mean)} | ${formatNumber(upperBound)} | ${judged} |`;
    }),
    "",
  ];
}
