import type { MarketplaceDesign } from "./assignment.ts";
import type { ExperimentRun } from "./run-experiment.ts";

/**
 * What an outcome is a mean over:
 *
 * - slot-day: user slots and days; who leaves counts as 0
 * - decision: pages
 * - creator-day: creator slots and days, of positions looked at
 * - pair-day: pairs of user and creator slots and days, of positions looked at
 */
export type OutcomeUnit = "slot-day" | "decision" | "creator-day" | "pair-day";

/** What a design's effect is measured by. */
export const UNIT_OF_DESIGN: Readonly<Record<MarketplaceDesign["kind"], OutcomeUnit>> = {
  user: "slot-day",
  cluster: "slot-day",
  switchback: "slot-day",
  "budget-split": "slot-day",
  "co-diverted": "slot-day",
  everyone: "slot-day",
  decision: "decision",
  creator: "creator-day",
  "two-sided": "pair-day",
};

/** The column of an outcome, or a RangeError that says which there are. */
export function outcomeColumn({ pages }: ExperimentRun, outcome: string): Float64Array {
  const column = pages.outcomes[outcome];
  if (column === undefined)
    throw new RangeError(
      `experiment: there is no outcome ${outcome}; allowed: ${Object.keys(pages.outcomes).join(", ")}`,
    );
  return column;
}

/** An outcome a day of each user slot, over the first `days`. */
export function bySlot(run: ExperimentRun, outcome: string, days = run.days): Float64Array {
  const column = outcomeColumn(run, outcome);
  const { user, tick, count } = run.pages;
  const sums = new Float64Array(run.users);
  for (let i = 0; i < count; i++)
    if (tick[i]! < days * run.stepsPerDay) sums[user[i]!] = sums[user[i]!]! + column[i]! / days;
  return sums;
}

/** An outcome a day and slot, of each step: the mean over a day's steps is the day's. */
export function byStep(run: ExperimentRun, outcome: string): Float64Array {
  const column = outcomeColumn(run, outcome);
  const { tick, count } = run.pages;
  const sums = new Float64Array(run.days * run.stepsPerDay);
  const scale = run.stepsPerDay / run.users;
  for (let i = 0; i < count; i++) sums[tick[i]!] = sums[tick[i]!]! + column[i]! * scale;
  return sums;
}

/** Positions looked at a day of each creator slot. */
export function looksByCreator({ looks, users, creators, days }: ExperimentRun): Float64Array {
  const sums = new Float64Array(creators);
  for (let user = 0; user < users; user++)
    for (let creator = 0; creator < creators; creator++)
      sums[creator] = sums[creator]! + looks[user * creators + creator]! / days;
  return sums;
}

/**
 * Mean of an outcome over its units in one run.
 *
 * @param outcome - `reward` or an objective; creators and pairs have looks alone
 */
export function meanOutcome(run: ExperimentRun, unit: OutcomeUnit, outcome: string): number {
  const { users, creators, days, pages, looks } = run;
  if (unit === "creator-day" || unit === "pair-day") {
    let all = 0;
    for (const count of looks) all += count;
    return all / days / creators / (unit === "pair-day" ? users : 1);
  }
  let sum = 0;
  for (const value of outcomeColumn(run, outcome)) sum += value;
  return sum / (unit === "decision" ? pages.count : users * days);
}
