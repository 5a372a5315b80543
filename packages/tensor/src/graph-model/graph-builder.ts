import { constantOperation } from "../operations/sources.ts";
import type { Program } from "../program.ts";
import { type Dimension, isStatic, type Shape, ShapeError } from "../shape.ts";
import type { DataType, Tensor, TensorData } from "../tensor.ts";
import {
  type GraphAttribute,
  graphDataType,
  type GraphModelEmitter,
  graphShape,
  integerAttribute,
  typeAttribute,
} from "./emitter.ts";

export interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr: Readonly<Record<string, GraphAttribute>>;
}

export interface GraphWeight {
  readonly name: string;
  readonly dataType: DataType;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export interface Graph {
  /** Names of the nodes that take the inputs and hold the outputs, in the program's order. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly GraphNode[];
  readonly weights: readonly GraphWeight[];
}

/** Longest constant that is compared with the others before it is stored. */
const COMPARED_BYTES = 256;

/** Writes a plan as a TensorFlow graph; names depend on the program alone. */
class GraphBuilder implements GraphModelEmitter {
  readonly #program: Program;
  readonly #taken = new Set<string>();
  readonly #names = new Map<Tensor, string>();
  readonly #weights = new Map<string, GraphWeight>();
  readonly #lengths = new Map<string, string>();
  readonly #nodes: GraphNode[] = [];

  constructor(program: Program) {
    this.#program = program;
  }

  build(): Graph {
    const { inputSpecifications, outputSpecifications, inputs, plan } = this.#program;
    const inputNames = inputSpecifications.map(({ name }) => this.#claim(name));
    const outputNames = outputSpecifications.map(({ name }) => this.#claim(name));
    inputs.forEach((tensor, index) => this.#names.set(tensor, inputNames[index] ?? ""));
    for (const tensor of plan.nodes) this.#names.set(tensor, this.#emit(tensor));
    // an output has a node of its own: it may be an input, a constant, or another output as well
    const outputs = plan.outputs.map((tensor, index): GraphNode => ({
      name: outputNames[index] ?? "",
      op: "Identity",
      input: [this.nameOf(tensor)],
      attr: { T: typeAttribute(tensor.dataType) },
    }));
    const placeholders = inputSpecifications.map(({ shape, dataType }, index): GraphNode => ({
      name: inputNames[index] ?? "",
      op: "Placeholder",
      attr: { dtype: typeAttribute(dataType), shape: { shape: graphShape(shape) } },
    }));
    const weights = [...this.#weights.values()];
    const constants = weights.map(({ name, dataType, shape }): GraphNode => {
      const dtype = graphDataType(dataType);
      return {
        name,
        op: "Const",
        attr: { dtype: { type: dtype }, value: { tensor: { dtype, tensorShape: graphShape(shape) } } },
      };
    });
    return {
      inputs: inputNames,
      outputs: outputNames,
      nodes: [...placeholders, ...constants, ...this.#nodes, ...outputs],
      weights,
    };
  }

  nameOf(tensor: Tensor): string {
    const existing = this.#names.get(tensor);
    if (existing !== undefined) return existing;
    if (tensor.operation !== constantOperation || tensor.data === undefined)
      throw new Error(`${tensor.operation.name}: not among the program's inputs`);
    const label = this.#program.plan.labels.get(tensor);
    const name = this.#weight(tensor.dataType, tensor.data, tensor.shape.map(Number), label);
    this.#names.set(tensor, name);
    return name;
  }

  node(
    operation: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, GraphAttribute>> = {},
  ): string {
    const name = this.#claim(operation);
    this.#nodes.push({ name, op: operation, input: [...inputs], attr: attributes });
    return name;
  }

  constant(dataType: DataType, values: readonly number[], shape: readonly number[]): string {
    const data =
      dataType === "float32"
        ? Float32Array.from(values)
        : dataType === "int32"
          ? Int32Array.from(values)
          : Uint8Array.from(values);
    return this.#weight(dataType, data, shape);
  }

  integers(values: readonly number[] | number): string {
    return typeof values === "number"
      ? this.constant("int32", [values], [])
      : this.constant("int32", values, [values.length]);
  }

  shape(shape: Shape): string {
    if (isStatic(shape)) return this.integers(shape);
    const parts = shape.map((dimension) => this.#length(dimension));
    if (parts.length === 1) return parts[0] ?? "";
    return this.node("ConcatV2", [...parts, this.integers(0)], { N: integerAttribute(parts.length) });
  }

  #emit(tensor: Tensor): string {
    const { operation, name } = tensor;
    if (operation.graphModel === undefined) {
      const where = `graphModelOf ${this.#program.name}${name === undefined ? "" : `, ${name}`}`;
      throw new TypeError(
        `${where}: a graph model cannot contain ${operation.name}; allowed are operations with a graphModel form`,
      );
    }
    return operation.graphModel(tensor, this);
  }

  /** A free name that TensorFlow takes; a colon would be read as the number of an output. */
  #claim(wanted: string): string {
    const stem = wanted.replaceAll(/[^\w.]/g, "_").replace(/^_/, "x_");
    let name = stem;
    for (let count = 1; this.#taken.has(name); count += 1) name = `${stem}_${count}`;
    this.#taken.add(name);
    return name;
  }

  #weight(dataType: DataType, data: TensorData, shape: readonly number[], label?: string): string {
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const content =
      label === undefined && bytes.length <= COMPARED_BYTES
        ? bytes.toString("hex")
        : `number ${this.#weights.size}`;
    const key = `${dataType} [${shape.join()}] ${content}`;
    const existing = this.#weights.get(key);
    if (existing !== undefined) return existing.name;
    const name = this.#claim(label ?? "constant");
    this.#weights.set(key, { name, dataType, shape, data });
    return name;
  }

  /** A length as an int32 vector of one element. */
  #length(dimension: Dimension): string {
    if (typeof dimension === "number") return this.integers([dimension]);
    const known = this.#lengths.get(dimension);
    if (known !== undefined) return known;
    const name = this.#readLength(dimension);
    this.#lengths.set(dimension, name);
    return name;
  }

  #readLength(dimension: string): string {
    for (const input of this.#program.inputs) {
      const axis = input.shape.indexOf(dimension);
      if (axis < 0) continue;
      const shape = this.node("Shape", [this.nameOf(input)], { out_type: typeAttribute("int32") });
      return this.node("Slice", [shape, this.integers([axis]), this.integers([1])]);
    }
    const combine = (parts: readonly string[], operation: string): string =>
      parts
        .map((part) => this.#length(/^\d+$/.test(part) ? Number(part) : part))
        .reduce((left, right) => this.node(operation, [left, right]));
    if (dimension.includes("+") && !dimension.includes("(")) return combine(dimension.split("+"), "AddV2");
    if (dimension.includes("*") && !dimension.includes("(")) return combine(dimension.split("*"), "Mul");
    throw new ShapeError("graphModelOf", `no program input has the dimension ${dimension}`);
  }
}

export function buildGraph(program: Program): Graph {
  return new GraphBuilder(program).build();
}
