import { createHash } from "node:crypto";
import { substitute } from "./lowering/canonicalize.ts";
import { type Plan, planGraph } from "./lowering/plan.ts";
import { buildOnnxGraph } from "./onnx/graph-builder.ts";
import { encodeOnnxModel, type OnnxGraph } from "./onnx/protobuf.ts";
import { constantOperation, inputOperation } from "./operations/sources.ts";
import { elementCount, formatShape, isStatic, type Shape, ShapeError } from "./shape.ts";
import { type DataType, Tensor } from "./tensor.ts";

export interface ValueSpecification {
  readonly name: string;
  readonly shape: Shape;
  readonly dataType: DataType;
}

export interface ProgramDefinition {
  /** Name of the graph inside the ONNX model. */
  readonly name: string;
  /** Tensors made by `input`, in the order of the model's inputs. */
  readonly inputs: readonly Tensor[];
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/** A compiled program: the ONNX bytes, and the same graph for the interpreting executors. */
export interface Program {
  readonly name: string;
  /** sha256 of the ONNX bytes. */
  readonly hash: string;
  /** ONNX model, opset 17, IR version 8. */
  readonly onnx: Uint8Array;
  readonly inputSpecifications: readonly ValueSpecification[];
  readonly outputSpecifications: readonly ValueSpecification[];
  /** @internal */
  readonly inputs: readonly Tensor[];
  /** @internal */
  readonly plan: Plan;
  /** @internal */
  readonly graph: OnnxGraph;
}

function specificationOf(name: string, tensor: Tensor): ValueSpecification {
  return { name, shape: tensor.shape, dataType: tensor.dataType };
}

/** Names of intermediate values and unnamed constants in the ONNX model. */
const RESERVED_NAME = /^(_\d+|c\d+_)$/;

function checkInputs(definition: ProgramDefinition): void {
  const names = new Set<string>();
  for (const tensor of definition.inputs) {
    if (tensor.operation !== inputOperation || tensor.name === undefined) {
      throw new TypeError(
        `compile ${definition.name}: inputs must be made by input(), got ${tensor.operation.name}`,
      );
    }
    if (names.has(tensor.name))
      throw new TypeError(`compile ${definition.name}: two inputs are named ${tensor.name}`);
    names.add(tensor.name);
  }
  for (const name of [...names, ...Object.keys(definition.outputs)]) {
    if (RESERVED_NAME.test(name)) {
      throw new TypeError(
        `compile ${definition.name}: ${name} is a name of the compiler's own; choose another`,
      );
    }
  }
  for (const name of Object.keys(definition.outputs)) {
    if (names.has(name))
      throw new TypeError(`compile ${definition.name}: an input and an output are both named ${name}`);
  }
}

/** Simplifies and lowers a graph to one ONNX model. The same definition gives the same bytes. */
export function compile(definition: ProgramDefinition): Program {
  checkInputs(definition);
  const outputNames = Object.keys(definition.outputs);
  const plan = planGraph(Object.values(definition.outputs));
  const graph = buildOnnxGraph({ name: definition.name, inputs: definition.inputs, plan, outputNames });
  const onnx = encodeOnnxModel(graph);
  return {
    name: definition.name,
    hash: createHash("sha256").update(onnx).digest("hex"),
    onnx,
    inputSpecifications: definition.inputs.map((tensor) => specificationOf(tensor.name ?? "", tensor)),
    outputSpecifications: outputNames.map((name, index) => specificationOf(name, plan.outputs[index]!)),
    inputs: definition.inputs,
    plan,
    graph,
  };
}

/** Compiles with some float32 inputs replaced by fixed values: initialisers of the model. */
export function bindInputs(
  definition: ProgramDefinition,
  values: Readonly<Record<string, ArrayLike<number>>>,
): Program {
  const replacements = new Map<Tensor, Tensor>();
  for (const [name, value] of Object.entries(values)) {
    const tensor = definition.inputs.find((candidate) => candidate.name === name);
    if (tensor === undefined)
      throw new TypeError(`bindInputs ${definition.name}: there is no input named ${name}`);
    if (!isStatic(tensor.shape) || elementCount(tensor.shape) !== value.length) {
      throw new ShapeError(
        "bindInputs",
        `${name} has the shape ${formatShape(tensor.shape)}, got ${value.length} values`,
      );
    }
    const data =
      tensor.dataType === "float32"
        ? Float32Array.from(value)
        : tensor.dataType === "int32"
          ? Int32Array.from(value)
          : Uint8Array.from(value);
    replacements.set(
      tensor,
      new Tensor({
        operation: constantOperation,
        inputs: [],
        shape: tensor.shape,
        dataType: tensor.dataType,
        data,
      }),
    );
  }
  const names = Object.keys(definition.outputs);
  const outputs = substitute(Object.values(definition.outputs), replacements);
  return compile({
    name: definition.name,
    inputs: definition.inputs.filter((tensor) => !replacements.has(tensor)),
    outputs: Object.fromEntries(names.map((name, index) => [name, outputs[index]!])),
  });
}

export interface ExportDefinition extends ProgramDefinition {
  /** Values of the inputs that become initialisers. */
  readonly parameters: Readonly<Record<string, ArrayLike<number>>>;
}

/** The ONNX bytes of an inference graph with its weights inside; they hold nothing about the run. */
export function exportOnnx(definition: ExportDefinition): Uint8Array {
  return bindInputs(definition, definition.parameters).onnx;
}
