import {
  penaltyDiagonal,
  predictorOf,
  summedMoments,
  type LinearFamily,
  type LinearProblem,
} from "./linear-problem.ts";
import type { Moments } from "./moments.ts";
import { PenalizedSystem, responsesOf } from "./penalized-system.ts";

/**
 * Ridge regression, `argmin Σ w (r − zᵀθ)² + θᵀΛθ`, by its normal equations.
 *
 * The closed form is better than gradient steps in a compiled program: one pass over the rows serves every fold and penalty,
 * exactly, in float64.
 */
export function ridgeFamily(problem: LinearProblem, byCell: readonly Moments[]): LinearFamily {
  const { design } = problem;
  return {
    fit: ({ cells }, penalty) => {
      const moments = summedMoments(byCell, cells);
      const system = new PenalizedSystem(design, moments, penaltyDiagonal(design, moments, penalty));
      return { theta: system.solve(responsesOf(design, moments)), system };
    },
    curvature: ({ system }) => system,
    loss: ({ theta }, { cells }) => {
      const moments = summedMoments(byCell, cells);
      const responses = responsesOf(design, moments);
      let sum = moments.totals[0]!;
      for (let j = 0; j < theta.length; j++) sum -= 2 * theta[j]! * responses[j]!;
      const { byAction, byColumn } = predictorOf(design, theta);
      return sum + quadratic(moments, byAction, byColumn);
    },
  };
}

/** `Σ v (byAction[a] + columns · byColumn)²` from the moments. */
function quadratic(moments: Moments, byAction: Float64Array, byColumn: Float64Array): number {
  const { columnCount, cross, columns, actionWeight } = moments;
  let sum = 0;
  for (let a = 0; a < byAction.length; a++) {
    let crossed = 0;
    for (let j = 0; j < columnCount; j++) crossed += cross[a * columnCount + j]! * byColumn[j]!;
    sum += byAction[a]! * (actionWeight[a]! * byAction[a]! + 2 * crossed);
  }
  for (let j = 0; j < columnCount; j++)
    for (let k = j; k < columnCount; k++)
      sum += (j === k ? 1 : 2) * columns[j * columnCount + k]! * byColumn[j]! * byColumn[k]!;
  return sum;
}
