import type { Folds } from "../folds.ts";
import type { CheckedRows } from "../model-rows.ts";

/** How often each action was taken at each position in each cell, [cells][positions · actions]. */
export function actionCounts(rows: CheckedRows, folds: Folds): readonly Float64Array[] {
  const { action, actionCount, position, positionCount } = rows;
  const counts = folds.foldOfCell.map(() => new Float64Array(positionCount * actionCount));
  for (let i = 0; i < action.length; i++)
    counts[folds.cell[i]!]![(position?.[i] ?? 0) * actionCount + action[i]!]!++;
  return counts;
}

/**
 * Frequency of each action at each position in the chosen cells, none of them 0: all positions' frequencies get half a row for
 * each action, and each position's are pulled to those by half a row for each action.
 */
export function smoothedMarginal(
  counts: readonly Float64Array[],
  cells: Uint8Array,
  actionCount: number,
): Float64Array {
  const sums = new Float64Array(counts[0]!.length);
  counts.forEach((own, cell) => {
    if (cells[cell] === 1) for (let k = 0; k < sums.length; k++) sums[k] = sums[k]! + own[k]!;
  });
  const overall = new Float64Array(actionCount).fill(0.5);
  sums.forEach((count, k) => {
    overall[k % actionCount] = overall[k % actionCount]! + count;
  });
  const all = overall.reduce((sum, value) => sum + value, 0);
  const strength = actionCount / 2;
  const marginal = sums.slice();
  for (let start = 0; start < sums.length; start += actionCount) {
    let total = strength;
    for (let a = 0; a < actionCount; a++) total += sums[start + a]!;
    for (let a = 0; a < actionCount; a++)
      marginal[start + a] = (sums[start + a]! + (strength * overall[a]!) / all) / total;
  }
  return marginal;
}
