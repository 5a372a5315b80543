import {
  createRow,
  penaltyDiagonal,
  predictorOf,
  readRow,
  sharedScore,
  summedMoments,
  type LinearFamily,
  type LinearFit,
  type LinearProblem,
  type RowChoice,
} from "./linear-problem.ts";
import { createMoments, MomentsAdder, type Moments } from "./moments.ts";
import { coefficientsOf, PenalizedSystem, responsesOf } from "./penalized-system.ts";

/** Rows of mean weight with reward ½ that the intercept sees beside the data: rewards that are all 0 leave it finite. */
export const INTERCEPT_ROWS = 0.01;

const MOST_STEPS = 60;
const MOST_HALVINGS = 40;

/** A fit ends with the step that gains less than this share of the objective. */
const TUNING_TOLERANCE = 1e-4;
const TOLERANCE = 1e-10;

/** The matrix is made anew where a step gained more than this share of the one before: it has aged. */
const AGED = 0.05;

/**
 * Logistic regression, `argmin Σ w (log(1 + e^s) − r s) + ½ θᵀΛθ` with `s = zᵀθ`, by Newton's method, whose matrix is kept while
 * steps shrink fast.
 *
 * Newton's steps are better than gradient steps in a compiled program: each is ridge's normal equations again, a few passes
 * over the rows instead of dozens, exact to float64, and their matrix is what `directMethodInterval` needs.
 */
export function logisticFamily(problem: LinearProblem, byCell: readonly Moments[]): LinearFamily {
  return {
    fit: (choice, penalty, start) => fitLogistic(problem, byCell, { choice, penalty, start }),
    curvature: ({ theta, system }, choice) => {
      const { moments } = evaluate(problem, theta, { choice, products: true });
      return new PenalizedSystem(problem.design, moments, system.penalty);
    },
    loss: ({ theta }, choice) => evaluate(problem, theta, { choice, products: false }).loss,
  };
}

interface LogisticFitOptions {
  readonly choice: RowChoice;
  readonly penalty: number;
  readonly start: LinearFit | undefined;
}

function fitLogistic(
  problem: LinearProblem,
  byCell: readonly Moments[],
  { choice, penalty, start }: LogisticFitOptions,
): LinearFit {
  const { design } = problem;
  const plain = summedMoments(byCell, choice.cells);
  const diagonal = penaltyDiagonal(design, plain, penalty);
  const weight = plain.actionWeight.reduce((sum, value) => sum + value, 0);
  const interceptWeight = (INTERCEPT_ROWS * weight) / plain.totals[1]!;
  const tolerance = choice.final === true ? TOLERANCE : TUNING_TOLERANCE;
  let theta = start?.theta ?? constantModel(design, plain, interceptWeight);
  let previous = theta;
  let lowest = Infinity;
  let halvings = 0;
  let gain = Infinity;
  let aged = start === undefined;
  let system = start?.system;
  for (let step = 0; step < MOST_STEPS || system === undefined; step++) {
    const { moments, loss } = evaluate(problem, theta, { choice, products: aged });
    const objective = loss + penaltyOf(theta, diagonal, interceptWeight);
    if (!(objective <= lowest + 1e-12 * Math.abs(lowest)) && system !== undefined) {
      if (halvings++ >= MOST_HALVINGS) return { theta: previous, system };
      const better = previous;
      theta = theta.map((value, j) => (value + better[j]!) / 2);
      aged = true;
      continue;
    }
    lowest = objective;
    halvings = 0;
    const rate = sigmoid(theta[0]!);
    const gradient = responsesOf(design, moments);
    for (let j = 1; j < gradient.length; j++)
      if (diagonal[j] !== Infinity) gradient[j] = gradient[j]! - diagonal[j]! * theta[j]!;
    gradient[0] = gradient[0]! + interceptWeight * (0.5 - rate);
    if (aged || step === 0) {
      const penalties = diagonal.slice();
      penalties[0] = interceptWeight * rate * (1 - rate);
      system = new PenalizedSystem(design, aged ? moments : system!.moments, penalties);
    }
    const move = system!.solve(gradient);
    let nextGain = 0;
    for (let j = 0; j < move.length; j++) nextGain += move[j]! * gradient[j]!;
    previous = theta;
    theta = theta.map((value, j) => value + move[j]!);
    if (nextGain <= tolerance * objective) break;
    aged = nextGain > AGED * gain;
    gain = nextGain;
  }
  return { theta, system: system! };
}

function constantModel(
  design: LinearProblem["design"],
  plain: Moments,
  interceptWeight: number,
): Float64Array {
  const theta = new Float64Array(coefficientsOf(design).total);
  let weight = interceptWeight;
  let reward = interceptWeight / 2;
  for (let a = 0; a < plain.actionCount; a++) {
    weight += plain.actionWeight[a]!;
    reward += plain.actionResponse[a]!;
  }
  theta[0] = Math.log(reward / (weight - reward));
  return theta;
}

function penaltyOf(theta: Float64Array, diagonal: Float64Array, interceptWeight: number): number {
  let sum = interceptWeight * (softplus(theta[0]!) - theta[0]! / 2);
  for (let j = 1; j < theta.length; j++)
    if (diagonal[j] !== Infinity) sum += 0.5 * diagonal[j]! * theta[j]! * theta[j]!;
  return sum;
}

/** The loss, and moments with `v = w q (1 − q)` (where products are wanted) and `e = w (r − q)`. */
function evaluate(
  problem: LinearProblem,
  theta: Float64Array,
  { choice, products }: { readonly choice: RowChoice; readonly products: boolean },
): { moments: Moments; loss: number } {
  const { design, folds, reward, weights } = problem;
  const predictor = predictorOf(design, theta);
  const { featureCount } = design.rows;
  const moments = createMoments(design.rows.actionCount, design.positionColumns + featureCount);
  const adder = new MomentsAdder(moments, featureCount);
  const row = createRow(design);
  const { cells, rankLimit } = choice;
  let loss = 0;
  for (let i = 0; i < reward.length; i++) {
    if (cells[folds.cell[i]!] === 0 || folds.rank[i]! >= rankLimit) continue;
    readRow(row, design, i);
    const score = predictor.byAction[row.action]! + sharedScore(predictor, row);
    const small = Math.exp(-Math.abs(score));
    const rate = score >= 0 ? 1 / (1 + small) : small / (1 + small);
    const weight = weights?.[i] ?? 1;
    loss += weight * (Math.max(score, 0) + Math.log1p(small) - reward[i]! * score);
    row.weight = (weight * small) / ((1 + small) * (1 + small));
    row.response = weight * (reward[i]! - rate);
    adder.addResponse(row);
    if (products) adder.addProducts(row);
  }
  adder.flush();
  return { moments, loss };
}

/** 1 / (1 + e^−x), without overflow. */
export function sigmoid(x: number): number {
  const small = Math.exp(-Math.abs(x));
  return x >= 0 ? 1 / (1 + small) : small / (1 + small);
}

function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
