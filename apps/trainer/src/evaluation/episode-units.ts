import type { ActorEvaluation } from "@longview/policy-gradient";
import type { UnitResult } from "./unit-result.ts";

/** What a limit bounds; see the configuration's `constraints.NAME.measure`. */
export type CostMeasure = "per-decision" | "per-episode";

/**
 * One value an episode whose mean is what training measures: the mean sum of an episode, or, per decision, the
 * ratio `r = Σ cost / Σ decisions` over all episodes.
 *
 * A ratio's values are `r + (cost − r · decisions) / mean decisions`: their mean is r and their standard error is the
 * ratio's by the delta method, so that long episodes weigh as much as they do in training.
 *
 * @param sums - undiscounted cost of each episode
 * @param decisions - of each episode
 */
export function episodeCostValues(
  sums: ArrayLike<number>,
  decisions: ArrayLike<number>,
  measure: CostMeasure,
): number[] {
  const values = Array.from(sums);
  if (measure === "per-episode") return values;
  const counts = Array.from(decisions);
  const total = (all: readonly number[]): number => all.reduce((sum, value) => sum + value, 0);
  const count = total(counts);
  if (count === 0) return values.map(() => 0);
  const ratio = total(values) / count;
  return values.map((cost, index) => ratio + ((cost - ratio * counts[index]!) * values.length) / count);
}

/**
 * What each played episode gave, its costs too; a cost without a limit is a mean of a decision.
 *
 * @param constraints - what each limit bounds, by the cost's name
 */
export function episodeUnits(
  played: Pick<ActorEvaluation, "returns" | "decisions" | "episodeCosts">,
  constraints: Readonly<Record<string, { readonly measure: CostMeasure }>>,
): UnitResult[] {
  const costs = Object.entries(played.episodeCosts).map(([name, sums]): [string, number[]] => [
    name,
    episodeCostValues(sums, played.decisions, constraints[name]?.measure ?? "per-decision"),
  ]);
  return Array.from(played.returns, (value, episode) => ({
    value,
    undiscountedValue: value,
    objectives: {},
    costs: Object.fromEntries(costs.map(([name, values]) => [name, values[episode]!])),
  }));
}
