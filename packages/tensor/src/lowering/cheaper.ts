import { elementCount, isStatic } from "../shape.ts";
import { flagAttribute, inputOf, numberAttribute, numbersAttribute, Tensor } from "../tensor.ts";
import { logicalNotOperation } from "../operations/comparison.ts";
import { concatenate } from "../operations/concatenate.ts";
import { addOperation } from "../operations/elementwise-binary.ts";
import { gemmOperation } from "../operations/mat-mul.ts";
import { padOperation } from "../operations/pad.ts";
import { sumOperation } from "../operations/reductions.ts";
import { reshape } from "../operations/reshape.ts";
import { constant } from "../operations/sources.ts";

/** Fewest rows for which a product with a row of ones beats ReduceSum. */
const FEWEST_ROWS = 16;

/** Column sums of a matrix (bias gradients) as a product with a row of ones: several times faster than ReduceSum. */
function columnSums(tensor: Tensor): Tensor {
  const x = inputOf(tensor);
  const { shape } = x;
  if (
    x.dataType !== "float32" ||
    shape.length < 2 ||
    !isStatic(shape) ||
    flagAttribute(tensor, "keepDimensions")
  ) {
    return tensor;
  }
  const columns = shape[shape.length - 1] ?? 1;
  const rows = elementCount(shape.slice(0, -1));
  const allButLast =
    numbersAttribute(tensor, "axes").join() ===
    shape
      .slice(0, -1)
      .map((_, axis) => axis)
      .join();
  if (!allButLast || rows < FEWEST_ROWS) return tensor;
  const product = new Tensor({
    operation: gemmOperation,
    inputs: [constant(1, [1, rows]), reshape(x, [rows, columns])],
    shape: [1, columns],
    dataType: "float32",
    attributes: { transposeLeft: false, transposeRight: false },
  });
  return reshape(product, tensor.shape);
}

/** Gradients of neighbouring slices, each padded with zeros to the whole, are put side by side instead of added. */
function paddedNeighbours(tensor: Tensor): Tensor {
  const left = inputOf(tensor, 0);
  const right = inputOf(tensor, 1);
  if (left.operation !== padOperation || right.operation !== padOperation) return tensor;
  const axis = numberAttribute(left, "axis");
  if (numberAttribute(right, "axis") !== axis) return tensor;
  for (const [first, second] of [
    [left, right],
    [right, left],
  ] as const) {
    const firstLength = Number(inputOf(first).shape[axis]);
    const secondLength = Number(inputOf(second).shape[axis]);
    const adjacent =
      numberAttribute(first, "before") === 0 &&
      numberAttribute(second, "after") === 0 &&
      numberAttribute(first, "after") === secondLength &&
      numberAttribute(second, "before") === firstLength;
    if (adjacent) return concatenate([inputOf(first), inputOf(second)], axis);
  }
  return tensor;
}

/** Forms that run faster than the ones they replace and give the same values. */
export function cheaperForm(tensor: Tensor): Tensor {
  if (tensor.operation === sumOperation) return columnSums(tensor);
  if (tensor.operation === addOperation) return paddedNeighbours(tensor);
  if (tensor.operation === logicalNotOperation && inputOf(tensor).operation === logicalNotOperation) {
    return inputOf(inputOf(tensor));
  }
  return tensor;
}
