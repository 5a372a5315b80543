import type { Operation } from "../operation.ts";
import { at } from "../operation.ts";
import { inputOf, Tensor } from "../tensor.ts";

const passThrough: Omit<Operation, "name" | "gradient"> = {
  onnx: (tensor, emitter) => emitter.node("Identity", [emitter.nameOf(inputOf(tensor))]),
  graphModel: (tensor, emitter) => emitter.node("Identity", [emitter.nameOf(inputOf(tensor))]),
  tensorflow: (_tensor, inputs, { tf }) => tf.clone(at(inputs, 0)),
  reference: (_tensor, inputs) => at(inputs, 0),
};

export const namedOperation: Operation = {
  ...passThrough,
  name: "named",
  gradient: (_output, gradient) => [gradient],
};
export const stopGradientOperation: Operation = {
  ...passThrough,
  name: "stopGradient",
  gradient: () => [undefined],
};

/** The same value under a name that error messages use. Costs nothing in the compiled program. */
export function named(tensor: Tensor, name: string): Tensor {
  return new Tensor({
    operation: namedOperation,
    inputs: [tensor],
    shape: tensor.shape,
    dataType: tensor.dataType,
    name,
  });
}

/** The same value, constant to `gradients`. */
export function stopGradient(tensor: Tensor): Tensor {
  return new Tensor({
    operation: stopGradientOperation,
    inputs: [tensor],
    shape: tensor.shape,
    dataType: tensor.dataType,
  });
}
