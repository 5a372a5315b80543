import type { TabularMarkovDecisionProcess } from "../markov-decision-process.ts";

/**
 * The most that each named cost may be: an expected discounted sum from the start distribution, not a mean a step. A cost without
 * a limit is reported and not bounded. A floor ("at least") is a limit of the negated cost.
 */
export type CostLimits = Readonly<Record<string, number>>;

/** @throws RangeError for a name that is no cost of the process, or a limit that is no finite number */
export function checkLimits(process: TabularMarkovDecisionProcess, limits: CostLimits): void {
  for (const [name, limit] of Object.entries(limits)) {
    if (!process.costNames.includes(name))
      throw new RangeError(
        `limits.${name}: the process has no such cost; its costs are ${process.costNames.join(", ") || "none"}`,
      );
    if (!Number.isFinite(limit)) throw new RangeError(`limits.${name} must be a finite number, got ${limit}`);
  }
}

/** `max |cost| / (1 − discount)`: no discounted sum of the cost is larger. 1 for a cost that is always 0. */
export function costSpan(process: TabularMarkovDecisionProcess, name: string): number {
  const largest = process.costs[name]!.reduce((most, cost) => Math.max(most, Math.abs(cost)), 0);
  return largest === 0 ? 1 : largest / (1 - process.discountFactor);
}
