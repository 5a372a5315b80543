import { type GraphModelEmitter, integersAttribute, truthAttribute } from "../graph-model/emitter.ts";
import { int, ints } from "../onnx/emitter.ts";
import type { OnnxEmitter } from "../onnx/emitter.ts";
import {
  at,
  type Operation,
  requireDataType,
  type TensorFlowModule,
  type TensorFlowTensor,
} from "../operation.ts";
import { reduceReference } from "../reference-values.ts";
import { type Dimension, dimensionProduct, normalizeAxes, type Shape } from "../shape.ts";
import { flagAttribute, inputOf, numbersAttribute, Tensor } from "../tensor.ts";
import { broadcastTo } from "./broadcast-to.ts";
import { cast } from "./cast.ts";
import { equal } from "./comparison.ts";
import { dimensionSize } from "./dimension-size.ts";
import { divide, multiply, subtract } from "./elementwise-binary.ts";
import { exp } from "./elementwise-unary.ts";
import { reshape } from "./reshape.ts";
import { softmax } from "./softmax.ts";

export interface ReductionOptions {
  /** Axes that vanish. @defaultValue all */
  readonly axes?: readonly number[] | number;
  /** Keep them with the length 1. @defaultValue false */
  readonly keepDimensions?: boolean;
}

interface ReductionLaw {
  readonly gradient: (x: Tensor, kept: Tensor, keptGradient: Tensor, axes: readonly number[]) => Tensor;
  readonly onnx: string;
  readonly graphModel:
    string | ((x: string, axes: number[], keep: boolean, emitter: GraphModelEmitter) => string);
  readonly tensorflow: (
    tf: TensorFlowModule,
    x: TensorFlowTensor,
    axes: number[],
    keep: boolean,
  ) => TensorFlowTensor;
  readonly reference: (group: readonly number[]) => number;
}

const keptShape = (shape: Shape, axes: readonly number[]): Dimension[] =>
  shape.map((dimension, axis) => (axes.includes(axis) ? 1 : dimension));

function emit(tensor: Tensor, emitter: OnnxEmitter, kind: string): string {
  const x = emitter.nameOf(inputOf(tensor));
  const axes = numbersAttribute(tensor, "axes");
  const keepdims = int(flagAttribute(tensor, "keepDimensions") ? 1 : 0);
  // at opset 17 only ReduceSum takes its axes as an input
  return kind === "ReduceSum"
    ? emitter.node(kind, [x, emitter.integers(axes)], { keepdims })
    : emitter.node(kind, [x], { axes: ints(axes), keepdims });
}

function reduction(
  name: string,
  law: ReductionLaw,
): { operation: Operation; build: (x: Tensor, options?: ReductionOptions) => Tensor } {
  const operation: Operation = {
    name,
    gradient: (output, gradient) => {
      const x = inputOf(output);
      const axes = numbersAttribute(output, "axes");
      const kept = keptShape(x.shape, axes);
      return [law.gradient(x, reshape(output, kept), reshape(gradient, kept), axes)];
    },
    onnx: (tensor, emitter) => emit(tensor, emitter, law.onnx),
    graphModel: (tensor, emitter) => {
      const x = emitter.nameOf(inputOf(tensor));
      const axes = numbersAttribute(tensor, "axes");
      const keep = flagAttribute(tensor, "keepDimensions");
      return typeof law.graphModel === "string"
        ? emitter.node(law.graphModel, [x, emitter.integers(axes)], { keep_dims: truthAttribute(keep) })
        : law.graphModel(x, axes, keep, emitter);
    },
    tensorflow: (tensor, inputs, { tf }) =>
      law.tensorflow(
        tf,
        at(inputs, 0),
        numbersAttribute(tensor, "axes"),
        flagAttribute(tensor, "keepDimensions"),
      ),
    reference: (tensor, inputs) =>
      reduceReference(
        at(inputs, 0),
        numbersAttribute(tensor, "axes"),
        flagAttribute(tensor, "keepDimensions"),
        law.reference,
      ),
  };
  const build = (x: Tensor, options: ReductionOptions = {}): Tensor => {
    requireDataType(name, x, name === "sum" ? ["float32", "int32"] : ["float32"]);
    const axes = normalizeAxes(name, options.axes, x.shape);
    if (axes.length === 0) return x;
    const keepDimensions = options.keepDimensions ?? false;
    const kept = keptShape(x.shape, axes);
    const shape = keepDimensions ? kept : x.shape.filter((_, axis) => !axes.includes(axis));
    return new Tensor({
      operation,
      inputs: [x],
      shape,
      dataType: x.dataType,
      attributes: { axes, keepDimensions },
    });
  };
  return { operation, build };
}

