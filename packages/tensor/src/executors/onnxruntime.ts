import type { InferenceSession, Tensor as OnnxTensor } from "onnxruntime-node";
import type { ExecutorBackend, RunOptions, Session } from "../executor.ts";
import { bindFeeds, type Feeds, type TensorValue } from "../feeds.ts";
import type { Program } from "../program.ts";
import { isStatic, resolveShape, type Shape } from "../shape.ts";
import type { DataType, TensorData } from "../tensor.ts";

type Runtime = typeof import("onnxruntime-node");

function isTensorData(data: unknown): data is TensorData {
  return data instanceof Float32Array || data instanceof Int32Array || data instanceof Uint8Array;
}

interface Wrapped {
  readonly data: TensorData;
  /** What the runtime sees: `data` itself, or a private copy where `data` lies in shared memory. */
  readonly staging: TensorData;
  readonly tensor: OnnxTensor;
}

class OnnxRuntimeSession implements Session {
  readonly program: Program;
  readonly #runtime: Runtime;
  readonly #session: InferenceSession;
  // wrapping an array costs more than looking up the wrapper made for it last time
  readonly #wrapped = new Map<string, Wrapped>();
  #running = 0;

  constructor(runtime: Runtime, session: InferenceSession, program: Program) {
    this.#runtime = runtime;
    this.#session = session;
    this.program = program;
  }

  async run(feeds: Feeds, options: RunOptions = {}): Promise<Record<string, TensorValue>> {
    const bound = bindFeeds(this.program, feeds);
    const prepared: Record<string, OnnxTensor> = {};
    this.program.inputSpecifications.forEach((specification, index) => {
      const { data, shape } = bound.values[index]!;
      prepared[specification.name] = this.#wrap(
        specification.name,
        specification.dataType,
        data,
        shape,
        true,
      );
    });
    const fetches: Record<string, OnnxTensor | null> = {};
    for (const { name, dataType, shape } of this.program.outputSpecifications) {
      const target = options.into?.[name];
      fetches[name] =
        target === undefined
          ? null
          : this.#wrap(name, dataType, target, this.#resolve(shape, bound.lengths), false);
    }
    this.#running += 1;
    let results: Awaited<ReturnType<InferenceSession["run"]>>;
    try {
      results = await this.#session.run(prepared, fetches);
    } finally {
      this.#running -= 1;
    }
    const outputs: Record<string, TensorValue> = {};
    for (const { name } of this.program.outputSpecifications) {
      const result = results[name];
      if (result === undefined || !isTensorData(result.data)) {
        throw new Error(`run ${this.program.name}: no output ${name}`);
      }
      const target = options.into?.[name];
      if (target !== undefined && target !== result.data) target.set(result.data);
      outputs[name] = { data: target ?? result.data, shape: result.dims };
    }
    return outputs;
  }

  async dispose(): Promise<void> {
    await this.#session.release();
  }

  #resolve(shape: Shape, lengths: ReadonlyMap<string, number>): readonly number[] {
    return isStatic(shape) ? shape : resolveShape(shape, lengths);
  }

  /** `copy`: an input, whose values must be there; an output's are written. */
  #wrap(
    name: string,
    dataType: DataType,
    data: TensorData,
    shape: readonly number[],
    copy: boolean,
  ): OnnxTensor {
    const last = this.#wrapped.get(name);
    const shared = data.buffer instanceof SharedArrayBuffer;
    const reusable =
      last !== undefined &&
      last.data === data &&
      last.tensor.dims.length === shape.length &&
      shape.every((length, axis) => length === last.tensor.dims[axis]) &&
      !(shared && this.#running > 0);
    if (reusable) {
      if (shared && copy) last.staging.set(data);
      return last.tensor;
    }
    // the native binding refuses arrays over shared memory
    const staging = shared ? data.slice() : data;
    const tensor = new this.#runtime.Tensor(dataType, staging, shape);
    this.#wrapped.set(name, { data, staging, tensor });
    return tensor;
  }
}

async function loadRuntime(): Promise<Runtime> {
  try {
    return await import("onnxruntime-node");
  } catch (cause) {
    throw new Error(
      "executor onnxruntime: onnxruntime-node cannot be loaded here; the other executor is tensorflow",
      { cause },
    );
  }
}

/** ONNX Runtime on one thread: the same bits whatever else the machine does. */
export async function createOnnxRuntimeBackend(): Promise<ExecutorBackend> {
  const runtime = await loadRuntime();
  return {
    name: "onnxruntime",
    load: async (program) => {
      const session = await runtime.InferenceSession.create(program.onnx, {
        executionProviders: ["cpu"],
        intraOpNumThreads: 1,
        interOpNumThreads: 1,
        executionMode: "sequential",
        graphOptimizationLevel: "all",
        logSeverityLevel: 3,
      });
      return new OnnxRuntimeSession(runtime, session, program);
    },
  };
}
