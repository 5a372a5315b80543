import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { Dimension } from "../shape.ts";
import type { DataType, TensorData } from "../tensor.ts";

/** The part of onnx.proto that programs need (IR version 8, opset 17), written field by field. */
export type OnnxElementType = DataType | "int64";
export type OnnxAttribute =
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "graph"; readonly value: OnnxGraph };

export interface OnnxNode {
  readonly operation: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxValue {
  readonly name: string;
  readonly elementType: OnnxElementType;
  /** `undefined`: the rank is not stated. */
  readonly shape: readonly Dimension[] | undefined;
}

export interface OnnxInitializer {
  readonly name: string;
  readonly elementType: OnnxElementType;
  readonly shape: readonly number[];
  readonly data: TensorData | BigInt64Array;
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxInitializer[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

const ELEMENT_TYPES: Readonly<Record<OnnxElementType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 };
export const onnxElementType = (type: OnnxElementType): number => ELEMENT_TYPES[type];

type Write = (writer: BinaryWriter) => void;

function message(writer: BinaryWriter, field: number, write: Write): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}

function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value);
}

function integer(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Varint).int64(value);
}

function rawBytes(data: TensorData | BigInt64Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function writeInitializer(writer: BinaryWriter, initializer: OnnxInitializer): void {
  for (const length of initializer.shape) integer(writer, 1, length);
  integer(writer, 2, ELEMENT_TYPES[initializer.elementType]);
  text(writer, 8, initializer.name);
  writer.tag(9, WireType.LengthDelimited).bytes(rawBytes(initializer.data));
}

function writeValue(writer: BinaryWriter, value: OnnxValue): void {
  text(writer, 1, value.name);
  message(writer, 2, (type) =>
    message(type, 1, (tensorType) => {
      integer(tensorType, 1, ELEMENT_TYPES[value.elementType]);
      const shape = value.shape;
      if (shape === undefined) return;
      message(tensorType, 2, (shapeWriter) => {
        for (const dimension of shape) {
          message(shapeWriter, 1, (dimensionWriter) => {
            if (typeof dimension === "number") integer(dimensionWriter, 1, dimension);
            else text(dimensionWriter, 2, dimension);
          });
        }
      });
    }),
  );
}

function writeAttribute(writer: BinaryWriter, name: string, attribute: OnnxAttribute): void {
  text(writer, 1, name);
  switch (attribute.kind) {
    case "float":
      writer.tag(2, WireType.Bit32).float(attribute.value);
      integer(writer, 20, 1);
      break;
    case "int":
      integer(writer, 3, attribute.value);
      integer(writer, 20, 2);
      break;
    case "string":
      text(writer, 4, attribute.value);
      integer(writer, 20, 3);
      break;
    case "graph":
      message(writer, 6, (graph) => writeGraph(graph, attribute.value));
      integer(writer, 20, 5);
      break;
    case "ints":
      for (const value of attribute.value) integer(writer, 8, value);
      integer(writer, 20, 7);
      break;
  }
}

function writeNode(writer: BinaryWriter, node: OnnxNode): void {
  for (const input of node.inputs) text(writer, 1, input);
  for (const output of node.outputs) text(writer, 2, output);
  text(writer, 4, node.operation);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    message(writer, 5, (attributeWriter) => writeAttribute(attributeWriter, name, attribute));
  }
}

function writeGraph(writer: BinaryWriter, graph: OnnxGraph): void {
  for (const node of graph.nodes) message(writer, 1, (nodeWriter) => writeNode(nodeWriter, node));
  text(writer, 2, graph.name);
  for (const initializer of graph.initializers) {
    message(writer, 5, (initializerWriter) => writeInitializer(initializerWriter, initializer));
  }
  for (const input of graph.inputs) message(writer, 11, (valueWriter) => writeValue(valueWriter, input));
  for (const output of graph.outputs) message(writer, 12, (valueWriter) => writeValue(valueWriter, output));
}

/** The bytes of an ONNX model; the same graph gives the same bytes. */
export function encodeOnnxModel(graph: OnnxGraph): Uint8Array {
  const writer = new BinaryWriter();
  integer(writer, 1, 8);
  text(writer, 2, "longview");
  message(writer, 7, (graphWriter) => writeGraph(graphWriter, graph));
  message(writer, 8, (opset) => {
    text(opset, 1, "");
    integer(opset, 2, 17);
  });
  return writer.finish();
}
