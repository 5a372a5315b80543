import { type Dimension, isStatic, type Shape, ShapeError } from "../shape.ts";
import type { DataType, LoopBody, Tensor, TensorData } from "../tensor.ts";
import { loopOperation, loopResultIndex, loopResultOperation } from "../operations/loop.ts";
import { logicalNotOperation } from "../operations/comparison.ts";
import { constantOperation } from "../operations/sources.ts";
import type { Plan } from "../lowering/plan.ts";
import { int, type OnnxAttribute, type OnnxEmitter } from "./emitter.ts";
import type { OnnxGraph, OnnxInitializer, OnnxNode, OnnxValue } from "./protobuf.ts";

type NodeAttributes = Readonly<Record<string, OnnxAttribute>>;

export interface ProgramGraph {
  readonly name: string;
  readonly inputs: readonly Tensor[];
  readonly plan: Plan;
  readonly outputNames: readonly string[];
}

/** Writes a plan as an ONNX graph; names depend on the graph alone. */
class GraphBuilder implements OnnxEmitter {
  readonly #program: ProgramGraph;
  readonly #names = new Map<Tensor, string>();
  readonly #initializers = new Map<string, OnnxInitializer>();
  readonly #shared = new Map<Tensor, Map<string, string[]>>();
  readonly #loopResults = new Map<Tensor, readonly string[]>();
  readonly #lengths = new Map<string, string>();
  readonly #taken: Set<string>;
  readonly #root: OnnxNode[] = [];
  #scope: OnnxNode[] = this.#root;
  #count = 0;

  constructor(program: ProgramGraph) {
    this.#program = program;
    this.#taken = new Set([...program.inputs.map((tensor) => tensor.name ?? ""), ...program.outputNames]);
  }

  build(): OnnxGraph {
    const { inputs, plan, outputNames, name } = this.#program;
    for (const tensor of inputs) this.#names.set(tensor, tensor.name ?? "");
    this.#emitAll(plan.nodes);
    const renamed = new Map<string, string>();
    const outputs = plan.outputs.map((tensor, index): OnnxValue => {
      const outputName = outputNames[index] ?? `output${index}`;
      const current = this.nameOf(tensor);
      const isComputed = current.startsWith("_");
      if (isComputed && !renamed.has(current)) renamed.set(current, outputName);
      else
        this.#root.push({ operation: "Identity", inputs: [current], outputs: [outputName], attributes: {} });
      return { name: outputName, elementType: tensor.dataType, shape: tensor.shape };
    });
    return {
      name,
      nodes: this.#root.map((node) => renameNode(node, renamed)),
      initializers: [...this.#initializers.values()],
      inputs: inputs.map((tensor) => ({
        name: tensor.name ?? "",
        elementType: tensor.dataType,
        shape: tensor.shape,
      })),
      outputs,
    };
  }

  nameOf(tensor: Tensor): string {
    const existing = this.#names.get(tensor);
    if (existing !== undefined) return existing;
    if (tensor.operation !== constantOperation || tensor.data === undefined) {
      throw new Error(
        `${tensor.operation.name}${tensor.name === undefined ? "" : ` ${tensor.name}`}: not among the program's inputs`,
      );
    }
    const label = this.#program.plan.labels.get(tensor);
    const free = label !== undefined && !this.#taken.has(label);
    if (free) this.#taken.add(label);
    const name = this.#initializer(
      tensor.dataType,
      tensor.data,
      tensor.shape.map(Number),
      free ? label : undefined,
    );
    this.#names.set(tensor, name);
    return name;
  }

  node(operation: string, inputs: readonly string[], attributes: NodeAttributes = {}): string {
    return this.nodes(operation, inputs, 1, attributes)[0] ?? "";
  }

  nodes(
    operation: string,
    inputs: readonly string[],
    outputCount: number,
    attributes: NodeAttributes = {},
  ): string[] {
    const outputs = Array.from({ length: outputCount }, () => this.#fresh());
    this.#scope.push({ operation, inputs, outputs, attributes });
    return outputs;
  }

  constant(dataType: DataType, values: readonly number[], shape: readonly number[]): string {
    const data =
      dataType === "float32"
        ? Float32Array.from(values)
        : dataType === "int32"
          ? Int32Array.from(values)
          : Uint8Array.from(values);
    return this.#initializer(dataType, data, shape);
  }

  integers(values: readonly number[] | number): string {
    const list = typeof values === "number" ? [values] : values;
    return this.#initializer(
      "int64",
      BigInt64Array.from(list, BigInt),
      typeof values === "number" ? [] : [list.length],
    );
  }

