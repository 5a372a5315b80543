import type { BoundedEstimate, Verdict } from "@longview/formats";
import { formatNumber, type LaunchEstimate } from "@longview/off-policy-evaluation";
import { align } from "./align.ts";

/** What `longview estimate` writes. */
export interface PrintedEstimate extends LaunchEstimate {
  readonly candidate: Verdict["candidate"];
  readonly incumbent: Verdict["incumbent"];
  readonly log: Pick<
    Verdict["log"],
    "files" | "rowsRead" | "rowsKept" | "rowsQuarantined" | "rowsLeftOut" | "violations"
  >;
  readonly propensities: "logged" | "estimated";
}

const bound = (value: number | null): string => (value === null ? "no bound" : formatNumber(value));
const cells = (estimate: BoundedEstimate | null): string[] =>
  estimate === null
    ? ["–", ""]
    : [formatNumber(estimate.value), `[${bound(estimate.lower)}, ${bound(estimate.upper)}]`];

/** An estimate for a terminal: the headline, a table of estimators, and what the evidence is worth. */
export function estimateLines(estimate: PrintedEstimate): string[] {
  const { log, candidate, incumbent, metrics, weights } = estimate;
  const confidence = `${formatNumber(100 * (metrics[0]?.lift.confidence ?? 0.95))} %`;
  const aside =
    log.rowsQuarantined + log.rowsLeftOut === 0
      ? ""
      : ` (${log.rowsQuarantined} set aside, ${log.rowsLeftOut} with open outcomes left out)`;
  return [
    ...(estimate.propensities === "estimated"
      ? ["Propensities were not logged: they were estimated, and every figure rests on that model.", ""]
      : []),
    `candidate ${candidate.label}, incumbent ${incumbent.label}; ${formatNumber(log.rowsKept)} of ${formatNumber(log.rowsRead)} rows${aside}`,
    ...log.violations,
    "",
    ...align([
      ["metric", "incumbent", `[${confidence}]`, "paired lift", `[${confidence}]`],
      ...metrics.map((row) => [row.metric, ...cells(row.incumbent), ...cells(row.lift)]),
    ]),
    "",
    ...align([
      ["metric", "estimator", "candidate", `[${confidence}]`, "lift", `[${confidence}]`, ""],
      ...metrics.map((row) => [
        row.metric,
        "incumbent + paired lift",
        ...cells(row.candidate),
        ...cells(row.lift),
        "",
      ]),
      ...estimate.estimators.map((row) => [
        row.metric,
        row.title,
        ...cells(row.value),
        ...cells(row.lift),
        row.note,
      ]),
    ]),
    "",
    `effective sample size ${formatNumber(weights.effectiveSampleSize)} of ${formatNumber(weights.count)}, largest weight's share ${formatNumber(weights.largestShare)}, ` +
      `${formatNumber(estimate.units)} ${estimate.unitsKnown ? "units" : "decisions taken as independent"}`,
    ...estimate.checks
      .filter(({ state }) => state === "red" || state === "amber")
      .map(
        ({ title, state, found, needed }) =>
          `${state === "red" ? "BAD" : "mind"}  ${title}: ${found}; needed: ${needed}`,
      ),
  ];
}
