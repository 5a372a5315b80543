import type { GraphModelEmitter } from "../graph-model/emitter.ts";
import type { Operation, TensorFlowModule, TensorFlowTensor } from "../operation.ts";
import { at, requireDataType } from "../operation.ts";
import { zipReference } from "../reference-values.ts";
import { broadcastShapes } from "../shape.ts";
import { inputOf, type Operand, Tensor } from "../tensor.ts";
import { greaterOrEqual, lessOrEqual, logicalNot } from "./comparison.ts";
import { negate, square } from "./elementwise-unary.ts";
import { operand } from "./sources.ts";
import { sumToShape } from "./sum-to-shape.ts";
import { where } from "./where.ts";

interface BinaryLaw {
  /** Gradients of both operands, before broadcasting is undone. */
  readonly gradient: (
    left: Tensor,
    right: Tensor,
    output: Tensor,
    gradient: Tensor,
  ) => readonly [Tensor, Tensor];
  readonly onnx: string;
  readonly graphModel: string | ((left: Tensor, right: Tensor, emitter: GraphModelEmitter) => string);
  readonly tensorflow: (
    tf: TensorFlowModule,
    left: TensorFlowTensor,
    right: TensorFlowTensor,
  ) => TensorFlowTensor;
  readonly reference: (left: number, right: number) => number;
}

function binary(
  name: string,
  law: BinaryLaw,
): { operation: Operation; build: (left: Operand, right: Operand) => Tensor } {
  const operation: Operation = {
    name,
    gradient: (output, gradient) => {
      const left = inputOf(output, 0);
      const right = inputOf(output, 1);
      const [leftGradient, rightGradient] = law.gradient(left, right, output, gradient);
      return [sumToShape(leftGradient, left.shape), sumToShape(rightGradient, right.shape)];
    },
    onnx: (tensor, emitter) =>
      emitter.node(law.onnx, [emitter.nameOf(inputOf(tensor, 0)), emitter.nameOf(inputOf(tensor, 1))]),
    graphModel: (tensor, emitter) => {
      const left = inputOf(tensor, 0);
      const right = inputOf(tensor, 1);
      return typeof law.graphModel === "string"
        ? emitter.node(law.graphModel, [emitter.nameOf(left), emitter.nameOf(right)])
        : law.graphModel(left, right, emitter);
    },
    tensorflow: (_tensor, inputs, { tf }) => law.tensorflow(tf, at(inputs, 0), at(inputs, 1)),
    reference: (_tensor, inputs) => zipReference(at(inputs, 0), at(inputs, 1), law.reference),
  };
  const build = (left: Operand, right: Operand): Tensor => {
    const [first, second] = pair(name, left, right);
    requireDataType(name, first, ["float32", "int32"]);
    return new Tensor({
      operation,
      inputs: [first, second],
      shape: broadcastShapes(name, first.shape, second.shape),
      dataType: first.dataType,
    });
  };
  return { operation, build };
}

/** Two operands as tensors of one data type. */
export function pair(name: string, left: Operand, right: Operand): [Tensor, Tensor] {
  const first = operand(left, right instanceof Tensor ? right : undefined);
  const second = operand(right, first);
  if (first.dataType !== second.dataType) {
    throw new TypeError(
      `${name}: data types ${first.dataType} and ${second.dataType} differ; cast one of them`,
    );
  }
  return [first, second];
}

/** TensorFlow.js rounds a quotient of integers down; ONNX cuts it towards zero. */
function divideNode(left: Tensor, right: Tensor, emitter: GraphModelEmitter): string {
  const [numerator, denominator] = [emitter.nameOf(left), emitter.nameOf(right)];
  if (left.dataType !== "int32") return emitter.node("RealDiv", [numerator, denominator]);
  const unsigned = (name: string): string => emitter.node("Abs", [name]);
  const sign = (name: string): string => emitter.node("Sign", [name]);
  return emitter.node("Mul", [
    emitter.node("Mul", [sign(numerator), sign(denominator)]),
    emitter.node("FloorDiv", [unsigned(numerator), unsigned(denominator)]),
  ]);
}

const addLaw = binary("add", {
  gradient: (_left, _right, _output, gradient) => [gradient, gradient],
  onnx: "Add",
  graphModel: "AddV2",
  tensorflow: (tf, left, right) => tf.add(left, right),
  reference: (left, right) => left + right,
});
const subtractLaw = binary("subtract", {
  gradient: (_left, _right, _output, gradient) => [gradient, negate(gradient)],
  onnx: "Sub",
  graphModel: "Sub",
  tensorflow: (tf, left, right) => tf.sub(left, right),
  reference: (left, right) => left - right,
});
const multiplyLaw = binary("multiply", {
  gradient: (left, right, _output, gradient) => [multiply(gradient, right), multiply(gradient, left)],
  onnx: "Mul",
  graphModel: "Mul",
  tensorflow: (tf, left, right) => tf.mul(left, right),
  reference: (left, right) => left * right,
});
const divideLaw = binary("divide", {
  gradient: (left, right, _output, gradient) => [
    divide(gradient, right),
    negate(divide(multiply(gradient, left), square(right))),
  ],
  onnx: "Div",
  graphModel: divideNode,
  tensorflow: (tf, left, right) => tf.div(left, right),
  reference: (left, right) => left / right,
});
const minimumLaw = binary("minimum", {
  gradient: (left, right, _output, gradient) => {
    const takesLeft = lessOrEqual(left, right);
    return [where(takesLeft, gradient, 0), where(logicalNot(takesLeft), gradient, 0)];
  },
  onnx: "Min",
  graphModel: "Minimum",
  tensorflow: (tf, left, right) => tf.minimum(left, right),
  reference: Math.min,
});
const maximumLaw = binary("maximum", {
  gradient: (left, right, _output, gradient) => {
    const takesLeft = greaterOrEqual(left, right);
    return [where(takesLeft, gradient, 0), where(logicalNot(takesLeft), gradient, 0)];
  },
  onnx: "Max",
  graphModel: "Maximum",
  tensorflow: (tf, left, right) => tf.maximum(left, right),
  reference: Math.max,
});

/** left + right, with numpy broadcasting. */
export const add = addLaw.build;
/** left − right, with numpy broadcasting. */
export const subtract = subtractLaw.build;
/** left · right elementwise, with numpy broadcasting. */
export const multiply = multiplyLaw.build;
/** left / right, with numpy broadcasting. */
export const divide = divideLaw.build;
/** The smaller of both; where they are equal the gradient goes to `left`. */
export const minimum = minimumLaw.build;
/** The larger of both; where they are equal the gradient goes to `left`. */
export const maximum = maximumLaw.build;

export const addOperation = addLaw.operation;
export const subtractOperation = subtractLaw.operation;
export const multiplyOperation = multiplyLaw.operation;
export const divideOperation = divideLaw.operation;
export const binaryOperations: readonly Operation[] = [
  addLaw,
  subtractLaw,
  multiplyLaw,
  divideLaw,
  minimumLaw,
  maximumLaw,
].map(({ operation }) => operation);
