import { deriveKey, uniform, type RandomKey } from "@longview/statistics";
import { createExecutor, RowObjective } from "@longview/tensor";
import { calibration, type Calibration } from "../../diagnostics/calibration.ts";
import { OffPolicyEvaluationError } from "../../error.ts";
import { checkCount } from "../../log/checks.ts";
import { checkPenalties } from "../cross-fit-reward-model.ts";
import { designOf, type Design } from "../design.ts";
import { dealFolds, rankLimitFor, trainingCells, type Folds } from "../folds.ts";
import { cellMask } from "../linear/choose-penalties.ts";
import { checkedRows, type ModelRows } from "../model-rows.ts";
import { checkPiece } from "../reward-model.ts";
import { fitSoftmax, marginalCoefficients } from "./fit-softmax.ts";
import { actionCounts, smoothedMarginal } from "./marginal.ts";
import { chooseSoftmaxPenalties, type SoftmaxProblem } from "./nested-softmax.ts";
import { chunkSizeFor, softmaxChunks } from "./softmax-chunks.ts";
import { logitsInto, softmaxInPlace, softmaxObjective, softmaxShapeOf } from "./softmax-model.ts";
import { departureFactor, scaledDepartures } from "./temperature.ts";

/** Options of {@link estimatePropensities}. */
export interface PropensityOptions {
  /** Parts that units are dealt into, at least 2. @defaultValue 3 */
  readonly folds?: number;
  /** Decides the folds and which actions the calibration looks at. */
  readonly key: RandomKey;
  /** Share of the smoothed action frequencies mixed into every distribution, in (0, 1): keeps it above 0. @defaultValue 0.001 */
  readonly floor?: number;
  /** Strengths of the pull to the action frequencies that are tried. @defaultValue 1 to 10,000 in steps of ten */
  readonly penalties?: readonly number[];
  /** About how many rows decide the penalty and the calibration. @defaultValue 50,000 */
  readonly tuningRows?: number;
}

/** Propensities estimated from what was logged, each by a model that never saw the row's unit. */
export interface EstimatedPropensities {
  readonly rowCount: number;
  readonly actionCount: number;
  /** Fold of each row. */
  readonly fold: Int32Array;
  /** Probability of each logged action, calibrated, in (0, 1]. */
  readonly propensity: Float64Array;
  /** Probability of an action against whether it was taken, one action a row, drawn at random: before calibration … */
  readonly calibrationBefore: Calibration;
  /** … and after. */
  readonly calibrationAfter: Calibration;
  /** Mean of −log propensity, out of fold. */
  readonly logLoss: number;
  /** The same of the action frequencies by position: what a model without features reaches. */
  readonly marginalLogLoss: number;
  /** Penalty of each fold's model, chosen without the fold. */
  readonly chosenPenalty: readonly number[];
  /** Factor on each fold's departures from the action frequencies, learned without the fold: above 1 the model was too timid. */
  readonly departureFactor: readonly number[];
  /**
   * Writes the distributions of rows `firstRow` to `firstRow + count − 1`, row-major [count, actionCount]; each above 0 and summing to 1.
   *
   * @throws OffPolicyEvaluationError `BAD_OPTION` for rows that are not there, `BAD_LENGTH` for too short an `out`
   */
  distributionInto(out: Float64Array, firstRow: number, count: number): void;
}

/** One fold's model. */
interface FoldModel {
  readonly raw: Float64Array;
  readonly calibrated: Float64Array;
  readonly marginal: Float64Array;
}

/** Log-likelihood that a fold's last step may leave. */
const TOLERANCE = 0.01;
/** Rows that the calibrations look at. */
const CALIBRATION_ROWS = 200_000;

/**
 * Estimates the logging policy where propensities were not logged: multinomial logistic regression with an intercept for each
 * position and action and a weight for each feature and action, cross-fitted by unit, calibrated out of fold, and kept above 0.
 *
 * An estimate is not a record: weights from it are as right as the features are complete. What the logger looked at and `features`
 * lack stays in the estimate as bias. The same key gives the same bytes.
 *
 * @throws OffPolicyEvaluationError `EMPTY`, `BAD_LENGTH`, `BAD_VALUE` naming the first bad entry, `BAD_OPTION`
 */
export async function estimatePropensities(
  rows: ModelRows,
  options: PropensityOptions,
): Promise<EstimatedPropensities> {
  const { folds: foldCount = 3, key, floor = 0.001, tuningRows = 50_000 } = options;
  const penalties = options.penalties ?? [1, 10, 100, 1000, 10_000];
  const checked = checkedRows(rows);
  checkPenalties(penalties);
  checkCount("tuningRows", tuningRows);
  if (!(floor > 0 && floor < 1))
    throw new OffPolicyEvaluationError("BAD_OPTION", `floor is ${floor}: it must be between 0 and 1`);
  const folds = dealFolds(checked.rowCount, checked.units, {
    folds: foldCount,
    key: deriveKey(key, "folds"),
  });
  const design = designOf(checked);
  const counts = actionCounts(checked, folds);
  const chunkSize = chunkSizeFor(checked.rowCount / folds.foldOfCell.length, checked.actionCount);
  const executor = await createExecutor();
  try {
    const objective = await RowObjective.load(executor, softmaxObjective(softmaxShapeOf(design), chunkSize));
    const problem = { design, folds, counts, objective };
    const fitted = await foldModels(problem, { penalties, tuningRows, chunkSize });
    return new SoftmaxPropensities(design, folds, { ...fitted, floor, key: deriveKey(key, "calibration") });
  } finally {
    await executor.dispose();
  }
}

