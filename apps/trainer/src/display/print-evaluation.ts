import type { Evaluation } from "@longview/formats";
import { headlineOf } from "../report/headline.ts";
import { title } from "../report/words.ts";
import { align } from "./align.ts";
import { formatLimit, formatNumber, formatSigned } from "./format.ts";

/** The comparison as a table for a terminal. */
export function evaluationLines(evaluation: Evaluation): string[] {
  const first = evaluation.policies[0]!;
  const limited = Object.values(first.costs).some((cost) => cost.limit !== null);
  const percent = `${Number((evaluation.confidence * 100).toFixed(1))} %`;
  const range = ([low, high]: readonly [number, number], write = formatNumber): string =>
    `[${write(low)}, ${write(high)}]`;
  const head = ["policy", `value [${percent}]`, `trained minus it [${percent}]`];
  for (const [name, { limit }] of Object.entries(first.costs))
    head.push(limit === null ? title(name) : `${title(name)} (limit ${formatLimit(limit)})`);
  if (limited) head.push("constraints");
  const rows = evaluation.policies.map((policy) => {
    const { mean, interval } = policy.differenceToTrained;
    const cells = [
      title(policy.name),
      `${formatNumber(policy.value.mean)} ${range(policy.value.interval)}`,
      policy.role === "trained" ? "" : `${formatSigned(mean)} ${range(interval, formatSigned)}`,
    ];
    for (const cost of Object.values(policy.costs))
      cells.push(`${formatNumber(cost.mean)} ≤ ${formatNumber(cost.upperBound)}`);
    if (limited) cells.push(policy.feasible ? "kept" : "broken");
    return cells;
  });
  const objectives = Object.keys(first.objectives);
  const table = align([head, ...rows]);
  const headline = headlineOf(evaluation);
  const lines = [...table, ""];
  if (objectives.length > 0) {
    lines.push(
      ...align([
        ["policy", ...objectives.map(title)],
        ...evaluation.policies.map((policy) => [
          title(policy.name),
          ...objectives.map((name) => {
            const difference = policy.differenceToTrained.objectives[name]!;
            const value = formatNumber(policy.objectives[name]!.mean);
            return policy.role === "trained"
              ? value
              : `${value} (trained ${formatSigned(difference.mean)} ${range(difference.interval, formatSigned)})`;
          }),
        ]),
      ]),
      "",
    );
  }
  lines.push(`${headline.value}${headline.constraints}`, headline.detail);
  for (const policy of evaluation.policies)
    if (policy.role === "ceiling") lines.push(`${title(policy.name)}: ${policy.description}`);
  return lines;
}
