import type { Program, ValueSpecification } from "../program.ts";
import { graphDataType, graphShape } from "./emitter.ts";
import { buildGraph, type GraphWeight } from "./graph-builder.ts";

/** The two files of a TensorFlow.js graph model. */
export interface GraphModel {
  /** `model.json`: it names the other file `weights.bin`, beside it. */
  readonly modelJson: string;
  /** `weights.bin`. */
  readonly weights: Uint8Array;
}

/** The loader wants them and checks nothing by them. */
const GRAPH_VERSIONS = { producer: 987, minConsumer: 12 };

/**
 * The program as a TensorFlow.js graph model: what `tf.loadGraphModel` reads, with the inputs and outputs of the ONNX
 * model under the same names. It holds no control flow, so `predict` and `execute` run it. The same program gives
 * the same bytes.
 *
 * @throws TypeError one line that names an operation which no graph model may contain, such as a loop
 * @example
 * const { modelJson, weights } = graphModelOf(program);
 * writeFileAtomic("tensorflow/model.json", modelJson);
 * writeFileAtomic("tensorflow/weights.bin", weights);
 */
export function graphModelOf(program: Program): GraphModel {
  const graph = buildGraph(program);
  const signature = (
    specifications: readonly ValueSpecification[],
    nodes: readonly string[],
  ): Record<string, object> =>
    Object.fromEntries(
      specifications.map(({ name, dataType, shape }, index) => [
        name,
        { name: `${nodes[index]}:0`, dtype: graphDataType(dataType), tensorShape: graphShape(shape) },
      ]),
    );
  const model = {
    format: "graph-model",
    generatedBy: "longview",
    convertedBy: null,
    signature: {
      inputs: signature(program.inputSpecifications, graph.inputs),
      outputs: signature(program.outputSpecifications, graph.outputs),
    },
    modelTopology: { node: graph.nodes, library: {}, versions: GRAPH_VERSIONS },
    weightsManifest: [
      {
        paths: ["weights.bin"],
        weights: graph.weights.map(({ name, shape, dataType }) => ({ name, shape, dtype: dataType })),
      },
    ],
  };
  return { modelJson: `${JSON.stringify(model)}\n`, weights: joined(graph.weights) };
}

function joined(weights: readonly GraphWeight[]): Uint8Array {
  const bytes = new Uint8Array(weights.reduce((total, { data }) => total + data.byteLength, 0));
  let offset = 0;
  for (const { data } of weights) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return bytes;
}
