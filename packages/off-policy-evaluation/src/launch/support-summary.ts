import type { SupportCells } from "./row-profile.ts";

/** How much of what the candidate does the log never shows. */
export interface SupportSummary {
  /** Share of the candidate's mass on cells (item at a position) that are missing from the log. */
  readonly deficit: number;
  /** What that mass can add to an estimate, at the ends of the reward's range. */
  readonly valueShift: readonly [number, number];
}

/** Decisions that the candidate must expect in a cell before its absence from the log says anything. */
const EXPECTED = 5;

/**
 * Support deficit as the log itself shows it: a cell is missing when the candidate would have filled it at least five times and the
 * log never did, and so is mass on items that the log does not hold at all.
 *
 * @returns undefined where the candidate's whole distribution is not known
 */
export function supportSummary(
  cells: SupportCells,
  rows: number,
  rewardRange: readonly [number, number],
): SupportSummary | undefined {
  const { logged, candidate } = cells;
  if (candidate === undefined) return undefined;
  let covered = 0;
  let missing = 0;
  for (let cell = 0; cell < logged.length; cell++) {
    const mass = candidate[cell] ?? 0;
    covered += mass;
    if (logged[cell] === 0 && mass >= EXPECTED) missing += mass;
  }
  const elsewhere = Math.max(0, rows - covered);
  const deficit = elsewhere <= 1e-6 * rows ? missing / rows : (missing + elsewhere) / rows;
  return { deficit, valueShift: [deficit * rewardRange[0], deficit * rewardRange[1]] };
}
