import type { Evaluation } from "@longview/formats";
import { formatLimit, formatNumber, formatSigned } from "../display/format.ts";
import { bestFeasibleBaseline } from "../evaluation/summarise.ts";
import { title } from "./words.ts";

/** What the run showed, in two sentences: value against the best feasible baseline, and the constraints. */
export interface Headline {
  readonly value: string;
  /** Continues the sentence of `value`. */
  readonly constraints: string;
  /** The numbers behind it: intervals, how many worlds, each broken limit. */
  readonly detail: string;
  /** Whether the trained policy is shown to be better, and keeps its constraints. */
  readonly better: boolean;
  readonly feasible: boolean;
}

const percent = (confidence: number): string => `${Number((confidence * 100).toFixed(1))}\u00a0%`;

/** The words for a policy's name in the middle of a sentence. */
const called = (name: string): string => title(name).toLowerCase();

/** A share as a person says it: two digits, no sign. */
const share = (part: number, whole: number): string =>
  Math.abs(whole) > 1e-12 && Math.abs(part / whole) < 3
    ? ` (${Number(Math.abs((100 * part) / whole).toPrecision(2))} %)`
    : "";

/** Says what an evaluation shows, and no more than it shows. */
export function headlineOf(evaluation: Evaluation): Headline {
  const trained = evaluation.policies.find((policy) => policy.role === "trained")!;
  const baselines = evaluation.policies.filter((policy) => policy.role === "baseline");
  const limited = Object.entries(trained.costs).filter(([, cost]) => cost.limit !== null);
  const feasibleBest = bestFeasibleBaseline(evaluation);
  const best = feasibleBest ?? baselines.toSorted((a, b) => b.value.mean - a.value.mean)[0];
  const unit = evaluation.unit;
  const what = unit === "world" ? "long-term ecosystem value" : "return";
  let value = `The trained policy earns ${formatNumber(trained.value.mean)} of ${what} in a mean ${unit}`;
  let detail = `${percent(evaluation.confidence)} interval ${formatNumber(trained.value.interval[0])} to ${formatNumber(trained.value.interval[1])}, over ${evaluation.units} ${unit}s.`;
  let better = false;
  if (best !== undefined) {
    const { mean, interval } = best.differenceToTrained;
    const whom = `the ${called(best.name)} policy`;
    const size = `${formatNumber(Math.abs(mean))}${share(mean, best.value.mean)}`;
    better = interval[0] > 0;
    if (better) value = `The trained policy earns ${size} more ${what} than ${whom}`;
    else if (interval[1] < 0) value = `The trained policy earns ${size} less ${what} than ${whom}`;
    else value = `The trained policy’s ${what} cannot be told apart from that of ${whom}`;
    const standing =
      feasibleBest === undefined
        ? "the best baseline; no baseline is shown to keep every constraint"
        : limited.length > 0
          ? "the best baseline that keeps the constraints"
          : "the best baseline";
    detail =
      `${title(best.name)} is ${standing}. ` +
      `The difference is ${formatSigned(mean)}, ${percent(evaluation.confidence)} interval ${formatSigned(interval[0])} to ${formatSigned(interval[1])}, paired over ${evaluation.units} fresh ${unit}s.`;
  }
  const broken = limited.flatMap(([name, cost]) =>
    cost.limit !== null && cost.upperBound > cost.limit ? [{ name, ...cost, limit: cost.limit }] : [],
  );
  const all =
    limited.length === 1 ? "its constraint" : limited.length === 2 ? "both constraints" : "all constraints";
  let constraints = "";
  if (limited.length > 0) {
    constraints =
      broken.length === 0
        ? better
          ? ` and keeps ${all}.`
          : `; it keeps ${all}.`
        : `; it is not shown to keep ${broken.map(({ name }) => called(name)).join(" and ")} within its limit.`;
  } else value += ".";
  for (const { name, mean, upperBound, limit } of broken)
    detail += ` ${title(name)}: mean ${formatNumber(mean)}, upper bound ${formatNumber(upperBound)}, limit ${formatLimit(limit)}.`;
  return { value, constraints, detail, better, feasible: broken.length === 0 };
}
