import { int } from "../onnx/emitter.ts";
import { at, type Operation } from "../operation.ts";
import type { Dimension } from "../shape.ts";
import { dimensionsAttribute, Tensor } from "../tensor.ts";
import { constant } from "./sources.ts";

export const dimensionSizeOperation: Operation = {
  name: "dimensionSize",
  gradient: () => [],
  onnx: (tensor, emitter) => {
    const vector = emitter.shape(dimensionsAttribute(tensor, "dimensions"));
    return emitter.node("Cast", [emitter.node("Squeeze", [vector, emitter.integers([0])])], { to: int(1) });
  },
  tensorflow: (tensor, _inputs, { tf, resolve }) =>
    tf.scalar(at(resolve(dimensionsAttribute(tensor, "dimensions")), 0)),
  reference: (tensor, _inputs, { resolve }) => ({
    data: Float64Array.from(resolve(dimensionsAttribute(tensor, "dimensions"))),
    shape: [],
  }),
};

/** A length as a float32 scalar: a constant where it is known, else read from the program's inputs at run time. */
export function dimensionSize(dimension: Dimension): Tensor {
  if (typeof dimension === "number") return constant(dimension);
  return new Tensor({
    operation: dimensionSizeOperation,
    inputs: [],
    shape: [],
    dataType: "float32",
    attributes: { dimensions: [dimension] },
  });
}
