import type { Operation } from "./operation.ts";
import type { Dimension, Shape } from "./shape.ts";

export type DataType = "float32" | "int32" | "bool";
export type AttributeValue = number | string | boolean | readonly Dimension[];
export type Attributes = Readonly<Record<string, AttributeValue>>;
export type TensorData = Float32Array | Int32Array | Uint8Array;

/** What a loop runs each time round; every tensor that does not depend on the placeholders is captured. */
export interface LoopBody {
  readonly iteration: Tensor;
  readonly placeholders: readonly Tensor[];
  readonly stateOutputs: readonly Tensor[];
  readonly stackedOutputs: readonly Tensor[];
  readonly stop: Tensor | undefined;
}

export interface TensorParts {
  readonly operation: Operation;
  readonly inputs: readonly Tensor[];
  readonly shape: Shape;
  readonly dataType: DataType;
  readonly attributes?: Attributes;
  readonly name?: string | undefined;
  readonly data?: TensorData;
  readonly body?: LoopBody;
}

/**
 * A symbolic, immutable value: which operation makes it, from what, and the shape it will have.
 * Nothing is computed until a program is compiled and run.
 */
export class Tensor {
  readonly operation: Operation;
  readonly inputs: readonly Tensor[];
  readonly attributes: Attributes;
  readonly shape: Shape;
  readonly dataType: DataType;
  /** Name of an input, or the name given by `named`; error messages use it. */
  readonly name: string | undefined;
  /** Values of a constant. */
  readonly data: TensorData | undefined;
  /** Body of a loop. */
  readonly body: LoopBody | undefined;

  constructor(parts: TensorParts) {
    this.operation = parts.operation;
    this.inputs = parts.inputs;
    this.attributes = parts.attributes ?? {};
    this.shape = parts.shape;
    this.dataType = parts.dataType;
    this.name = parts.name;
    this.data = parts.data;
    this.body = parts.body;
  }
}

/** A tensor, or a number that takes the other operand's data type. */
export type Operand = Tensor | number;

export function numberAttribute(tensor: Tensor, key: string): number {
  const value = tensor.attributes[key];
  if (typeof value !== "number")
    throw new TypeError(`${tensor.operation.name}: attribute ${key} is not a number`);
  return value;
}

export function flagAttribute(tensor: Tensor, key: string): boolean {
  return tensor.attributes[key] === true;
}

export function dimensionsAttribute(tensor: Tensor, key: string): readonly Dimension[] {
  const value = tensor.attributes[key];
  if (!Array.isArray(value)) throw new TypeError(`${tensor.operation.name}: attribute ${key} is not a list`);
  return value;
}

export function numbersAttribute(tensor: Tensor, key: string): number[] {
  return dimensionsAttribute(tensor, key).map((value) => {
    if (typeof value !== "number")
      throw new TypeError(`${tensor.operation.name}: attribute ${key} holds ${value}`);
    return value;
  });
}

/** The only input, or input number `index`. */
export function inputOf(tensor: Tensor, index = 0): Tensor {
  const input = tensor.inputs[index];
  if (input === undefined) throw new RangeError(`${tensor.operation.name}: no input ${index}`);
  return input;
}
