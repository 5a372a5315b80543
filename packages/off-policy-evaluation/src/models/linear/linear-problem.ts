import { featuresInto, type Design } from "../design.ts";
import type { Folds } from "../folds.ts";
import { addMoments, createMoments, MomentsAdder, type MomentRow, type Moments } from "./moments.ts";
import { coefficientsOf, type PenalizedSystem } from "./penalized-system.ts";

/** What a linear reward model is fitted to. */
export interface LinearProblem {
  readonly design: Design;
  readonly folds: Folds;
  readonly reward: Float64Array;
  /** Absent: all 1. */
  readonly weights: Float64Array | undefined;
}

/** Which rows a fit sees: those of some cells, and of the units first in the folds' random order. */
export interface RowChoice {
  /** 1 for each cell whose rows count. */
  readonly cells: Uint8Array;
  /** Ranks from here on are left out; Infinity keeps all. */
  readonly rankLimit: number;
  /** Whether the fit is to be kept: one that only chooses a penalty may end earlier. */
  readonly final?: boolean;
}

/** A fitted linear model. */
export interface LinearFit {
  /** In the order of `Coefficients`. */
  readonly theta: Float64Array;
  /** The last system that was solved: its matrix is the objective's second derivative at or near the solution. */
  readonly system: PenalizedSystem;
}

/** How one kind of linear model is fitted and judged. */
export interface LinearFamily {
  fit(choice: RowChoice, penalty: number, start?: LinearFit): LinearFit;
  /** The system of the objective's second derivative at the solution. */
  curvature(fit: LinearFit, choice: RowChoice): PenalizedSystem;
  /** Weighted loss over the chosen rows. */
  loss(fit: LinearFit, choice: RowChoice): number;
}

/** Coefficients gathered as rows use them: one number an action, and one a column. */
export interface Predictor {
  /** Intercept, action's own and its features' part, [actionCount]. */
  readonly byAction: Float64Array;
  /** Positions, then features. */
  readonly byColumn: Float64Array;
}

export function predictorOf(design: Design, theta: Float64Array): Predictor {
  const { sharedCount } = coefficientsOf(design);
  const width = design.rows.actionFeatureCount;
  const columnCount = sharedCount - 1 - width;
  const byAction = new Float64Array(design.rows.actionCount);
  for (let a = 0; a < byAction.length; a++) {
    let sum = theta[0]! + theta[sharedCount + a]!;
    for (let g = 0; g < width; g++)
      sum += theta[1 + columnCount + g]! * design.actionFeatures[a * width + g]!;
    byAction[a] = sum;
  }
  return { byAction, byColumn: theta.slice(1, 1 + columnCount) };
}

/** What every action's score shares in a row whose features are in `row`. */
export function sharedScore(predictor: Predictor, row: MomentRow): number {
  const { byColumn } = predictor;
  const { features, position } = row;
  const first = byColumn.length - features.length;
  let sum = position < 0 ? 0 : byColumn[position]!;
  for (let f = 0; f < features.length; f++) sum += byColumn[first + f]! * features[f]!;
  return sum;
}

export function createRow(design: Design): MomentRow {
  return {
    action: 0,
    position: -1,
    weight: 0,
    response: 0,
    features: new Float64Array(design.rows.featureCount),
  };
}

/** Writes action, position and features of row `index`. */
export function readRow(out: MomentRow, design: Design, index: number): void {
  const { action, position } = design.rows;
  out.action = action[index]!;
  out.position = position === undefined ? -1 : position[index]!;
  featuresInto(out.features, design, index);
}

/** Moments of each cell with responses `w r`; totals are `Σ w r²` and the number of rows. */
export function momentsByCell({ design, folds, reward, weights }: LinearProblem): readonly Moments[] {
  const columnCount = design.positionColumns + design.rows.featureCount;
  const moments = folds.foldOfCell.map(() => createMoments(design.rows.actionCount, columnCount));
  const adders = moments.map((cell) => new MomentsAdder(cell, design.rows.featureCount));
  const row = createRow(design);
  for (let i = 0; i < reward.length; i++) {
    const { totals } = moments[folds.cell[i]!]!;
    const adder = adders[folds.cell[i]!]!;
    readRow(row, design, i);
    row.weight = weights?.[i] ?? 1;
    row.response = row.weight * reward[i]!;
    adder.addProducts(row);
    adder.addResponse(row);
    totals[0] = totals[0]! + row.response * reward[i]!;
    totals[1]!++;
  }
  for (const adder of adders) adder.flush();
  return moments;
}

export function summedMoments(byCell: readonly Moments[], cells: Uint8Array): Moments {
  const total = createMoments(byCell[0]!.actionCount, byCell[0]!.columnCount);
  byCell.forEach((moments, cell) => {
    if (cells[cell] === 1) addMoments(total, moments);
  });
  return total;
}

/** Share of a feature's variance (over all rows) below which it is constant in the training rows. */
const CONSTANT = 1e-9;

/**
 * Λ's diagonal: `penalty` rows of the training rows' mean weight, on the scale where each feature varies by 1 in them. So an
 * action's effect is shrunk by rows / (rows + penalty).
 *
 * @param moments - of the training rows, with their plain weights
 */
export function penaltyDiagonal(design: Design, moments: Moments, penalty: number): Float64Array {
  const { total } = coefficientsOf(design);
  const { columnCount, columns, cross, actionWeight, totals } = moments;
  const weight = actionWeight.reduce((sum, value) => sum + value, 0);
  const strength = (penalty * weight) / totals[1]!;
  const diagonal = new Float64Array(total).fill(strength);
  diagonal[0] = 0;
  for (let j = design.positionColumns; j < columnCount; j++) {
    let sum = 0;
    for (let a = 0; a < actionWeight.length; a++) sum += cross[a * columnCount + j]!;
    const variance = columns[j * columnCount + j]! / weight - (sum / weight) ** 2;
    diagonal[1 + j] = variance > CONSTANT ? strength * variance : Infinity;
  }
  return diagonal;
}

/** Whether the chosen rows have any weight: nothing can be fitted otherwise. */
export function hasWeight(byCell: readonly Moments[], cells: Uint8Array): boolean {
  return byCell.some((moments, cell) => cells[cell] === 1 && moments.actionWeight.some((w) => w > 0));
}