  shape(shape: Shape): string {
    if (isStatic(shape)) return this.integers(shape);
    return this.#inRoot(() => {
      const parts = shape.map((dimension) => this.#length(dimension));
      return parts.length === 1 ? (parts[0] ?? "") : this.node("Concat", parts, { axis: int(0) });
    });
  }

  shared(owner: Tensor, key: string, create: () => string[]): string[] {
    const kept = this.#shared.get(owner) ?? new Map<string, string[]>();
    this.#shared.set(owner, kept);
    const existing = kept.get(key) ?? create();
    kept.set(key, existing);
    return existing;
  }

  #fresh(): string {
    this.#count += 1;
    return `_${this.#count}`;
  }

  #inRoot(write: () => string): string {
    const scope = this.#scope;
    this.#scope = this.#root;
    const name = write();
    this.#scope = scope;
    return name;
  }

  #initializer(
    elementType: OnnxInitializer["elementType"],
    data: TensorData | BigInt64Array,
    shape: readonly number[],
    name?: string,
  ): string {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const key =
      name ??
      `${elementType} [${shape.join()}] ${bytes.length <= 256 ? Buffer.from(bytes).toString("hex") : this.#initializers.size}`;
    const existing = this.#initializers.get(key);
    if (existing !== undefined) return existing.name;
    const initializer = { name: name ?? `c${this.#initializers.size}_`, elementType, shape, data };
    this.#initializers.set(key, initializer);
    return initializer.name;
  }

  /** A length as an int64 vector of one element. */
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
      const shape = this.node("Shape", [this.nameOf(input)]);
      return this.node("Gather", [shape, this.integers([axis])]);
    }
    const combine = (parts: readonly string[], operation: string): string =>
      parts
        .map((part) => this.#length(/^\d+$/.test(part) ? Number(part) : part))
        .reduce((left, right) => this.node(operation, [left, right]));
    if (dimension.includes("+") && !dimension.includes("(")) return combine(dimension.split("+"), "Add");
    if (dimension.includes("*") && !dimension.includes("(")) return combine(dimension.split("*"), "Mul");
    throw new ShapeError("compile", `no program input has the dimension ${dimension}`);
  }

  #emitAll(nodes: readonly Tensor[]): void {
    for (const tensor of nodes) {
      if (tensor.operation === loopOperation) this.#emitLoop(tensor);
      else if (tensor.operation === loopResultOperation) {
        const results = this.#loopResults.get(tensor.inputs[0]!);
        const name = results?.[loopResultIndex(tensor)];
        if (name === undefined) throw new Error("loop: result without its loop");
        this.#names.set(tensor, name);
      } else this.#names.set(tensor, tensor.operation.onnx(tensor, this));
    }
  }

  #emitLoop(loop: Tensor): void {
    const body = loop.body;
    if (body === undefined) throw new Error("loop: no body");
    const [count, ...initial] = loop.inputs.map((input) => this.nameOf(input));
    const limit = this.node("Cast", [count ?? ""], { to: int(7) });
    const graph = this.#bodyGraph(body);
    const carried = body.placeholders.length;
    const outputs = this.nodes(
      "Loop",
      [limit, this.constant("bool", [1], []), ...initial],
      carried + body.stackedOutputs.length + 1,
      { body: { kind: "graph", value: graph } },
    );
    const iterations = outputs[outputs.length - 1] ?? "";
    const counted = this.node(
      "Cast",
      [this.node("Squeeze", [this.node("Shape", [iterations]), this.integers([0])])],
      { to: int(6) },
    );
    this.#loopResults.set(loop, [...outputs.slice(0, -1), counted]);
  }

  #goOn(body: LoopBody, condition: string, own: ReadonlySet<Tensor>): string {
    const { stop } = body;
    if (stop === undefined) return this.node("Identity", [condition]);
    const negated = stop.operation === logicalNotOperation ? stop.inputs[0] : undefined;
    if (negated !== undefined && own.has(negated)) return this.node("Identity", [this.nameOf(negated)]);
    return this.node("Not", [this.nameOf(stop)]);
  }

  #bodyGraph(body: LoopBody): OnnxGraph {
    const outer = this.#scope;
    const nodes: OnnxNode[] = [];
    this.#scope = nodes;
    const iteration = this.#fresh();
    const condition = this.#fresh();
    const inputs: OnnxValue[] = [
      { name: iteration, elementType: "int64", shape: [] },
      { name: condition, elementType: "bool", shape: [] },
    ];
    this.#names.set(body.iteration, this.node("Cast", [iteration], { to: int(6) }));
    for (const placeholder of body.placeholders) {
      const name = this.#fresh();
      this.#names.set(placeholder, name);
      inputs.push({ name, elementType: placeholder.dataType, shape: placeholder.shape });
    }
    const inside = this.#program.plan.bodies.get(body) ?? [];
    this.#emitAll(inside);
    const own = new Set(inside);
    const claimed = new Set<string>();
    const result = (tensor: Tensor): OnnxValue => {
      const name = this.nameOf(tensor);
      const usable = own.has(tensor) && !claimed.has(name);
      const output = usable ? name : this.node("Identity", [name]);
      claimed.add(output);
      return { name: output, elementType: tensor.dataType, shape: tensor.shape };
    };
    const goOn = this.#goOn(body, condition, own);
    const states = body.stateOutputs.map(result);
    const stacked = body.stackedOutputs.map(result);
    const marker = this.node("Identity", [iteration]);
    this.#scope = outer;
    return {
      name: "body",
      nodes,
      initializers: [],
      inputs,
      outputs: [
        { name: goOn, elementType: "bool", shape: [] },
        ...states,
        ...stacked,
        { name: marker, elementType: "int64", shape: [] },
      ],
    };
  }
}

function renameNode(node: OnnxNode, names: ReadonlyMap<string, string>): OnnxNode {
  const rename = (name: string): string => names.get(name) ?? name;
  const attributes = Object.entries(node.attributes).map(([key, attribute]): [string, OnnxAttribute] => [
    key,
    attribute.kind === "graph"
      ? {
          kind: "graph",
          value: {
            ...attribute.value,
            nodes: attribute.value.nodes.map((inner) => renameNode(inner, names)),
          },
        }
      : attribute,
  ]);
  return {
    operation: node.operation,
    inputs: node.inputs.map(rename),
    outputs: node.outputs.map(rename),
    attributes: Object.fromEntries(attributes),
  };
}

export function buildOnnxGraph(program: ProgramGraph): OnnxGraph {
  return new GraphBuilder(program).build();
}
