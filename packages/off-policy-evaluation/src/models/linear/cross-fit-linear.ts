import { calibration, type Calibration } from "../../diagnostics/calibration.ts";
import { OffPolicyEvaluationError } from "../../error.ts";
import { rankLimitFor, trainingCells } from "../folds.ts";
import { checkPiece, type CrossFittedRewardModel } from "../reward-model.ts";
import { cellMask, choosePenalties } from "./choose-penalties.ts";
import {
  createRow,
  hasWeight,
  momentsByCell,
  predictorOf,
  readRow,
  sharedScore,
  type LinearFamily,
  type LinearFit,
  type LinearProblem,
  type Predictor,
} from "./linear-problem.ts";
import { logisticFamily, sigmoid } from "./logistic.ts";
import { ridgeFamily } from "./ridge.ts";

/** Options of {@link crossFitLinear}. */
export interface CrossFitLinearOptions {
  readonly kind: "linear" | "logistic";
  readonly penalties: readonly number[];
  readonly tuningRows: number;
}

/** Scores are held within ± this, so that a product of their exponentials stays finite: 1 − q is then below 1e-130. */
const LARGEST_SCORE = 300;

/** A ridge or logistic model of every fold. */
export class CrossFittedLinearModel implements CrossFittedRewardModel {
  readonly kind: "linear" | "logistic";
  readonly fold: Int32Array;
  readonly predictedReward: Float64Array;
  readonly calibration: Calibration;
  readonly chosenPenalty: readonly number[];
  readonly problem: LinearProblem;
  /** Each fold's fit, in the order of the folds. */
  readonly fits: readonly LinearFit[];
  readonly family: LinearFamily;
  readonly #predictors: readonly Predictor[];
  /** e^−(an action's part of the score), for logistic models: one exponential a row serves every action. */
  readonly #odds: readonly Float64Array[];

  constructor(
    kind: "linear" | "logistic",
    problem: LinearProblem,
    input: {
      readonly family: LinearFamily;
      readonly fits: readonly LinearFit[];
      readonly chosenPenalty: readonly number[];
    },
  ) {
    const { fits } = input;
    this.kind = kind;
    this.problem = problem;
    this.fits = fits;
    this.family = input.family;
    this.chosenPenalty = input.chosenPenalty;
    this.fold = problem.folds.fold;
    this.#predictors = fits.map(({ theta }) => predictorOf(problem.design, theta));
    this.#odds = this.#predictors.map(({ byAction }) => byAction.map((score) => Math.exp(-held(score))));
    this.predictedReward = this.#predictLogged();
    const { reward } = problem;
    const binary = kind === "logistic" && reward.every((value) => value === 0 || value === 1);
    this.calibration = calibration(this.predictedReward, reward, { kind: binary ? "probability" : "mean" });
  }

  get rowCount(): number {
    return this.problem.reward.length;
  }

  get actionCount(): number {
    return this.problem.design.rows.actionCount;
  }

  predictInto(out: Float64Array, firstRow: number, count: number): void {
    checkPiece(this, out, { firstRow, count });
    const { design, folds } = this.problem;
    const { actionCount } = this;
    const row = createRow(design);
    for (let i = 0; i < count; i++) {
      readRow(row, design, firstRow + i);
      const fold = folds.fold[firstRow + i]!;
      const predictor = this.#predictors[fold]!;
      const shared = sharedScore(predictor, row);
      const start = i * actionCount;
      if (this.kind === "linear") {
        const { byAction } = predictor;
        for (let a = 0; a < actionCount; a++) out[start + a] = byAction[a]! + shared;
      } else {
        const odds = this.#odds[fold]!;
        const factor = Math.exp(-held(shared));
        for (let a = 0; a < actionCount; a++) out[start + a] = 1 / (1 + odds[a]! * factor);
      }
    }
  }

  #predictLogged(): Float64Array {
    const { design, folds, reward } = this.problem;
    const row = createRow(design);
    return reward.map((_, i) => {
      readRow(row, design, i);
      const predictor = this.#predictors[folds.fold[i]!]!;
      const score = predictor.byAction[row.action]! + sharedScore(predictor, row);
      return this.kind === "linear" ? score : sigmoid(score);
    });
  }
}

/** @throws OffPolicyEvaluationError `NO_SUPPORT` where all of a fold's training rows have weight 0 */
export function crossFitLinear(
  problem: LinearProblem,
  options: CrossFitLinearOptions,
): CrossFittedLinearModel {
  const { folds } = problem;
  const { kind, penalties, tuningRows } = options;
  const byCell = momentsByCell(problem);
  const masks = Array.from({ length: folds.count }, (_, fold) => cellMask(folds, trainingCells(folds, fold)));
  masks.forEach((mask, fold) => {
    if (!hasWeight(byCell, mask))
      throw new OffPolicyEvaluationError(
        "NO_SUPPORT",
        `weights are 0 in every row outside fold ${fold}: its model has nothing to learn from`,
      );
  });
  const family = kind === "linear" ? ridgeFamily(problem, byCell) : logisticFamily(problem, byCell);
  const rankLimit = rankLimitFor(folds, tuningRows);
  const chosenPenalty = choosePenalties({ folds, family, byCell, penalties, rankLimit });
  const fits = masks.map((cells, fold) =>
    family.fit({ cells, rankLimit: Infinity, final: true }, chosenPenalty[fold]!),
  );
  return new CrossFittedLinearModel(kind, problem, { family, fits, chosenPenalty });
}

function held(score: number): number {
  return Math.min(LARGEST_SCORE, Math.max(-LARGEST_SCORE, score));
}
