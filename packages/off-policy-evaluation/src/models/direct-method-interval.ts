import { studentQuantile } from "@longview/statistics";
import { OffPolicyEvaluationError } from "../error.ts";
import { confidenceOf, type Interval, type IntervalOptions } from "../intervals/interval.ts";
import { meanAndError, unitsOf } from "../intervals/units.ts";
import { trainingCells } from "./folds.ts";
import { cellMask } from "./linear/choose-penalties.ts";
import { CrossFittedLinearModel } from "./linear/cross-fit-linear.ts";
import { createRow, predictorOf, readRow, sharedScore, type Predictor } from "./linear/linear-problem.ts";
import { createMoments, MomentsAdder, type Moments } from "./linear/moments.ts";
import { responsesOf } from "./linear/penalized-system.ts";
import {
  distributionPieces,
  rowsAtATime,
  type DistributionOf,
  type ModelColumnsOptions,
} from "./model-columns.ts";
import type { CrossFittedRewardModel } from "./reward-model.ts";

/** Options of {@link directMethodInterval}. Clusters are the model's own units unless given. */
export type DirectMethodIntervalOptions = IntervalOptions & ModelColumnsOptions;

/** The direct method's value with an interval that knows of the model's error, and what it is made of. */
export interface DirectMethodInterval extends Interval {
  /** All parts together: the root of the sum of squares of those below, where contexts and model do not vary together. */
  readonly standardError: number;
  /** That of the contexts alone: what an interval from the terms of `directMethod` would rest on. */
  readonly contextError: number;
  /** That of contexts and of the rewards that the model was fitted to. */
  readonly samplingError: number;
  /** Of what the penalty took from effects, as large as effects are expected to be under it. */
  readonly shrinkageError: number;
}

/**
 * Interval of the direct method, `mean(Σₐ π(a|x) q(x, a))`, for a cross-fitted linear or logistic model.
 *
 * The error of contexts alone is far too small: the same rewards, through the model, move all terms together. Here a row counts by
 * its influence on the value both ways, its own term and one Newton step of every model that learned from it:
 *
 * `φᵢ = dᵢ + Σₖ wᵢ (rᵢ − q(xᵢ, aᵢ)) zᵢᵀ Hₖ⁻¹ Gₖ` over folds k whose model saw row i,
 * with `Hₖ` its second derivative, `Gₖ` the derivative of the sum of terms by its coefficients, and out-of-fold residuals, which do not flatter.
 *
 * Errors are clustered by unit. To that comes the penalty's own error: shrinking moves the value by `−cᵀθ`, `c = Σₖ Λₖ Hₖ⁻¹ Gₖ / n`, and
 * effects θ have the variance that the penalty stands for (dispersion / Λ): an action that was hardly logged is as uncertain as
 * actions differ. A model that is wrong in its form remains wrong.
 *
 * @throws OffPolicyEvaluationError `NOT_COMPUTABLE` for a network or fewer than 2 units, `BAD_OPTION`, and as `modelColumns`
 * @see Newey & McFadden (1994), "Large sample estimation and hypothesis testing", section 6, for two-step influences
 * @see Giordano, Stephenson, Liu, Jordan & Broderick (2019), "A Swiss Army Infinitesimal Jackknife"
 * @see Nychka (1988), "Bayesian Confidence Intervals for Smoothing Splines", for the penalty's error
 */
export async function directMethodInterval(
  model: CrossFittedRewardModel,
  distributionOf: DistributionOf,
  options: DirectMethodIntervalOptions = {},
): Promise<DirectMethodInterval> {
  const where = "directMethodInterval";
  const confidence = confidenceOf(where, options);
  if (!(model instanceof CrossFittedLinearModel))
    throw new OffPolicyEvaluationError(
      "NOT_COMPUTABLE",
      `${where}: takes a "linear" or "logistic" model, got "${model.kind}"; take doublyRobust for a network`,
    );
  const { rows } = model.problem.design;
  const units = unitsOf(where, model.rowCount, options.clusters ?? rows.units);
  const { directValue, slopes } = await termsAndSlopes(model, distributionOf, options);
  const solved = slopes.map((slope, fold) => solvedSlope(model, slope, fold));
  const influence = directValue.slice();
  addModelInfluence(influence, model, solved);
  const context = meanAndError(directValue, units);
  const sampling = meanAndError(influence, units);
  const shrinkageError = Math.sqrt(shrinkageVariance(model, solved));
  const standardError = Math.hypot(sampling.standardError, shrinkageError);
  const reach = studentQuantile(0.5 + confidence / 2, units.count - 1) * standardError;
  return {
    value: context.mean,
    lower: context.mean - reach,
    upper: context.mean + reach,
    confidence,
    method: "direct-method-influence",
    standardError,
    contextError: context.standardError,
    samplingError: sampling.standardError,
    shrinkageError,
  };
}

