import { int, text } from "../onnx/emitter.ts";
import {
  at,
  type Operation,
  requireDataType,
  type TensorFlowModule,
  type TensorFlowTensor,
} from "../operation.ts";
import { forEachIndex, stridesOf } from "../reference-values.ts";
import { elementCount, formatShape, normalizeAxis, type Shape, ShapeError } from "../shape.ts";
import { inputOf, numberAttribute, Tensor } from "../tensor.ts";
import { cast } from "./cast.ts";
import { equal } from "./comparison.ts";
import { constant } from "./sources.ts";
import { expandDimensions } from "./reshape.ts";

/** Flat positions into `shape` of elements that differ from their own coordinates along `axis` alone. */
function flatPositions(
  indices: ArrayLike<number>,
  indexShape: readonly number[],
  shape: readonly number[],
  axis: number,
): Int32Array {
  const strides = stridesOf(shape);
  const positions = new Int32Array(elementCount(indexShape));
  forEachIndex(indexShape, (flat, coordinates) => {
    let position = indices[flat]! * at(strides, axis);
    coordinates.forEach((coordinate, index) => {
      if (index !== axis) position += coordinate * at(strides, index);
    });
    positions[flat] = position;
  });
  return positions;
}

function tensorflowPositions(
  tf: TensorFlowModule,
  indices: TensorFlowTensor,
  shape: readonly number[],
  axis: number,
): TensorFlowTensor {
  const zeros = new Float64Array(indices.size);
  const offsets = tf.tensor1d(flatPositions(zeros, indices.shape, shape, axis), "int32");
  const stride = tf.scalar(at(stridesOf(shape), axis), "int32");
  return tf.add(tf.mul(tf.reshape(tf.cast(indices, "int32"), [-1]), stride), offsets);
}

export const gatherElementsOperation: Operation = {
  name: "gatherElements",
  gradient: (output, gradient) => [
    scatterElements(gradient, inputOf(output, 1), inputOf(output, 0).shape, numberAttribute(output, "axis")),
    undefined,
  ],
  onnx: (tensor, emitter) =>
    emitter.node("GatherElements", [emitter.nameOf(inputOf(tensor, 0)), emitter.nameOf(inputOf(tensor, 1))], {
      axis: int(numberAttribute(tensor, "axis")),
    }),
  tensorflow: (tensor, inputs, { tf }) => {
    const x = at(inputs, 0);
    const indices = at(inputs, 1);
    const positions = tensorflowPositions(tf, indices, x.shape, numberAttribute(tensor, "axis"));
    return tf.reshape(tf.gather(tf.reshape(x, [-1]), tf.cast(positions, "int32")), indices.shape);
  },
  reference: (tensor, inputs) => {
    const x = at(inputs, 0);
    const indices = at(inputs, 1);
    const positions = flatPositions(indices.data, indices.shape, x.shape, numberAttribute(tensor, "axis"));
    return { data: Float64Array.from(positions, (position) => x.data[position]!), shape: indices.shape };
  },
};

/** One element of `x` along `axis` for each index; the other axes of `x` and the int32 `indices` agree. */
export function gatherElements(x: Tensor, indices: Tensor, axis = -1): Tensor {
  requireDataType("gatherElements", indices, ["int32"]);
  const position = normalizeAxis("gatherElements", axis, x.shape);
  const agrees =
    x.shape.length === indices.shape.length &&
    x.shape.every((dimension, index) => index === position || dimension === indices.shape[index]);
  if (!agrees) {
    throw new ShapeError(
      "gatherElements",
      `shapes ${formatShape(x.shape)} and ${formatShape(indices.shape)} differ beside axis ${axis}`,
    );
  }
  return new Tensor({
    operation: gatherElementsOperation,
    inputs: [x, indices],
    shape: indices.shape,
    dataType: x.dataType,
    attributes: { axis: position },
  });
}

/** Adds elements onto zeros along `axis`: the gradient of `gatherElements`. */
export const scatterElementsOperation: Operation = {
  name: "scatterElements",
  gradient: (output, gradient) => [
    gatherElements(gradient, inputOf(output, 1), numberAttribute(output, "axis")),
    undefined,
  ],
  onnx: (tensor, emitter) => {
    const zeros = emitter.node("Expand", [emitter.constant("float32", [0], []), emitter.shape(tensor.shape)]);
    return emitter.node(
      "ScatterElements",
      [zeros, emitter.nameOf(inputOf(tensor, 1)), emitter.nameOf(inputOf(tensor, 0))],
      {
        axis: int(numberAttribute(tensor, "axis")),
        reduction: text("add"),
      },
    );
  },
  tensorflow: (tensor, inputs, { tf, resolve }) => {
    const shape = resolve(tensor.shape);
    const positions = tensorflowPositions(tf, at(inputs, 1), shape, numberAttribute(tensor, "axis"));
    const flat = tf.scatterND(
      tf.reshape(tf.cast(positions, "int32"), [-1, 1]),
      tf.reshape(at(inputs, 0), [-1]),
      [elementCount(shape)],
    );
    return tf.reshape(flat, shape);
  },
  reference: (tensor, inputs, { resolve }) => {
    const shape = resolve(tensor.shape);
    const indices = at(inputs, 1);
    const data = new Float64Array(elementCount(shape));
    const positions = flatPositions(indices.data, indices.shape, shape, numberAttribute(tensor, "axis"));
    positions.forEach((position, index) => (data[position]! += at(inputs, 0).data[index]!));
    return { data, shape };
  },
};

function scatterElements(updates: Tensor, indices: Tensor, shape: Shape, axis: number): Tensor {
  return new Tensor({
    operation: scatterElementsOperation,
    inputs: [updates, indices],
    shape: [...shape],
    dataType: "float32",
    attributes: { axis },
  });
}

/** float32 rows with a one at each int32 index and zeros elsewhere; a new last axis of length `depth`. */
export function oneHot(indices: Tensor, depth: number): Tensor {
  requireDataType("oneHot", indices, ["int32"]);
  const positions = constant(Int32Array.from({ length: depth }, (_, index) => index));
  return cast(equal(expandDimensions(indices, -1), positions), "float32");
}
