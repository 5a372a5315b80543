import { reshapeNode } from "../graph-model/nodes.ts";
import { at, type Operation } from "../operation.ts";
import {
  type Dimension,
  dimensionProduct,
  equalShapes,
  formatShape,
  normalizeAxis,
  type Shape,
  ShapeError,
} from "../shape.ts";
import { inputOf, Tensor } from "../tensor.ts";

/** The int64 shape operand of ONNX Reshape: constant whenever at most one length is unknown. */
function onnxTarget(from: Shape, to: Shape): readonly number[] | undefined {
  const values: number[] = [];
  let inferred = false;
  to.forEach((dimension, axis) => {
    if (typeof dimension === "number") values.push(dimension);
    else if (dimension === from[axis] && equalShapes(from.slice(0, axis), to.slice(0, axis))) values.push(0);
    else if (!inferred) {
      values.push(-1);
      inferred = true;
    } else values.push(Number.NaN);
  });
  return values.some(Number.isNaN) || to.includes(0) ? undefined : values;
}

export const reshapeOperation: Operation = {
  name: "reshape",
  gradient: (output, gradient) => [reshape(gradient, inputOf(output).shape)],
  onnx: (tensor, emitter) => {
    const x = inputOf(tensor);
    const target = onnxTarget(x.shape, tensor.shape);
    return emitter.node("Reshape", [
      emitter.nameOf(x),
      target === undefined ? emitter.shape(tensor.shape) : emitter.integers(target),
    ]);
  },
  graphModel: (tensor, emitter) => reshapeNode(emitter, emitter.nameOf(inputOf(tensor)), tensor.shape),
  tensorflow: (tensor, inputs, { tf, resolve }) => tf.reshape(at(inputs, 0), resolve(tensor.shape)),
  reference: (tensor, inputs, { resolve }) => ({ data: at(inputs, 0).data, shape: resolve(tensor.shape) }),
};

function inferDimension(x: Tensor, shape: Shape): Dimension {
  const known = shape.filter((dimension) => dimension !== -1);
  const fail = (): never => {
    throw new ShapeError("reshape", `${formatShape(x.shape)} does not divide into ${formatShape(shape)}`);
  };
  // cancel equal names, then divide the numbers
  const total = String(dimensionProduct(x.shape)).split("*");
  let divisor = 1;
  for (const factor of String(dimensionProduct(known)).split("*")) {
    if (/^\d+$/.test(factor)) divisor *= Number(factor);
    else {
      const position = total.indexOf(factor);
      if (position < 0) fail();
      total.splice(position, 1);
    }
  }
  const numeric = total
    .filter((factor) => /^\d+$/.test(factor))
    .reduce((product, factor) => product * Number(factor), 1);
  const names = total.filter((factor) => !/^\d+$/.test(factor));
  if (divisor === 0 || numeric % divisor !== 0) fail();
  return dimensionProduct([numeric / divisor, ...names]);
}

/** The same elements in row-major order under another shape; one length may be −1. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  if (shape.filter((dimension) => dimension === -1).length > 1) {
    throw new ShapeError("reshape", `${formatShape(shape)} has more than one −1`);
  }
  const target = shape.map((dimension) => (dimension === -1 ? inferDimension(x, shape) : dimension));
  if (dimensionProduct(target) !== dimensionProduct(x.shape)) {
    throw new ShapeError(
      "reshape",
      `${formatShape(x.shape)} has ${dimensionProduct(x.shape)} elements, ${formatShape(shape)} has ${dimensionProduct(target)}`,
    );
  }
  if (equalShapes(target, x.shape)) return x;
  return new Tensor({ operation: reshapeOperation, inputs: [x], shape: target, dataType: x.dataType });
}

/** Inserts an axis of length 1 at `axis` of the result. */
export function expandDimensions(x: Tensor, axis: number): Tensor {
  const position = normalizeAxis("expandDimensions", axis, [...x.shape, 1]);
  return reshape(x, [...x.shape.slice(0, position), 1, ...x.shape.slice(position)]);
}

/** Removes an axis of length 1; without `axis`, every such axis. */
export function squeeze(x: Tensor, axis?: number): Tensor {
  if (axis === undefined)
    return reshape(
      x,
      x.shape.filter((dimension) => dimension !== 1),
    );
  const position = normalizeAxis("squeeze", axis, x.shape);
  if (x.shape[position] !== 1) {
    throw new ShapeError("squeeze", `axis ${axis} of ${formatShape(x.shape)} has not the length 1`);
  }
  return reshape(
    x,
    x.shape.filter((_, index) => index !== position),
  );
}
