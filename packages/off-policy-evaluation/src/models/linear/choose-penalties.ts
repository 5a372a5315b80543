import { trainingCells, type Folds } from "../folds.ts";
import { hasWeight, type LinearFamily, type LinearFit } from "./linear-problem.ts";
import type { Moments } from "./moments.ts";

/** What {@link choosePenalties} takes. */
export interface PenaltyChoice {
  readonly folds: Folds;
  readonly family: LinearFamily;
  readonly byCell: readonly Moments[];
  readonly penalties: readonly number[];
  /** Ranks from here on take no part in the choice. */
  readonly rankLimit: number;
}

/** 1 for each listed cell. */
export function cellMask(folds: Folds, cells: readonly number[]): Uint8Array {
  const mask = new Uint8Array(folds.foldOfCell.length);
  for (const cell of cells) mask[cell] = 1;
  return mask;
}

/**
 * The penalty of each fold's model, by cross-validation inside its training cells: each is left out once, and the penalty with
 * the least loss there wins. Two folds that leave out each other's cell share the fits. Where nothing can be compared: the
 * largest.
 */
export function choosePenalties(choice: PenaltyChoice): readonly number[] {
  const { folds, family, byCell, rankLimit } = choice;
  // From the strongest on, each fit starts where the last one ended.
  const penalties = [...choice.penalties].sort((a, b) => b - a);
  const paths = new Map<string, readonly LinearFit[]>();
  const pathOf = (mask: Uint8Array): readonly LinearFit[] => {
    const known = paths.get(mask.join());
    if (known !== undefined) return known;
    const path: LinearFit[] = [];
    for (const penalty of penalties)
      path.push(family.fit({ cells: mask, rankLimit }, penalty, path[path.length - 1]));
    paths.set(mask.join(), path);
    return path;
  };
  return Array.from({ length: folds.count }, (_, fold) => {
    const training = trainingCells(folds, fold);
    const losses = new Float64Array(penalties.length);
    for (const held of penalties.length === 1 ? [] : training) {
      const rest = cellMask(
        folds,
        training.filter((cell) => cell !== held),
      );
      if (!hasWeight(byCell, rest)) continue;
      const judged = { cells: cellMask(folds, [held]), rankLimit };
      pathOf(rest).forEach((fit, k) => {
        losses[k] = losses[k]! + family.loss(fit, judged);
      });
    }
    let best = 0;
    losses.forEach((loss, k) => {
      if (loss < losses[best]!) best = k;
    });
    return penalties[best]!;
  });
}
