import { broadcastNode } from "../graph-model/nodes.ts";
import {
  at,
  type Operation,
  requireDataType,
  type TensorFlowModule,
  type TensorFlowTensor,
} from "../operation.ts";
import { broadcastReference, broadcastReferenceShape } from "../reference-values.ts";
import { broadcastShapes } from "../shape.ts";
import { inputOf, type Operand, Tensor } from "../tensor.ts";
import { logicalAnd, logicalNot, logicalOr } from "./comparison.ts";
import { pair } from "./elementwise-binary.ts";
import { sumToShape } from "./sum-to-shape.ts";

// broadcastTo refuses bool on some backends, so the condition travels as int32
function broadcastTensor(tf: TensorFlowModule, tensor: TensorFlowTensor, shape: number[]): TensorFlowTensor {
  if (tensor.dtype !== "bool") return tf.broadcastTo(tensor, shape);
  return tf.cast(tf.broadcastTo(tf.cast(tensor, "int32"), shape), "bool");
}

export const whereOperation: Operation = {
  name: "where",
  gradient: (output, gradient) => {
    const condition = inputOf(output, 0);
    return [
      undefined,
      sumToShape(where(condition, gradient, 0), inputOf(output, 1).shape),
      sumToShape(where(condition, 0, gradient), inputOf(output, 2).shape),
    ];
  },
  onnx: (tensor, emitter) =>
    emitter.node(
      "Where",
      tensor.inputs.map((input) => emitter.nameOf(input)),
    ),
  graphModel: (tensor, emitter) => {
    const [condition, first, second] = [0, 1, 2].map((index) => inputOf(tensor, index));
    if (condition === undefined || first === undefined || second === undefined)
      throw new RangeError("where: three inputs");
    const whole = broadcastNode(
      emitter,
      { name: emitter.nameOf(condition), shape: condition.shape, dataType: "bool" },
      tensor.shape,
    );
    return emitter.node("SelectV2", [whole, emitter.nameOf(first), emitter.nameOf(second)]);
  },
  tensorflow: (tensor, inputs, { tf, resolve }) => {
    const shape = resolve(tensor.shape);
    const [condition, first, second] = [0, 1, 2].map((index) =>
      broadcastTensor(tf, at(inputs, index), shape),
    );
    if (condition === undefined || first === undefined || second === undefined)
      throw new RangeError("where: three inputs");
    return tf.where(condition, first, second);
  },
  reference: (_tensor, inputs) => {
    const shape = broadcastReferenceShape(inputs.map((input) => input.shape));
    const condition = broadcastReference(at(inputs, 0), shape).data;
    const first = broadcastReference(at(inputs, 1), shape).data;
    const second = broadcastReference(at(inputs, 2), shape).data;
    return { data: condition.map((flag, index) => (flag === 0 ? second[index]! : first[index]!)), shape };
  },
};

/** `first` where the condition holds, else `second`; all three broadcast. */
export function where(condition: Tensor, first: Operand, second: Operand): Tensor {
  requireDataType("where", condition, ["bool"]);
  const [left, right] = pair("where", first, second);
  if (left.dataType === "bool") {
    return logicalOr(logicalAnd(condition, left), logicalAnd(logicalNot(condition), right));
  }
  const shape = broadcastShapes("where", condition.shape, broadcastShapes("where", left.shape, right.shape));
  return new Tensor({
    operation: whereOperation,
    inputs: [condition, left, right],
    shape,
    dataType: left.dataType,
  });
}
