import type { CellSums } from "./evidence.ts";
import { FITS, fitWithout, LOG_GROUPS } from "./outcome-model.ts";
import { COALITIONS, levelCoalitionsInto } from "./stages.ts";

/** Levels of a decision: makeable, catalogue, retrieved, eligible, served. */
export const LEVELS = 5;

interface Sums {
  /** Demand by group. */
  readonly weights: Float64Array;
  /** Σ demand · level by (fit, level): a half's own fit over its decisions, a fit without a group over those of the others. */
  readonly totals: Float64Array;
}

/** Sums of a log's levels by cell, whole and with each group of users left out. */
export class LevelSums {
  readonly #cells = new Map<number, Sums>();

  /** Adds a decision's levels in every fit that does not leave its group out, `[fit · LEVELS + level]`. */
  add(
    cell: number,
    decision: { readonly group: number; readonly weight: number; readonly levels: Readonly<Float64Array> },
  ): void {
    const { group, weight, levels } = decision;
    let sums = this.#cells.get(cell);
    if (sums === undefined)
      this.#cells.set(
        cell,
        (sums = { weights: new Float64Array(LOG_GROUPS), totals: new Float64Array(FITS * LEVELS) }),
      );
    sums.weights[group] = sums.weights[group]! + weight;
    const { totals } = sums;
    const take = (fit: number): void => {
      for (let k = fit * LEVELS; k < (fit + 1) * LEVELS; k++) totals[k] = totals[k]! + weight * levels[k]!;
    };
    take(group % 2);
    for (let other = group % 2; other < LOG_GROUPS; other += 2) if (other !== group) take(fitWithout(other));
  }

  /** Cells with demand, in order. */
  cells(): number[] {
    return Array.from(this.#cells.keys()).sort((one, other) => one - other);
  }

  /**
   * Writes a cell's jackknife pseudo-values as sums of groups: `n θ − (n − 1) θ₍g₎` of group g's half of n groups, so that their mean
   * is the estimate and their spread its error. A cell that one half has too little of gets a single group, and is not tested.
   */
  pseudoValuesInto(out: CellSums, cell: number): void {
    const { weights, totals } = this.#cells.get(cell)!;
    const weight = weights.reduce((sum, each) => sum + each, 0);
    const groups = LOG_GROUPS / 2;
    const pseudo = new Float64Array(LOG_GROUPS * LEVELS);
    const halfWeights = [0, 1].map((half) =>
      weights.reduce((sum, each, group) => sum + (group % 2 === half ? each : 0), 0),
    );
    const enough = weights.every((each, group) => each < halfWeights[group % 2]!);
    for (let group = 0; group < LOG_GROUPS; group++) {
      const half = group % 2;
      for (let level = 0; level < LEVELS; level++) {
        const whole = totals[half * LEVELS + level]! / halfWeights[half]!;
        const without = totals[fitWithout(group) * LEVELS + level]! / (halfWeights[half]! - weights[group]!);
        pseudo[group * LEVELS + level] = groups * whole - (groups - 1) * without;
      }
    }
    const levelsInto = (at: number, scale: number, of: (level: number) => number): void => {
      levelCoalitionsInto(out.values, at, {
        makeable: scale * of(0),
        catalogue: scale * of(1),
        retrieved: scale * of(2),
        eligible: scale * of(3),
        served: scale * of(4),
      });
    };
    if (!enough) {
      out.weights[0] = weight;
      levelsInto(0, weight, (level) => {
        const ofHalf = [0, 1].filter((half) => halfWeights[half]! > 0);
        return (
          ofHalf.reduce((sum, half) => sum + totals[half * LEVELS + level]! / halfWeights[half]!, 0) /
          ofHalf.length
        );
      });
      return;
    }
    const mean = Float64Array.from({ length: LEVELS }, (_, level) => {
      let sum = 0;
      for (let group = 0; group < LOG_GROUPS; group++) sum += pseudo[group * LEVELS + level]!;
      return sum / LOG_GROUPS;
    });
    out.weights.set(weights);
    for (let group = 0; group < LOG_GROUPS; group++)
      levelsInto(
        group * COALITIONS,
        1,
        (level) =>
          weights[group]! * mean[level]! +
          (weight / LOG_GROUPS) * (pseudo[group * LEVELS + level]! - mean[level]!),
      );
  }
}
