import type { GraphModelEmitter } from "../graph-model/emitter.ts";
import type { OnnxEmitter } from "../onnx/emitter.ts";
import type { Operation, TensorFlowModule, TensorFlowTensor } from "../operation.ts";
import { at, requireDataType } from "../operation.ts";
import { mapReference } from "../reference-values.ts";
import { type DataType, inputOf, numberAttribute, Tensor } from "../tensor.ts";
import { divide, multiply, subtract } from "./elementwise-binary.ts";
import { greater, greaterOrEqual, lessOrEqual, logicalAnd } from "./comparison.ts";
import { where } from "./where.ts";

interface UnaryLaw {
  /** Derivative of the output in the input, given both. */
  readonly derivative?: (x: Tensor, y: Tensor, gradient: Tensor) => Tensor;
  readonly onnx: string | ((x: string, emitter: OnnxEmitter) => string);
  readonly graphModel: string | ((x: string, emitter: GraphModelEmitter) => string);
  readonly tensorflow: (tf: TensorFlowModule, x: TensorFlowTensor) => TensorFlowTensor;
  readonly reference: (x: number) => number;
  readonly dataTypes?: readonly DataType[];
  readonly outputType?: DataType;
}

function unary(name: string, law: UnaryLaw): { operation: Operation; build: (x: Tensor) => Tensor } {
  const operation: Operation = {
    name,
    gradient: (output, gradient) => [law.derivative?.(inputOf(output), output, gradient)],
    onnx: (tensor, emitter) => {
      const x = emitter.nameOf(inputOf(tensor));
      return typeof law.onnx === "string" ? emitter.node(law.onnx, [x]) : law.onnx(x, emitter);
    },
    graphModel: (tensor, emitter) => {
      const x = emitter.nameOf(inputOf(tensor));
      return typeof law.graphModel === "string"
        ? emitter.node(law.graphModel, [x])
        : law.graphModel(x, emitter);
    },
    tensorflow: (_tensor, inputs, { tf }) => law.tensorflow(tf, at(inputs, 0)),
    reference: (_tensor, inputs) => mapReference(at(inputs, 0), law.reference),
  };
  const build = (x: Tensor): Tensor => {
    requireDataType(name, x, law.dataTypes ?? ["float32"]);
    return new Tensor({ operation, inputs: [x], shape: x.shape, dataType: law.outputType ?? x.dataType });
  };
  return { operation, build };
}

const NUMBERS: readonly DataType[] = ["float32", "int32"];

