import type { InferenceSession, Tensor } from "onnxruntime-node";

/** A tensor that goes into a graph; bool travels as bytes. */
export interface GraphFeed {
  readonly data: Float32Array | Uint8Array;
  readonly shape: readonly number[];
}

/** An ONNX model that was made elsewhere, ready to run. */
export interface GraphSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** @throws Error when a feed does not fit the graph */
  run(feeds: Readonly<Record<string, GraphFeed>>, output: string): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/**
 * Loads an ONNX model into ONNX Runtime on one thread, as the tensor package's executor does: the same bits whatever
 * else the machine does.
 *
 * @throws Error when the bytes are no model
 */
export async function openGraphSession(onnx: Uint8Array): Promise<GraphSession> {
  const runtime = await import("onnxruntime-node");
  const session: InferenceSession = await runtime.InferenceSession.create(onnx, {
    executionProviders: ["cpu"],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    logSeverityLevel: 3,
  });
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    async run(feeds, output) {
      const tensors: Record<string, Tensor> = {};
      for (const [name, { data, shape }] of Object.entries(feeds))
        tensors[name] =
          data instanceof Uint8Array
            ? new runtime.Tensor("bool", data, shape)
            : new runtime.Tensor("float32", data, shape);
      const results = await session.run(tensors, [output]);
      const data: unknown = results[output]?.data;
      if (!(data instanceof Float32Array)) throw new Error(`graph: its output ${output} is not float32`);
      return data;
    },
    dispose: () => session.release(),
  };
}
