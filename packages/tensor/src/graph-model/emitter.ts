import type { Shape } from "../shape.ts";
import type { DataType, Tensor } from "../tensor.ts";

/** Axis lengths as GraphDef's JSON writes them; −1 is a length that varies. */
export interface GraphShape {
  readonly dim: readonly { readonly size: string }[];
}

/** An attribute of a node as GraphDef's JSON writes it: 64-bit integers are texts there. */
export type GraphAttribute =
  | { readonly i: string }
  | { readonly b: boolean }
  | { readonly type: string }
  | { readonly shape: GraphShape }
  | { readonly list: { readonly i: readonly string[] } }
  | { readonly tensor: { readonly dtype: string; readonly tensorShape: GraphShape } };

/** What an operation uses to write its nodes of a TensorFlow.js graph model; every node has one output. */
export interface GraphModelEmitter {
  /** The name of a value that was emitted before. */
  nameOf(tensor: Tensor): string;
  /** Adds a node of TensorFlow's operation of that name. */
  node(
    operation: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, GraphAttribute>>,
  ): string;
  /** A constant; equal ones are stored once. */
  constant(dataType: DataType, values: readonly number[], shape: readonly number[]): string;
  /** An int32 vector, or a scalar. */
  integers(values: readonly number[] | number): string;
  /** The run-time value of a shape as an int32 vector. */
  shape(shape: Shape): string;
}

const GRAPH_DATA_TYPES: Readonly<Record<DataType, string>> = {
  float32: "DT_FLOAT",
  int32: "DT_INT32",
  bool: "DT_BOOL",
};
export const graphDataType = (dataType: DataType): string => GRAPH_DATA_TYPES[dataType];

export const graphShape = (shape: Shape): GraphShape => ({
  dim: shape.map((dimension) => ({ size: typeof dimension === "number" ? String(dimension) : "-1" })),
});

export const integerAttribute = (value: number): GraphAttribute => ({ i: String(value) });
export const integersAttribute = (values: readonly number[]): GraphAttribute => ({
  list: { i: values.map(String) },
});
export const truthAttribute = (value: boolean): GraphAttribute => ({ b: value });
export const typeAttribute = (dataType: DataType): GraphAttribute => ({ type: graphDataType(dataType) });