interface Fitted {
  readonly models: readonly FoldModel[];
  readonly chosenPenalty: readonly number[];
  readonly departureFactor: readonly number[];
}

async function foldModels(
  problem: SoftmaxProblem,
  options: { readonly penalties: readonly number[]; readonly tuningRows: number; readonly chunkSize: number },
): Promise<Fitted> {
  const { design, folds, counts, objective } = problem;
  const { chunkSize, penalties } = options;
  const rankLimit = rankLimitFor(folds, options.tuningRows);
  const tuning = softmaxChunks(design, folds, { chunkSize, rankLimit });
  const choices = await chooseSoftmaxPenalties(problem, { penalties, chunks: tuning, rankLimit });
  const chunks =
    rankLimit === Infinity ? tuning : softmaxChunks(design, folds, { chunkSize, rankLimit: Infinity });
  const models: FoldModel[] = [];
  const factors: number[] = [];
  for (const [fold, { penalty, start, scored }] of choices.entries()) {
    const cells = cellMask(folds, trainingCells(folds, fold));
    const marginal = smoothedMarginal(counts, cells, design.rows.actionCount);
    const raw = await fitSoftmax(design, objective, {
      chunks,
      cells,
      marginal,
      penalty,
      tolerance: TOLERANCE,
      ...(start === undefined ? {} : { start }),
    });
    const factor = departureFactor(design, scored);
    const calibrated = scaledDepartures(raw, marginalCoefficients(design, marginal), factor);
    models.push({ raw, calibrated, marginal });
    factors.push(factor);
  }
  return { models, chosenPenalty: choices.map(({ penalty }) => penalty), departureFactor: factors };
}

class SoftmaxPropensities implements EstimatedPropensities {
  readonly fold: Int32Array;
  readonly propensity: Float64Array;
  readonly calibrationBefore: Calibration;
  readonly calibrationAfter: Calibration;
  readonly logLoss: number;
  readonly marginalLogLoss: number;
  readonly chosenPenalty: readonly number[];
  readonly departureFactor: readonly number[];
  readonly #design: Design;
  readonly #models: readonly FoldModel[];
  readonly #floor: number;
  readonly #scratch: Float64Array;

  constructor(
    design: Design,
    folds: Folds,
    input: Fitted & { readonly floor: number; readonly key: RandomKey },
  ) {
    this.fold = folds.fold;
    this.chosenPenalty = input.chosenPenalty;
    this.departureFactor = input.departureFactor;
    this.#design = design;
    this.#models = input.models;
    this.#floor = input.floor;
    this.#scratch = new Float64Array(design.rows.featureCount);
    const { action, actionCount, position, rowCount } = design.rows;
    this.propensity = new Float64Array(rowCount);
    const step = Math.max(1, Math.ceil(rowCount / CALIBRATION_ROWS));
    const pairs = Math.ceil(rowCount / step);
    const [before, after, taken] = [0, 1, 2].map(() => new Float64Array(pairs));
    const line = new Float64Array(actionCount);
    let logLoss = 0;
    let marginalLogLoss = 0;
    for (let i = 0; i < rowCount; i++) {
      const { marginal, raw } = this.#models[this.fold[i]!]!;
      this.distributionInto(line, i, 1);
      this.propensity[i] = line[action[i]!]!;
      logLoss -= Math.log(line[action[i]!]!) / rowCount;
      const share = marginal[(position?.[i] ?? 0) * actionCount + action[i]!]!;
      marginalLogLoss -= Math.log(share) / rowCount;
      if (i % step !== 0) continue;
      // Evenly over actions: the rare ones are where weights are large.
      const drawn = Math.min(actionCount - 1, Math.floor(uniform(input.key, i, 0) * actionCount));
      after![i / step] = line[drawn]!;
      taken![i / step] = drawn === action[i]! ? 1 : 0;
      this.#softmaxInto(line, 0, { row: i, coefficients: raw });
      before![i / step] = line[drawn]!;
    }
    this.logLoss = logLoss;
    this.marginalLogLoss = marginalLogLoss;
    this.calibrationBefore = calibration(before!, taken!, { kind: "probability" });
    this.calibrationAfter = calibration(after!, taken!, { kind: "probability" });
  }

  get rowCount(): number {
    return this.fold.length;
  }

  get actionCount(): number {
    return this.#design.rows.actionCount;
  }

  distributionInto(out: Float64Array, firstRow: number, count: number): void {
    checkPiece(this, out, { firstRow, count });
    const { actionCount } = this;
    const { position } = this.#design.rows;
    for (let i = 0; i < count; i++) {
      const row = firstRow + i;
      const { calibrated, marginal } = this.#models[this.fold[row]!]!;
      const start = i * actionCount;
      this.#softmaxInto(out, start, { row, coefficients: calibrated });
      const line = (position?.[row] ?? 0) * actionCount;
      for (let a = 0; a < actionCount; a++)
        out[start + a] = (1 - this.#floor) * out[start + a]! + this.#floor * marginal[line + a]!;
    }
  }

  #softmaxInto(
    out: Float64Array,
    start: number,
    { row, coefficients }: { readonly row: number; readonly coefficients: Float64Array },
  ): void {
    logitsInto(out, start, { design: this.#design, row, coefficients, scratch: this.#scratch });
    softmaxInPlace(out, start, this.actionCount);
  }
}
