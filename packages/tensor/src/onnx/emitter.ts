import type { Shape } from "../shape.ts";
import type { DataType, Tensor } from "../tensor.ts";
import type { OnnxAttribute } from "./protobuf.ts";

export type { OnnxAttribute } from "./protobuf.ts";

/** What an operation uses to write its ONNX nodes. */
export interface OnnxEmitter {
  /** The name of a value that was emitted before. */
  nameOf(tensor: Tensor): string;
  /** Adds a node with one output; the last node of a tensor carries the tensor's own name. */
  node(
    operation: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, OnnxAttribute>>,
  ): string;
  /** Adds a node with several outputs. */
  nodes(
    operation: string,
    inputs: readonly string[],
    outputCount: number,
    attributes?: Readonly<Record<string, OnnxAttribute>>,
  ): string[];
  /** A constant; equal ones are stored once. */
  constant(dataType: DataType, values: readonly number[], shape: readonly number[]): string;
  /** An int64 vector, or a scalar. */
  integers(values: readonly number[] | number): string;
  /** The run-time value of a shape as an int64 vector. */
  shape(shape: Shape): string;
  /** Remembers a value under a key, within the scope of `owner`. */
  shared(owner: Tensor, key: string, create: () => string[]): string[];
}

export const int = (value: number): OnnxAttribute => ({ kind: "int", value });
export const ints = (value: readonly number[]): OnnxAttribute => ({ kind: "ints", value });
export const float = (value: number): OnnxAttribute => ({ kind: "float", value });
export const text = (value: string): OnnxAttribute => ({ kind: "string", value });