const total = (group: readonly number[]): number => group.reduce((sumSoFar, value) => sumSoFar + value, 0);

/** Where several elements attain the extremum they share the gradient equally. */
function extremumGradient(x: Tensor, kept: Tensor, gradient: Tensor, axes: readonly number[]): Tensor {
  const attained = cast(equal(x, kept), "float32");
  return multiply(attained, divide(gradient, sum(attained, { axes, keepDimensions: true })));
}

function logSumExpNode(x: string, axes: number[], keep: boolean, emitter: GraphModelEmitter): string {
  const list = emitter.integers(axes);
  const kept = { keep_dims: truthAttribute(true) };
  const peak = emitter.node("Max", [x, list], kept);
  const weights = emitter.node("Exp", [emitter.node("Sub", [x, peak])]);
  const tail = emitter.node("Log", [emitter.node("Sum", [weights, list], kept)]);
  const whole = emitter.node("AddV2", [peak, tail]);
  return keep ? whole : emitter.node("Squeeze", [whole], { squeeze_dims: integersAttribute(axes) });
}

const sumLaw = reduction("sum", {
  gradient: (x, _kept, gradient) => broadcastTo(gradient, x.shape),
  onnx: "ReduceSum",
  graphModel: "Sum",
  tensorflow: (tf, x, axes, keep) => tf.sum(x, axes, keep),
  reference: total,
});
const meanLaw = reduction("mean", {
  gradient: (x, _kept, gradient, axes) => {
    const count = dimensionProduct(axes.map((axis) => at(x.shape, axis)));
    return broadcastTo(divide(gradient, dimensionSize(count)), x.shape);
  },
  onnx: "ReduceMean",
  graphModel: "Mean",
  tensorflow: (tf, x, axes, keep) => tf.mean(x, axes, keep),
  reference: (group) => total(group) / group.length,
});
const maximumLaw = reduction("maximumOver", {
  gradient: extremumGradient,
  onnx: "ReduceMax",
  graphModel: "Max",
  tensorflow: (tf, x, axes, keep) => tf.max(x, axes, keep),
  reference: (group) => Math.max(...group),
});
const minimumLaw = reduction("minimumOver", {
  gradient: extremumGradient,
  onnx: "ReduceMin",
  graphModel: "Min",
  tensorflow: (tf, x, axes, keep) => tf.min(x, axes, keep),
  reference: (group) => Math.min(...group),
});
const logSumExpLaw = reduction("logSumExp", {
  // along one axis the softmax itself: x − logSumExp(x) loses a row whose every element is −1e8
  gradient: (x, kept, gradient, axes) =>
    multiply(gradient, axes.length === 1 ? softmax(x, { axes }) : exp(subtract(x, kept))),
  onnx: "ReduceLogSumExp",
  graphModel: logSumExpNode,
  tensorflow: (tf, x, axes, keep) => tf.logSumExp(x, axes, keep),
  reference: (group) => {
    const peak = Math.max(...group);
    if (!Number.isFinite(peak)) return peak;
    return peak + Math.log(total(group.map((value) => Math.exp(value - peak))));
  },
});

/** Sum over axes. */
export const sum = sumLaw.build;
/** Mean over axes. */
export const mean = meanLaw.build;
/** Largest element over axes. */
export const maximumOver = maximumLaw.build;
/** Smallest element over axes. */
export const minimumOver = minimumLaw.build;
/** log Σ eˣ over axes, stable for any finite input (masks of −1e8 included). */
export const logSumExp = logSumExpLaw.build;

export const sumOperation = sumLaw.operation;
export const reductionOperations: readonly Operation[] = [
  sumLaw,
  meanLaw,
  maximumLaw,
  minimumLaw,
  logSumExpLaw,
].map(({ operation }) => operation);
