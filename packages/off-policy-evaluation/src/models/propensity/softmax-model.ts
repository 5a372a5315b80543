import {
  gatherElements,
  logSumExp,
  matMul,
  multiply,
  parameterLayout,
  reshape,
  subtract,
  sum,
  type RowObjectiveDefinition,
} from "@longview/tensor";
import { featuresInto, type Design } from "../design.ts";

/**
 * Softmax over actions: `logit(a) = intercept(position, a) + features · weight(a)`. Coefficients are [columns, actions], columns
 * being positions (at least one), then features.
 */
export interface SoftmaxShape {
  readonly actionCount: number;
  readonly positionCount: number;
  readonly featureCount: number;
}

export function softmaxShapeOf({ rows }: Design): SoftmaxShape {
  const { actionCount, positionCount, featureCount } = rows;
  return { actionCount, positionCount, featureCount };
}

export function coefficientCount({ actionCount, positionCount, featureCount }: SoftmaxShape): number {
  return (positionCount + featureCount) * actionCount;
}

/** Weighted cross-entropy of the logged actions over a chunk of rows. */
export function softmaxObjective(shape: SoftmaxShape, chunkSize: number): RowObjectiveDefinition {
  const { actionCount, positionCount, featureCount } = shape;
  const width = positionCount + featureCount;
  return {
    name: "propensity_softmax",
    layout: parameterLayout([{ name: "coefficients", shape: [width, actionCount] }]),
    fields: {
      columns: { rowShape: [width], dataType: "float32" },
      action: { rowShape: [1], dataType: "int32" },
      weight: { rowShape: [], dataType: "float32" },
    },
    chunkSize,
    loss: ({ parameters, rows }) => {
      const logits = matMul(rows["columns"]!, parameters["coefficients"]!);
      const logged = reshape(gatherElements(logits, rows["action"]!), [-1]);
      const losses = subtract(logSumExp(logits, { axes: 1 }), logged);
      return sum(multiply(rows["weight"]!, losses));
    },
  };
}

/** Writes the logits of one row into `out` at `start`; `scratch` has room for the features. */
export function logitsInto(
  out: Float64Array,
  start: number,
  {
    design,
    row,
    coefficients,
    scratch,
  }: {
    readonly design: Design;
    readonly row: number;
    readonly coefficients: Float64Array;
    readonly scratch: Float64Array;
  },
): void {
  const { actionCount, position, positionCount } = design.rows;
  const line = (position?.[row] ?? 0) * actionCount;
  for (let a = 0; a < actionCount; a++) out[start + a] = coefficients[line + a]!;
  featuresInto(scratch, design, row);
  for (let f = 0; f < scratch.length; f++) {
    const value = scratch[f]!;
    const first = (positionCount + f) * actionCount;
    for (let a = 0; a < actionCount; a++) out[start + a] = out[start + a]! + value * coefficients[first + a]!;
  }
}

/** Turns the logits at `start` into probabilities. */
export function softmaxInPlace(out: Float64Array, start: number, count: number): void {
  let largest = -Infinity;
  for (let a = start; a < start + count; a++) if (out[a]! > largest) largest = out[a]!;
  let total = 0;
  for (let a = start; a < start + count; a++) {
    const value = Math.exp(out[a]! - largest);
    out[a] = value;
    total += value;
  }
  for (let a = start; a < start + count; a++) out[a] = out[a]! / total;
}
