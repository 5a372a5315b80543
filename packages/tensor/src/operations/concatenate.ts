import { integerAttribute } from "../graph-model/emitter.ts";
import { int } from "../onnx/emitter.ts";
import { at, type Operation } from "../operation.ts";
import { forEachIndex, stridesOf } from "../reference-values.ts";
import { dimensionSum, elementCount, formatShape, normalizeAxis, ShapeError } from "../shape.ts";
import { numberAttribute, Tensor } from "../tensor.ts";
import { slice } from "./slice.ts";

export const concatenateOperation: Operation = {
  name: "concatenate",
  gradient: (output, gradient) => {
    const axis = numberAttribute(output, "axis");
    let start = 0;
    return output.inputs.map((input) => {
      const length = at(input.shape, axis);
      if (typeof length !== "number") {
        throw new ShapeError(
          "concatenate",
          `no gradient along axis ${axis}, whose length ${length} is not a number`,
        );
      }
      start += length;
      return slice(gradient, { axis, start: start - length, end: start });
    });
  },
  onnx: (tensor, emitter) =>
    emitter.node(
      "Concat",
      tensor.inputs.map((input) => emitter.nameOf(input)),
      {
        axis: int(numberAttribute(tensor, "axis")),
      },
    ),
  graphModel: (tensor, emitter) =>
    emitter.node(
      "ConcatV2",
      [
        ...tensor.inputs.map((input) => emitter.nameOf(input)),
        emitter.integers(numberAttribute(tensor, "axis")),
      ],
      { N: integerAttribute(tensor.inputs.length) },
    ),
  tensorflow: (tensor, inputs, { tf }) => tf.concat([...inputs], numberAttribute(tensor, "axis")),
  reference: (tensor, inputs) => {
    const axis = numberAttribute(tensor, "axis");
    const shape = [...at(inputs, 0).shape];
    shape[axis] = inputs.reduce((total, input) => total + at(input.shape, axis), 0);
    const strides = stridesOf(shape);
    const data = new Float64Array(elementCount(shape));
    let start = 0;
    for (const input of inputs) {
      forEachIndex(input.shape, (flat, coordinates) => {
        let target = start * at(strides, axis);
        coordinates.forEach((coordinate, position) => (target += coordinate * at(strides, position)));
        data[target] = input.data[flat]!;
      });
      start += at(input.shape, axis);
    }
    return { data, shape };
  },
};

/** Joins tensors along an axis; the other axes must agree. */
export function concatenate(tensors: readonly Tensor[], axis = 0): Tensor {
  const first = tensors[0];
  if (first === undefined) throw new ShapeError("concatenate", "needs at least one tensor");
  if (tensors.length === 1) return first;
  const position = normalizeAxis("concatenate", axis, first.shape);
  for (const tensor of tensors) {
    if (tensor.dataType !== first.dataType) {
      throw new TypeError(`concatenate: data types ${first.dataType} and ${tensor.dataType} differ`);
    }
    const agrees =
      tensor.shape.length === first.shape.length &&
      tensor.shape.every((dimension, index) => index === position || dimension === first.shape[index]);
    if (!agrees) {
      throw new ShapeError(
        "concatenate",
        `shapes ${formatShape(first.shape)} and ${formatShape(tensor.shape)} differ beside axis ${axis}`,
      );
    }
  }
  const shape = [...first.shape];
  shape[position] = dimensionSum(tensors.map((tensor) => at(tensor.shape, position)));
  return new Tensor({
    operation: concatenateOperation,
    inputs: [...tensors],
    shape,
    dataType: first.dataType,
    attributes: { axis: position },
  });
}
