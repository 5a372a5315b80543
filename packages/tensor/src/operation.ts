import type * as TensorFlow from "@tensorflow/tfjs";
import type { GraphModelEmitter } from "./graph-model/emitter.ts";
import type { OnnxEmitter } from "./onnx/emitter.ts";
import type { Dimension } from "./shape.ts";
import type { DataType, Tensor } from "./tensor.ts";

export type TensorFlowModule = typeof TensorFlow;
export type TensorFlowTensor = TensorFlow.Tensor;

/** A value of the reference interpreter: float64 for every data type (bool is 0 or 1). */
export interface ReferenceValue {
  readonly data: Float64Array;
  readonly shape: readonly number[];
}

/** What an interpreter knows while it runs: the lengths of the named dimensions. */
export interface RunContext {
  readonly resolve: (shape: readonly Dimension[]) => number[];
}

export interface TensorFlowContext extends RunContext {
  readonly tf: TensorFlowModule;
  readonly backend: string;
}

/**
 * One operation, whole: its gradient and its executable forms.
 * The shape rule is the builder function beside it.
 */
export interface Operation {
  readonly name: string;
  /** Gradients of the inputs, written in operations; `undefined` for inputs that have none. */
  gradient(output: Tensor, outputGradient: Tensor): readonly (Tensor | undefined)[];
  /** Emits ONNX nodes and returns the name of the value. */
  onnx(tensor: Tensor, emitter: OnnxEmitter): string;
  /** Emits nodes of a TensorFlow.js graph model and returns the name of the value; without it none may contain it. */
  graphModel?(tensor: Tensor, emitter: GraphModelEmitter): string;
  tensorflow(
    tensor: Tensor,
    inputs: readonly TensorFlowTensor[],
    context: TensorFlowContext,
  ): TensorFlowTensor;
  reference(tensor: Tensor, inputs: readonly ReferenceValue[], context: RunContext): ReferenceValue;
}

/** The element of a list that an operation knows to be there. */
export function at<Value>(values: readonly Value[], index: number): Value {
  const value = values[index];
  if (value === undefined) throw new RangeError(`no element ${index} of ${values.length}`);
  return value;
}

export function requireDataType(operation: string, tensor: Tensor, allowed: readonly DataType[]): void {
  if (!allowed.includes(tensor.dataType)) {
    throw new TypeError(
      `${operation}: data type ${tensor.dataType} is not allowed here (${allowed.join(", ")})`,
    );
  }
}
