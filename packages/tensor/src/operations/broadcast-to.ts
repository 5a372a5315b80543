import { broadcastNode } from "../graph-model/nodes.ts";
import { at, type Operation } from "../operation.ts";
import { broadcastReference } from "../reference-values.ts";
import { broadcastShapes, equalShapes, formatShape, type Shape, ShapeError } from "../shape.ts";
import { inputOf, Tensor } from "../tensor.ts";
import { sumToShape } from "./sum-to-shape.ts";

export const broadcastToOperation: Operation = {
  name: "broadcastTo",
  gradient: (output, gradient) => [sumToShape(gradient, inputOf(output).shape)],
  onnx: (tensor, emitter) =>
    emitter.node("Expand", [emitter.nameOf(inputOf(tensor)), emitter.shape(tensor.shape)]),
  graphModel: (tensor, emitter) => {
    const { shape, dataType } = inputOf(tensor);
    return broadcastNode(emitter, { name: emitter.nameOf(inputOf(tensor)), shape, dataType }, tensor.shape);
  },
  tensorflow: (tensor, inputs, { tf, resolve }) => {
    const shape = resolve(tensor.shape);
    const x = at(inputs, 0);
    return x.dtype === "bool"
      ? tf.cast(tf.broadcastTo(tf.cast(x, "int32"), shape), "bool")
      : tf.broadcastTo(x, shape);
  },
  reference: (tensor, inputs, { resolve }) => broadcastReference(at(inputs, 0), resolve(tensor.shape)),
};

/** Repeats axes of length 1 (and missing leading axes) up to `shape`. */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  if (equalShapes(x.shape, shape)) return x;
  if (!equalShapes(broadcastShapes("broadcastTo", x.shape, shape), shape)) {
    throw new ShapeError(
      "broadcastTo",
      `${formatShape(x.shape)} does not broadcast to ${formatShape(shape)}`,
    );
  }
  return new Tensor({
    operation: broadcastToOperation,
    inputs: [x],
    shape: [...shape],
    dataType: x.dataType,
  });
}