const negateLaw = unary("negate", {
  derivative: (_x, _y, gradient) => negate(gradient),
  onnx: "Neg",
  graphModel: "Neg",
  tensorflow: (tf, x) => tf.neg(x),
  reference: (x) => -x,
  dataTypes: NUMBERS,
});
const expLaw = unary("exp", {
  derivative: (_x, y, gradient) => multiply(gradient, y),
  onnx: "Exp",
  graphModel: "Exp",
  tensorflow: (tf, x) => tf.exp(x),
  reference: Math.exp,
});
const logLaw = unary("log", {
  derivative: (x, _y, gradient) => divide(gradient, x),
  onnx: "Log",
  graphModel: "Log",
  tensorflow: (tf, x) => tf.log(x),
  reference: Math.log,
});
const sqrtLaw = unary("sqrt", {
  derivative: (_x, y, gradient) => divide(multiply(gradient, 0.5), y),
  onnx: "Sqrt",
  graphModel: "Sqrt",
  tensorflow: (tf, x) => tf.sqrt(x),
  reference: Math.sqrt,
});
const squareLaw = unary("square", {
  derivative: (x, _y, gradient) => multiply(gradient, multiply(x, 2)),
  onnx: (x, emitter) => emitter.node("Mul", [x, x]),
  graphModel: (x, emitter) => emitter.node("Mul", [x, x]),
  tensorflow: (tf, x) => tf.mul(x, x),
  reference: (x) => x * x,
  dataTypes: NUMBERS,
});
const absLaw = unary("abs", {
  derivative: (x, _y, gradient) => multiply(gradient, sign(x)),
  onnx: "Abs",
  graphModel: "Abs",
  tensorflow: (tf, x) => tf.abs(x),
  reference: Math.abs,
  dataTypes: NUMBERS,
});
const signLaw = unary("sign", {
  onnx: "Sign",
  graphModel: "Sign",
  tensorflow: (tf, x) => tf.sign(x),
  reference: Math.sign,
  dataTypes: NUMBERS,
});
const tanhLaw = unary("tanh", {
  derivative: (_x, y, gradient) => multiply(gradient, subtract(1, square(y))),
  onnx: "Tanh",
  graphModel: "Tanh",
  tensorflow: (tf, x) => tf.tanh(x),
  reference: Math.tanh,
});
const sigmoidLaw = unary("sigmoid", {
  derivative: (_x, y, gradient) => multiply(gradient, multiply(y, subtract(1, y))),
  onnx: "Sigmoid",
  graphModel: "Sigmoid",
  tensorflow: (tf, x) => tf.sigmoid(x),
  reference: (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
});
const reluLaw = unary("relu", {
  derivative: (x, _y, gradient) => where(greater(x, 0), gradient, 0),
  onnx: "Relu",
  graphModel: "Relu",
  tensorflow: (tf, x) => tf.relu(x),
  reference: (x) => (Number.isNaN(x) ? x : Math.max(x, 0)),
});
const isFiniteLaw = unary("isFinite", {
  onnx: (x, emitter) =>
    emitter.node("Less", [emitter.node("Abs", [x]), emitter.constant("float32", [Infinity], [])]),
  graphModel: "IsFinite",
  tensorflow: (tf, x) => tf.isFinite(x),
  reference: (x) => (Math.abs(x) < Infinity ? 1 : 0),
  outputType: "bool",
});

/** −x. */
export const negate = negateLaw.build;
/** eˣ. */
export const exp = expLaw.build;
/** Natural logarithm. */
export const log = logLaw.build;
/** Square root. */
export const sqrt = sqrtLaw.build;
/** x². */
export const square = squareLaw.build;
/** |x|; its gradient at 0 is 0. */
export const abs = absLaw.build;
/** −1, 0 or 1; no gradient. */
export const sign = signLaw.build;
/** Hyperbolic tangent. */
export const tanh = tanhLaw.build;
/** 1 / (1 + e⁻ˣ). */
export const sigmoid = sigmoidLaw.build;
/** max(x, 0); its gradient at 0 is 0. */
export const relu = reluLaw.build;
/** Whether each element is neither infinite nor NaN (bool). */
export const isFinite = isFiniteLaw.build;

/** log(1 + eˣ), written so that large |x| neither overflows nor loses digits. */
export function softplus(x: Tensor): Tensor {
  requireDataType("softplus", x, ["float32"]);
  return softplusLaw.build(x);
}
const softplusLaw = unary("softplus", {
  derivative: (x, _y, gradient) => multiply(gradient, sigmoid(x)),
  onnx: (x, emitter) => {
    const decay = emitter.node("Exp", [emitter.node("Neg", [emitter.node("Abs", [x])])]);
    const tail = emitter.node("Log", [emitter.node("Add", [decay, emitter.constant("float32", [1], [])])]);
    return emitter.node("Add", [emitter.node("Relu", [x]), tail]);
  },
  graphModel: (x, emitter) => {
    const decay = emitter.node("Exp", [emitter.node("Neg", [emitter.node("Abs", [x])])]);
    return emitter.node("AddV2", [emitter.node("Relu", [x]), emitter.node("Log1p", [decay])]);
  },
  tensorflow: (tf, x) => tf.add(tf.relu(x), tf.log1p(tf.exp(tf.neg(tf.abs(x))))),
  reference: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
});

export const clipOperation: Operation = {
  name: "clip",
  gradient: (output, gradient) => {
    const x = inputOf(output);
    const inside = logicalAnd(
      greaterOrEqual(x, numberAttribute(output, "low")),
      lessOrEqual(x, numberAttribute(output, "high")),
    );
    return [where(inside, gradient, 0)];
  },
  onnx: (tensor, emitter) =>
    emitter.node("Clip", [
      emitter.nameOf(inputOf(tensor)),
      emitter.constant("float32", [numberAttribute(tensor, "low")], []),
      emitter.constant("float32", [numberAttribute(tensor, "high")], []),
    ]),
  graphModel: (tensor, emitter) =>
    emitter.node("ClipByValue", [
      emitter.nameOf(inputOf(tensor)),
      emitter.constant("float32", [numberAttribute(tensor, "low")], []),
      emitter.constant("float32", [numberAttribute(tensor, "high")], []),
    ]),
  tensorflow: (tensor, inputs, { tf }) =>
    tf.clipByValue(at(inputs, 0), numberAttribute(tensor, "low"), numberAttribute(tensor, "high")),
  reference: (tensor, inputs) => {
    const low = numberAttribute(tensor, "low");
    const high = numberAttribute(tensor, "high");
    return mapReference(at(inputs, 0), (x) => Math.min(Math.max(x, low), high));
  },
};

/** x held within fixed numbers; its gradient is 1 inside and on the bounds, 0 outside. Bounds may also be tensors. */
export function clip(x: Tensor, low: number | Tensor, high: number | Tensor): Tensor {
  requireDataType("clip", x, ["float32"]);
  if (typeof low === "number" && typeof high === "number") {
    if (!(low <= high)) throw new RangeError(`clip: the lower bound ${low} is above the upper bound ${high}`);
    return new Tensor({
      operation: clipOperation,
      inputs: [x],
      shape: x.shape,
      dataType: x.dataType,
      attributes: { low, high },
    });
  }
  const inside = logicalAnd(greaterOrEqual(x, low), lessOrEqual(x, high));
  return where(inside, x, where(lessOrEqual(x, low), low, high));
}

export const unaryOperations: readonly Operation[] = [
  negateLaw,
  expLaw,
  logLaw,
  sqrtLaw,
  squareLaw,
  absLaw,
  signLaw,
  tanhLaw,
  sigmoidLaw,
  reluLaw,
  softplusLaw,
  isFiniteLaw,
]
  .map(({ operation }) => operation)
  .concat(clipOperation);
