import { minimize, type RowObjective } from "@longview/tensor";
import type { Design } from "../design.ts";
import type { SoftmaxChunks } from "./softmax-chunks.ts";
import { coefficientCount, softmaxShapeOf } from "./softmax-model.ts";

/** What one softmax fit sees. */
export interface SoftmaxFitOptions {
  readonly chunks: SoftmaxChunks;
  /** 1 for each cell whose rows count. */
  readonly cells: Uint8Array;
  /** Smoothed frequencies in those cells: what the model is pulled to, [positions · actions]. */
  readonly marginal: Float64Array;
  readonly penalty: number;
  /** Coefficients to start from: never those of a model that saw other rows. */
  readonly start?: Float64Array;
  /** Gain in log-likelihood that is not worth another step. */
  readonly tolerance: number;
}

/** Coefficients of the model without features: the logarithms of the marginal. */
export function marginalCoefficients(design: Design, marginal: Float64Array): Float64Array {
  const out = new Float64Array(coefficientCount(softmaxShapeOf(design)));
  marginal.forEach((share, k) => {
    out[k] = Math.log(share);
  });
  return out;
}

/**
 * `argmin −Σ log softmax(aᵢ) + ½ λ |θ − θ₀|²`, θ₀ being the marginal: the penalty pulls to how often actions are taken anyway.
 */
export async function fitSoftmax(
  design: Design,
  objective: RowObjective,
  options: SoftmaxFitOptions,
): Promise<Float64Array> {
  const { chunks, cells, marginal, penalty, tolerance } = options;
  const { actionCount, positionCount, featureCount, position } = design.rows;
  const center = marginalCoefficients(design, marginal);
  const training = chunks.byCell.flatMap((own, cell) => (cells[cell] === 1 ? own : []));
  const rowCount = chunks.rowCounts.reduce((sum, count, cell) => sum + (cells[cell] === 1 ? count : 0), 0);
  const curvature = new Float64Array(center.length);
  for (let k = 0; k < center.length; k++) {
    // About the softmax's own second derivative; positions as if rows were spread evenly over them.
    const share = marginal[k % actionCount]!;
    const rows =
      k < positionCount * actionCount && position !== undefined ? rowCount / positionCount : rowCount;
    curvature[k] = 1 / (rows * share * (1 - share) + penalty);
  }
  const { point } = await minimize(
    async (gradient, at) => {
      let value = await objective.addInto(gradient, at, training);
      for (let k = 0; k < at.length; k++) {
        const distance = at[k]! - center[k]!;
        gradient[k] = gradient[k]! + penalty * distance;
        value += 0.5 * penalty * distance * distance;
      }
      return value;
    },
    options.start ?? center,
    { inverseCurvature: curvature, tolerance, maximumSteps: 200 + 10 * featureCount },
  );
  return point;
}
