import { type GraphModelEmitter, truthAttribute } from "../graph-model/emitter.ts";
import { int } from "../onnx/emitter.ts";
import {
  at,
  type Operation,
  type ReferenceValue,
  requireDataType,
  type TensorFlowModule,
  type TensorFlowTensor,
} from "../operation.ts";
import { reduceReference, zipReference } from "../reference-values.ts";
import { normalizeAxes, ShapeError } from "../shape.ts";
import { inputOf, numberAttribute, Tensor } from "../tensor.ts";
import { multiply, subtract } from "./elementwise-binary.ts";
import { exp } from "./elementwise-unary.ts";
import { sum } from "./reductions.ts";

export interface SoftmaxOptions {
  /** The one axis that sums to 1. @defaultValue −1 */
  readonly axes?: readonly number[] | number;
}

function logSoftmaxReference(value: ReferenceValue, axis: number): ReferenceValue {
  const normalizer = reduceReference(value, [axis], true, (group) => {
    const peak = Math.max(...group);
    return peak + Math.log(group.reduce((total, element) => total + Math.exp(element - peak), 0));
  });
  return zipReference(value, normalizer, (element, logSum) => element - logSum);
}

// tf.softmax takes the last axis alone; x − logSumExp(x) loses a row whose every element is −1e8
function shifted(tf: TensorFlowModule, x: TensorFlowTensor, axis: number): TensorFlowTensor {
  return tf.sub(x, tf.max(x, axis, true));
}

const keep = { keep_dims: truthAttribute(true) };

function shiftedNode(tensor: Tensor, emitter: GraphModelEmitter): { x: string; axes: string } {
  const x = emitter.nameOf(inputOf(tensor));
  const axes = emitter.integers([numberAttribute(tensor, "axis")]);
  return { x: emitter.node("Sub", [x, emitter.node("Max", [x, axes], keep)]), axes };
}

export const softmaxOperation: Operation = {
  name: "softmax",
  gradient: (output, gradient) => {
    const weighted = multiply(gradient, output);
    const total = sum(weighted, { axes: numberAttribute(output, "axis"), keepDimensions: true });
    return [subtract(weighted, multiply(output, total))];
  },
  onnx: (tensor, emitter) =>
    emitter.node("Softmax", [emitter.nameOf(inputOf(tensor))], {
      axis: int(numberAttribute(tensor, "axis")),
    }),
  graphModel: (tensor, emitter) => {
    const { x, axes } = shiftedNode(tensor, emitter);
    const weights = emitter.node("Exp", [x]);
    return emitter.node("RealDiv", [weights, emitter.node("Sum", [weights, axes], keep)]);
  },
  tensorflow: (tensor, inputs, { tf }) => {
    const axis = numberAttribute(tensor, "axis");
    const x = at(inputs, 0);
    const weights = tf.exp(shifted(tf, x, axis));
    return tf.div(weights, tf.sum(weights, axis, true));
  },
  reference: (tensor, inputs) => {
    const value = logSoftmaxReference(at(inputs, 0), numberAttribute(tensor, "axis"));
    return { data: value.data.map(Math.exp), shape: value.shape };
  },
};

export const logSoftmaxOperation: Operation = {
  name: "logSoftmax",
  gradient: (output, gradient) => {
    const total = sum(gradient, { axes: numberAttribute(output, "axis"), keepDimensions: true });
    return [subtract(gradient, multiply(exp(output), total))];
  },
  onnx: (tensor, emitter) =>
    emitter.node("LogSoftmax", [emitter.nameOf(inputOf(tensor))], {
      axis: int(numberAttribute(tensor, "axis")),
    }),
  graphModel: (tensor, emitter) => {
    const { x, axes } = shiftedNode(tensor, emitter);
    const total = emitter.node("Sum", [emitter.node("Exp", [x]), axes], keep);
    return emitter.node("Sub", [x, emitter.node("Log", [total])]);
  },
  tensorflow: (tensor, inputs, { tf }) => {
    const axis = numberAttribute(tensor, "axis");
    const x = shifted(tf, at(inputs, 0), axis);
    return tf.sub(x, tf.log(tf.sum(tf.exp(x), axis, true)));
  },
  reference: (tensor, inputs) => logSoftmaxReference(at(inputs, 0), numberAttribute(tensor, "axis")),
};

function build(operation: Operation, x: Tensor, options: SoftmaxOptions): Tensor {
  requireDataType(operation.name, x, ["float32"]);
  const axes = normalizeAxes(operation.name, options.axes ?? -1, x.shape);
  if (axes.length !== 1) throw new ShapeError(operation.name, `takes one axis, got [${axes.join(", ")}]`);
  return new Tensor({
    operation,
    inputs: [x],
    shape: x.shape,
    dataType: "float32",
    attributes: { axis: at(axes, 0) },
  });
}

/** eˣ / Σ eˣ along one axis. */
export function softmax(x: Tensor, options: SoftmaxOptions = {}): Tensor {
  return build(softmaxOperation, x, options);
}

/** x − log Σ eˣ along one axis. */
export function logSoftmax(x: Tensor, options: SoftmaxOptions = {}): Tensor {
  return build(logSoftmaxOperation, x, options);
}
