import type { Evaluation } from "@longview/formats";
import { formatNumber, formatSigned } from "../display/format.ts";
import { bestFeasibleBaseline } from "../evaluation/summarise.ts";
import { title } from "./words.ts";

/** What the run showed, in two sentences: value against the best feasible baseline, and the constraints. */
export interface Headline {
  readonly value: string;
  readonly constraints: string;
  /** Whether the trained policy is shown to be better, and keeps its constraints. */
  readonly better: boolean;
  readonly feasible: boolean;
}

const percent = (confidence: number): string => `${Number((confidence * 100).toFixed(1))} %`;

/** The words for a policy's name in the middle of a sentence. */
const called = (name: string): string => title(name).toLowerCase();

/** Says what an evaluation shows, and no more than it shows. */
export function headlineOf(evaluation: Evaluation): Headline {
  const trained = evaluation.policies.find((policy) => policy.role === "trained")!;
  const baselines = evaluation.policies.filter((policy) => policy.role === "baseline");
  const feasibleBest = bestFeasibleBaseline(evaluation);
  const best =
    feasibleBest ??
    baselines.reduce<(typeof baselines)[number] | undefined>(
      (top, each) => (top === undefined || each.value.mean > top.value.mean ? each : top),
      undefined,
    );
  const what = evaluation.unit === "world" ? "discounted ecosystem value a world" : "return an episode";
  let value = `The trained policy earns ${formatNumber(trained.value.mean)} of ${what}.`;
  let better = false;
  if (best !== undefined) {
    const { mean, interval } = best.differenceToTrained;
    const name = called(best.name);
    const whom =
      feasibleBest === undefined
        ? `the best baseline, ${name} (no baseline keeps every constraint)`
        : evaluation.policies.some((policy) =>
              Object.values(policy.costs).some((cost) => cost.limit !== null),
            )
          ? `the best baseline that keeps the constraints, ${name}`
          : `the best baseline, ${name}`;
    const numbers = `(${percent(evaluation.confidence)} interval of the difference ${formatSigned(interval[0])} to ${formatSigned(interval[1])})`;
    const share =
      Math.abs(best.value.mean) > 1e-12
        ? `, ${formatSigned((100 * mean) / Math.abs(best.value.mean))} %`
        : "";
    better = interval[0] > 0;
    if (better)
      value = `The trained policy earns ${formatSigned(mean)}${share} more ${what} than ${whom} ${numbers}.`;
    else if (interval[1] < 0)
      value = `The trained policy earns ${formatNumber(Math.abs(mean))} less ${what} than ${whom} ${numbers}.`;
    else value = `The trained policy’s ${what} cannot be told apart from that of ${whom} ${numbers}.`;
    value = value.replace(`earns +`, "earns ").replace(", +", ", ");
  }
  const limited = Object.entries(trained.costs).filter(([, cost]) => cost.limit !== null);
  const broken = limited.filter(([, cost]) => cost.limit !== null && cost.upperBound > cost.limit);
  let constraints = "No constraint was set.";
  if (limited.length > 0) {
    constraints =
      broken.length === 0
        ? limited.length === 1
          ? "It keeps its constraint."
          : `It keeps all ${limited.length} constraints.`
        : `It is not shown to keep ${broken.map(([name, cost]) => `${called(name)} (upper bound ${formatNumber(cost.upperBound)}, limit ${formatNumber(cost.limit!)})`).join(" and ")}.`;
  }
  return { value, constraints, better, feasible: broken.length === 0 };
}
