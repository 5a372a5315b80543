import type { RowObjective } from "@longview/tensor";
import type { Design } from "../design.ts";
import { trainingCells, type Folds } from "../folds.ts";
import { cellMask } from "../linear/choose-penalties.ts";
import { fitSoftmax, marginalCoefficients } from "./fit-softmax.ts";
import { smoothedMarginal } from "./marginal.ts";
import type { SoftmaxChunks } from "./softmax-chunks.ts";
import type { ScoredRows } from "./temperature.ts";

/** What nested fits share. */
export interface SoftmaxProblem {
  readonly design: Design;
  readonly folds: Folds;
  readonly counts: readonly Float64Array[];
  readonly objective: RowObjective;
}

/** A fold's penalty, and its training rows scored by models that never saw them. */
export interface InnerChoice {
  readonly penalty: number;
  readonly scored: readonly ScoredRows[];
  /** Coefficients of one inner model: a start for the fold's own, from training rows only. */
  readonly start: Float64Array | undefined;
}

/** Gain in log-likelihood, for each thousand rows, below which a tuning fit ends. */
const TUNING_TOLERANCE = 0.01;

/**
 * Each fold's penalty by cross-validation inside its training cells, on the rows of ranks below `rankLimit`. From the largest penalty
 * down, and no further than one that did worse than the one before: the loss has one valley.
 */
export async function chooseSoftmaxPenalties(
  problem: SoftmaxProblem,
  {
    penalties,
    chunks,
    rankLimit,
  }: {
    readonly penalties: readonly number[];
    readonly chunks: SoftmaxChunks;
    readonly rankLimit: number;
  },
): Promise<readonly InnerChoice[]> {
  const paths = new InnerPaths(problem, chunks);
  const rowsOf = heldRows(problem, rankLimit);
  const ordered = [...penalties].sort((a, b) => b - a);
  const choices: InnerChoice[] = [];
  for (let fold = 0; fold < problem.folds.count; fold++) {
    const training = trainingCells(problem.folds, fold);
    const inner = training
      .map((held) => ({ held, rest: training.filter((cell) => cell !== held) }))
      .filter(({ rest }) => rest.some((cell) => chunks.rowCounts[cell]! > 0));
    let best: { penalty: number; loss: number; fits: readonly Float64Array[] } | undefined;
    for (const penalty of inner.length === 0 ? [] : ordered) {
      let loss = 0;
      const fits: Float64Array[] = [];
      for (const { held, rest } of inner) {
        const fit = await paths.fit(rest, penalty);
        fits.push(fit);
        loss += await problem.objective.addInto(new Float64Array(fit.length), fit, chunks.byCell[held]!);
      }
      if (best !== undefined && loss >= best.loss) break;
      best = { penalty, loss, fits };
    }
    choices.push({
      penalty: best?.penalty ?? ordered[0]!,
      start: best?.fits[0],
      scored: inner.map(({ held, rest }, k) => ({
        rows: rowsOf[held]!,
        coefficients: best!.fits[k]!,
        center: marginalCoefficients(problem.design, paths.marginal(rest)),
      })),
    });
  }
  return choices;
}

/** Fits that leave out a fold and one more cell: two folds that leave out each other's share them. */
class InnerPaths {
  readonly #problem: SoftmaxProblem;
  readonly #chunks: SoftmaxChunks;
  readonly #fits = new Map<string, Float64Array>();
  readonly #latest = new Map<string, Float64Array>();

  constructor(problem: SoftmaxProblem, chunks: SoftmaxChunks) {
    this.#problem = problem;
    this.#chunks = chunks;
  }

  marginal(cells: readonly number[]): Float64Array {
    const { counts, folds, design } = this.#problem;
    return smoothedMarginal(counts, cellMask(folds, cells), design.rows.actionCount);
  }

  async fit(cells: readonly number[], penalty: number): Promise<Float64Array> {
    const name = `${cells.join()}:${penalty}`;
    const known = this.#fits.get(name);
    if (known !== undefined) return known;
    const { design, objective, folds } = this.#problem;
    const rowCount = cells.reduce((sum, cell) => sum + this.#chunks.rowCounts[cell]!, 0);
    const start = this.#latest.get(cells.join());
    const fit = await fitSoftmax(design, objective, {
      chunks: this.#chunks,
      cells: cellMask(folds, cells),
      marginal: this.marginal(cells),
      penalty,
      tolerance: (TUNING_TOLERANCE * rowCount) / 1000,
      ...(start === undefined ? {} : { start }),
    });
    this.#fits.set(name, fit);
    this.#latest.set(cells.join(), fit);
    return fit;
  }
}

function heldRows({ folds }: SoftmaxProblem, rankLimit: number): readonly Int32Array[] {
  const rows = folds.foldOfCell.map((): number[] => []);
  folds.rank.forEach((rank, i) => {
    if (rank < rankLimit) rows[folds.cell[i]!]!.push(i);
  });
  return rows.map((own) => Int32Array.from(own));
}
