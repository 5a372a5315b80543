import { shuffleInto, type RandomKey } from "@longview/statistics";
import { OffPolicyEvaluationError } from "../error.ts";

/** Rows dealt into folds by unit, and into the cells that nested cross-validation leaves out. */
export interface Folds {
  readonly count: number;
  /** Fold of each row. */
  readonly fold: Int32Array;
  /** Cell of each row: folds themselves, or halves of folds where there are only two. */
  readonly cell: Int32Array;
  readonly foldOfCell: readonly number[];
  /** Place of each row's unit in a random order, from 0: its first units are a random sample of all. */
  readonly rank: Int32Array;
}

/**
 * Deals units to folds at random, alike in number.
 *
 * With two folds each has two cells: a model trained on one fold must still choose its penalty inside it.
 *
 * @throws OffPolicyEvaluationError `BAD_OPTION` for fewer than 2 folds or more than units
 */
export function dealFolds(
  rowCount: number,
  units: ArrayLike<number> | undefined,
  { folds, key }: { readonly folds: number; readonly key: RandomKey },
): Folds {
  if (!(Number.isSafeInteger(folds) && folds >= 2))
    throw new OffPolicyEvaluationError(
      "BAD_OPTION",
      `folds is ${folds}: it must be a whole number of at least 2`,
    );
  const { unit, count: unitCount } = numbered(rowCount, units);
  if (folds > unitCount)
    throw new OffPolicyEvaluationError(
      "BAD_OPTION",
      `folds is ${folds}: it can be at most the number of units, ${unitCount}`,
    );
  const order = Int32Array.from({ length: unitCount }, (_, i) => i);
  shuffleInto(order, key);
  const rankOfUnit = new Int32Array(unitCount);
  order.forEach((number, place) => {
    rankOfUnit[number] = place;
  });
  const rank = unit === undefined ? rankOfUnit : unit.map((number) => rankOfUnit[number]!);
  const cells = folds === 2 ? 4 : folds;
  return {
    count: folds,
    rank,
    cell: rank.map((place) => place % cells),
    fold: rank.map((place) => place % folds),
    foldOfCell: Array.from({ length: cells }, (_, cell) => cell % folds),
  };
}

/** Rank below which about `rowCount` rows lie, and at least one unit of every cell; Infinity where that is all rows. */
export function rankLimitFor(folds: Folds, rowCount: number): number {
  const share = rowCount / folds.rank.length;
  if (share >= 1) return Infinity;
  let unitCount = 0;
  for (const rank of folds.rank) if (rank >= unitCount) unitCount = rank + 1;
  return Math.max(folds.foldOfCell.length, Math.ceil(share * unitCount));
}

/** The cells that fold `fold`'s models learn from. */
export function trainingCells(folds: Folds, fold: number): readonly number[] {
  return folds.foldOfCell.flatMap((owner, cell) => (owner === fold ? [] : [cell]));
}

function numbered(
  rowCount: number,
  units: ArrayLike<number> | undefined,
): { unit: Int32Array | undefined; count: number } {
  if (units === undefined) return { unit: undefined, count: rowCount };
  const numbers = new Map<number, number>();
  const unit = new Int32Array(rowCount);
  for (let i = 0; i < rowCount; i++) {
    const id = units[i]!;
    let number = numbers.get(id);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(id, number);
    }
    unit[i] = number;
  }
  return { unit, count: numbers.size };
}
