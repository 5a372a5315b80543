import type { Operation, TensorFlowModule, TensorFlowTensor } from "../operation.ts";
import { at, requireDataType } from "../operation.ts";
import { mapReference, zipReference } from "../reference-values.ts";
import { broadcastShapes } from "../shape.ts";
import { type DataType, inputOf, type Operand, Tensor } from "../tensor.ts";
import { pair } from "./elementwise-binary.ts";

interface ComparisonLaw {
  readonly onnx: string;
  readonly graphModel: string;
  readonly tensorflow: (
    tf: TensorFlowModule,
    left: TensorFlowTensor,
    right: TensorFlowTensor,
  ) => TensorFlowTensor;
  readonly reference: (left: number, right: number) => boolean;
  readonly dataTypes: readonly DataType[];
}

function comparison(
  name: string,
  law: ComparisonLaw,
): { operation: Operation; build: (left: Operand, right: Operand) => Tensor } {
  const operation: Operation = {
    name,
    gradient: () => [undefined, undefined],
    onnx: (tensor, emitter) =>
      emitter.node(law.onnx, [emitter.nameOf(inputOf(tensor, 0)), emitter.nameOf(inputOf(tensor, 1))]),
    graphModel: (tensor, emitter) =>
      emitter.node(law.graphModel, [emitter.nameOf(inputOf(tensor, 0)), emitter.nameOf(inputOf(tensor, 1))]),
    tensorflow: (_tensor, inputs, { tf }) => law.tensorflow(tf, at(inputs, 0), at(inputs, 1)),
    reference: (_tensor, inputs) =>
      zipReference(at(inputs, 0), at(inputs, 1), (left, right) => (law.reference(left, right) ? 1 : 0)),
  };
  const build = (left: Operand, right: Operand): Tensor => {
    const [first, second] = pair(name, left, right);
    requireDataType(name, first, law.dataTypes);
    return new Tensor({
      operation,
      inputs: [first, second],
      shape: broadcastShapes(name, first.shape, second.shape),
      dataType: "bool",
    });
  };
  return { operation, build };
}

const NUMBERS: readonly DataType[] = ["float32", "int32"];
const equalLaw = comparison("equal", {
  onnx: "Equal",
  graphModel: "Equal",
  tensorflow: (tf, left, right) => tf.equal(left, right),
  reference: (left, right) => left === right,
  dataTypes: ["float32", "int32", "bool"],
});
const lessLaw = comparison("less", {
  onnx: "Less",
  graphModel: "Less",
  tensorflow: (tf, left, right) => tf.less(left, right),
  reference: (left, right) => left < right,
  dataTypes: NUMBERS,
});
const greaterLaw = comparison("greater", {
  onnx: "Greater",
  graphModel: "Greater",
  tensorflow: (tf, left, right) => tf.greater(left, right),
  reference: (left, right) => left > right,
  dataTypes: NUMBERS,
});
const lessOrEqualLaw = comparison("lessOrEqual", {
  onnx: "LessOrEqual",
  graphModel: "LessEqual",
  tensorflow: (tf, left, right) => tf.lessEqual(left, right),
  reference: (left, right) => left <= right,
  dataTypes: NUMBERS,
});
const greaterOrEqualLaw = comparison("greaterOrEqual", {
  onnx: "GreaterOrEqual",
  graphModel: "GreaterEqual",
  tensorflow: (tf, left, right) => tf.greaterEqual(left, right),
  reference: (left, right) => left >= right,
  dataTypes: NUMBERS,
});
const andLaw = comparison("logicalAnd", {
  onnx: "And",
  graphModel: "LogicalAnd",
  tensorflow: (tf, left, right) => tf.logicalAnd(left, right),
  reference: (left, right) => left !== 0 && right !== 0,
  dataTypes: ["bool"],
});
const orLaw = comparison("logicalOr", {
  onnx: "Or",
  graphModel: "LogicalOr",
  tensorflow: (tf, left, right) => tf.logicalOr(left, right),
  reference: (left, right) => left !== 0 || right !== 0,
  dataTypes: ["bool"],
});

/** left = right, elementwise (bool). */
export const equal = equalLaw.build;
/** left < right, elementwise (bool). */
export const less = lessLaw.build;
/** left > right, elementwise (bool). */
export const greater = greaterLaw.build;
/** left ≤ right, elementwise (bool). */
export const lessOrEqual = lessOrEqualLaw.build;
/** left ≥ right, elementwise (bool). */
export const greaterOrEqual = greaterOrEqualLaw.build;
/** Both true. */
export const logicalAnd = andLaw.build;
/** At least one true. */
export const logicalOr = orLaw.build;

export const logicalNotOperation: Operation = {
  name: "logicalNot",
  gradient: () => [undefined],
  onnx: (tensor, emitter) => emitter.node("Not", [emitter.nameOf(inputOf(tensor))]),
  graphModel: (tensor, emitter) => emitter.node("LogicalNot", [emitter.nameOf(inputOf(tensor))]),
  tensorflow: (_tensor, inputs, { tf }) => tf.logicalNot(at(inputs, 0)),
  reference: (_tensor, inputs) => mapReference(at(inputs, 0), (value) => (value === 0 ? 1 : 0)),
};

/** True where `x` is false. */
export function logicalNot(x: Tensor): Tensor {
  requireDataType("logicalNot", x, ["bool"]);
  return new Tensor({ operation: logicalNotOperation, inputs: [x], shape: x.shape, dataType: "bool" });
}

export const comparisonOperations: readonly Operation[] = [
  equalLaw,
  lessLaw,
  greaterLaw,
  lessOrEqualLaw,
  greaterOrEqualLaw,
  andLaw,
  orLaw,
]
  .map(({ operation }) => operation)
  .concat(logicalNotOperation);
