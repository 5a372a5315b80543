import { broadcastShapes, elementCount, equalShapes, isStatic, type Shape } from "../shape.ts";
import { inputOf, numbersAttribute, Tensor } from "../tensor.ts";
import { broadcastTo, broadcastToOperation } from "../operations/broadcast-to.ts";
import {
  addOperation,
  binaryOperations,
  divideOperation,
  multiplyOperation,
  subtractOperation,
} from "../operations/elementwise-binary.ts";
import { clipOperation, unaryOperations } from "../operations/elementwise-unary.ts";
import { comparisonOperations, logicalNotOperation } from "../operations/comparison.ts";
import { namedOperation, stopGradientOperation } from "../operations/identity.ts";
import { reductionOperations } from "../operations/reductions.ts";
import { reshape, reshapeOperation } from "../operations/reshape.ts";
import { constant, constantOperation } from "../operations/sources.ts";
import { sliceOperation, splitPartOperation } from "../operations/slice.ts";
import { softmaxOperation } from "../operations/softmax.ts";
import { transpose, transposeOperation } from "../operations/transpose.ts";
import { whereOperation } from "../operations/where.ts";
import { castOperation } from "../operations/cast.ts";

/** Largest result that is computed while compiling; operations that only move values have no bound. */
const FOLDED_ELEMENTS = 4096;

const UNARY = new Set([...unaryOperations, clipOperation, castOperation, logicalNotOperation]);
const BINARY = new Set([
  ...binaryOperations,
  ...comparisonOperations.filter((operation) => operation !== logicalNotOperation),
]);
const MOVES = new Set([reshapeOperation, transposeOperation, sliceOperation, splitPartOperation]);
const FOLDABLE = new Set([
  ...UNARY,
  ...BINARY,
  ...MOVES,
  ...reductionOperations,
  whereOperation,
  broadcastToOperation,
  softmaxOperation,
]);

const isConstant = (tensor: Tensor): boolean => tensor.operation === constantOperation;

function isFilledWith(tensor: Tensor, value: number): boolean {
  return (
    isConstant(tensor) &&
    tensor.data !== undefined &&
    tensor.data.every((element) => Object.is(element, value))
  );
}

function fold(tensor: Tensor): Tensor {
  if (!FOLDABLE.has(tensor.operation) || !tensor.inputs.every(isConstant) || !isStatic(tensor.shape))
    return tensor;
  if (!MOVES.has(tensor.operation) && elementCount(tensor.shape) > FOLDED_ELEMENTS) return tensor;
  const values = tensor.inputs.map((input) => ({
    data: Float64Array.from(input.data ?? []),
    shape: input.shape.map(Number),
  }));
  const resolve = (shape: Shape): number[] => shape.map(Number);
  const { data } = tensor.operation.reference(tensor, values, { resolve });
  return constant(data, tensor.shape, tensor.dataType);
}

/** x + 0, x − 0, x · 1 and x / 1 are x, where that does not change the shape. */
function dropNeutral(tensor: Tensor): Tensor {
  const [left, right] = tensor.inputs;
  if (left === undefined || right === undefined) return tensor;
  const same = (operand: Tensor): boolean => equalShapes(operand.shape, tensor.shape);
  const { operation } = tensor;
  if (operation === addOperation || operation === subtractOperation) {
    if (same(left) && isFilledWith(right, 0)) return left;
    if (operation === addOperation && same(right) && isFilledWith(left, 0)) return right;
  }
  if (operation === multiplyOperation || operation === divideOperation) {
    if (same(left) && isFilledWith(right, 1)) return left;
    if (operation === multiplyOperation && same(right) && isFilledWith(left, 1)) return right;
  }
  return tensor;
}

