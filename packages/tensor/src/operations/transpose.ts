import { ints } from "../onnx/emitter.ts";
import { at, type Operation } from "../operation.ts";
import { transposeReference } from "../reference-values.ts";
import { formatShape, ShapeError } from "../shape.ts";
import { inputOf, numbersAttribute, Tensor } from "../tensor.ts";

export const transposeOperation: Operation = {
  name: "transpose",
  gradient: (output, gradient) => {
    const permutation = numbersAttribute(output, "permutation");
    return [
      transpose(
        gradient,
        permutation.map((_, axis) => permutation.indexOf(axis)),
      ),
    ];
  },
  onnx: (tensor, emitter) =>
    emitter.node("Transpose", [emitter.nameOf(inputOf(tensor))], {
      perm: ints(numbersAttribute(tensor, "permutation")),
    }),
  graphModel: (tensor, emitter) =>
    emitter.node("Transpose", [
      emitter.nameOf(inputOf(tensor)),
      emitter.integers(numbersAttribute(tensor, "permutation")),
    ]),
  tensorflow: (tensor, inputs, { tf }) =>
    tf.transpose(at(inputs, 0), numbersAttribute(tensor, "permutation")),
  reference: (tensor, inputs) => transposeReference(at(inputs, 0), numbersAttribute(tensor, "permutation")),
};

/** Reorders the axes; without a permutation the last two change places. */
export function transpose(x: Tensor, permutation?: readonly number[]): Tensor {
  const rank = x.shape.length;
  const order = permutation ?? x.shape.map((_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis));
  if (
    order.length !== rank ||
    [...order].sort((a, b) => a - b).some((axis, index) => axis !== index) ||
    rank < 1
  ) {
    throw new ShapeError(
      "transpose",
      `[${order.join(", ")}] is no order of the axes of ${formatShape(x.shape)}`,
    );
  }
  if (rank === 1) return x;
  const shape = order.map((axis) => at(x.shape, axis));
  return new Tensor({
    operation: transposeOperation,
    inputs: [x],
    shape,
    dataType: x.dataType,
    attributes: { permutation: [...order] },
  });
}