/** Each row's `Σₐ π q`, and by fold the derivative of their sum by the fold's coefficients (as responses of moments). */
async function termsAndSlopes(
  model: CrossFittedLinearModel,
  distributionOf: DistributionOf,
  options: ModelColumnsOptions,
): Promise<{ directValue: Float64Array; slopes: readonly Moments[] }> {
  const { actionCount, problem } = model;
  const { design, folds } = problem;
  const { featureCount } = design.rows;
  const slopes = model.fits.map(() => createMoments(actionCount, design.positionColumns + featureCount));
  const adders = slopes.map((moments) => new MomentsAdder(moments, featureCount));
  const directValue = new Float64Array(model.rowCount);
  const predictions = new Float64Array(rowsAtATime(model, options) * actionCount);
  const row = createRow(design);
  for await (const { firstRow, count, probabilities } of distributionPieces(model, distributionOf, options)) {
    model.predictInto(predictions, firstRow, count);
    for (let i = 0; i < count; i++) {
      const fold = folds.fold[firstRow + i]!;
      const { actionResponse } = slopes[fold]!;
      let mass = 0;
      for (let k = i * actionCount; k < (i + 1) * actionCount; k++) mass += probabilities[k]!;
      let value = 0;
      let steepness = 0;
      for (let a = 0; a < actionCount; a++) {
        const probability = probabilities[i * actionCount + a]! / mass;
        const predicted = predictions[i * actionCount + a]!;
        const steep = model.kind === "linear" ? probability : probability * predicted * (1 - predicted);
        value += probability * predicted;
        steepness += steep;
        actionResponse[a] = actionResponse[a]! + steep;
      }
      directValue[firstRow + i] = value;
      readRow(row, design, firstRow + i);
      row.response = steepness;
      adders[fold]!.addColumnResponse(row);
    }
  }
  return { directValue, slopes };
}

/** `Hₖ⁻¹ Gₖ` with the penalty's diagonal, and as rows use it. */
interface SolvedSlope {
  readonly solution: Float64Array;
  readonly penalty: Float64Array;
  readonly predictor: Predictor;
}

function solvedSlope(model: CrossFittedLinearModel, slope: Moments, fold: number): SolvedSlope {
  const { design, folds } = model.problem;
  const cells = cellMask(folds, trainingCells(folds, fold));
  const system = model.family.curvature(model.fits[fold]!, { cells, rankLimit: Infinity });
  const solution = system.solve(responsesOf(design, slope));
  return { solution, penalty: system.penalty, predictor: predictorOf(design, solution) };
}

function addModelInfluence(
  influence: Float64Array,
  model: CrossFittedLinearModel,
  solved: readonly SolvedSlope[],
): void {
  const { design, folds, reward, weights } = model.problem;
  const row = createRow(design);
  for (let i = 0; i < influence.length; i++) {
    readRow(row, design, i);
    let pull = 0;
    solved.forEach(({ predictor }, fold) => {
      if (fold !== folds.fold[i]) pull += predictor.byAction[row.action]! + sharedScore(predictor, row);
    });
    const residual = reward[i]! - model.predictedReward[i]!;
    influence[i] = influence[i]! + (weights?.[i] ?? 1) * residual * pull;
  }
}

function shrinkageVariance(model: CrossFittedLinearModel, solved: readonly SolvedSlope[]): number {
  const { reward, weights } = model.problem;
  const n = model.rowCount;
  // Λ counts rows of mean weight, in units of the variance that the loss takes for granted: 1 for logistic models.
  let dispersion = 0;
  for (let i = 0; i < n; i++) {
    const square = model.kind === "linear" ? (reward[i]! - model.predictedReward[i]!) ** 2 : 1;
    dispersion += ((weights?.[i] ?? 1) * square) / n;
  }
  let variance = 0;
  // The intercept, first, is not shrunk.
  for (let j = 1; j < solved[0]!.solution.length; j++) {
    let shift = 0;
    let spread = 0;
    for (const { solution, penalty } of solved) {
      if (penalty[j] === Infinity) continue;
      shift += (penalty[j]! * solution[j]!) / n;
      spread += dispersion / penalty[j]! / solved.length;
    }
    variance += shift * shift * spread;
  }
  return variance;
}