/** Elementwise operations broadcast by themselves: repetition is put off until something needs it. */
function delayBroadcast(tensor: Tensor): Tensor {
  const elementwise =
    UNARY.has(tensor.operation) || BINARY.has(tensor.operation) || tensor.operation === whereOperation;
  if (!elementwise || !tensor.inputs.some((input) => input.operation === broadcastToOperation)) return tensor;
  const inputs = tensor.inputs.map((input) =>
    input.operation === broadcastToOperation ? inputOf(input) : input,
  );
  const shape = inputs
    .map((input) => input.shape)
    .reduce((left, right) => broadcastShapes("broadcast", left, right));
  const narrow = new Tensor({
    operation: tensor.operation,
    inputs,
    shape,
    dataType: tensor.dataType,
    attributes: tensor.attributes,
  });
  return broadcastTo(narrow, tensor.shape);
}

function simplifyMove(tensor: Tensor): Tensor {
  const x = inputOf(tensor);
  if (tensor.operation === reshapeOperation) {
    if (equalShapes(x.shape, tensor.shape)) return x;
    if (x.operation === reshapeOperation) return reshape(inputOf(x), tensor.shape);
  }
  if (tensor.operation === transposeOperation) {
    const permutation = numbersAttribute(tensor, "permutation");
    if (permutation.every((axis, index) => axis === index)) return x;
    if (x.operation === transposeOperation) {
      const inner = numbersAttribute(x, "permutation");
      return transpose(
        inputOf(x),
        permutation.map((axis) => inner[axis]!),
      );
    }
  }
  return tensor;
}

/** A row bias added after a reshape is added before it, where it can join the product. */
function biasBeforeReshape(tensor: Tensor): Tensor {
  if (tensor.operation !== addOperation) return tensor;
  const [left, right] = tensor.inputs;
  if (left === undefined || right === undefined) return tensor;
  for (const [moved, bias] of [
    [left, right],
    [right, left],
  ] as const) {
    if (moved.operation !== reshapeOperation || bias.shape.length !== 1) continue;
    const x = inputOf(moved);
    if (x.shape.length !== 2 || x.shape[1] !== bias.shape[0] || moved.shape.at(-1) !== bias.shape[0])
      continue;
    const sum = new Tensor({
      operation: addOperation,
      inputs: [x, bias],
      shape: x.shape,
      dataType: x.dataType,
    });
    return reshape(sum, tensor.shape);
  }
  return tensor;
}

/**
 * Elementwise operations run before a reshape instead of after it: so an activation meets the product it belongs to,
 * and pairs of reshapes cancel.
 */
function delayReshape(tensor: Tensor): Tensor {
  const [first, second] = tensor.inputs;
  if (first === undefined || !(UNARY.has(tensor.operation) || BINARY.has(tensor.operation))) return tensor;
  const shapes = tensor.inputs
    .filter((input) => input.operation === reshapeOperation)
    .map((input) => inputOf(input).shape);
  const from = shapes[0];
  if (from === undefined) return tensor;
  const movable = (input: Tensor | undefined): boolean =>
    input === undefined ||
    (input.shape.length === 0 && from.length > 0) ||
    (input.operation === reshapeOperation &&
      equalShapes(inputOf(input).shape, from) &&
      equalShapes(input.shape, tensor.shape));
  if (!movable(first) || !movable(second)) return tensor;
  const moved = new Tensor({
    operation: tensor.operation,
    inputs: tensor.inputs.map((input) => (input.operation === reshapeOperation ? inputOf(input) : input)),
    shape: from,
    dataType: tensor.dataType,
    attributes: tensor.attributes,
  });
  return reshape(moved, tensor.shape);
}

/** One simplification at `tensor`, whose inputs are already simple; the same tensor when none applies. */
export function simplify(tensor: Tensor): Tensor {
  const { operation } = tensor;
  if (operation === namedOperation || operation === stopGradientOperation) return inputOf(tensor);
  for (const rule of [fold, dropNeutral, delayBroadcast, biasBeforeReshape, delayReshape]) {
    const result = rule(tensor);
    if (result !== tensor) return result;
  }
  return MOVES.has(operation) ? simplifyMove(tensor) : tensor;
}
