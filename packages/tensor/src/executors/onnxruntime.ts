import type { Tensor as OnnxTensor } from "onnxruntime-node";
import type { Binding } from "onnxruntime-node/dist/binding.js";
import type { ExecutorBackend, RunOptions, Session } from "../executor.ts";
import { bindFeeds, type Feeds, type TensorValue } from "../feeds.ts";
import type { Program } from "../program.ts";
import { isStatic, resolveShape, type Shape } from "../shape.ts";
import type { DataType, TensorData } from "../tensor.ts";

type Runtime = typeof import("onnxruntime-node");
type NativeSession = Binding.InferenceSession;
type NativeModule = typeof import("onnxruntime-node/dist/binding.js");

/** After this many calls in a row the event loop gets a turn, so that signals and messages are heard. */
const CALLS_PER_TURN = 64;
let callsSinceTurn = 0;

async function nextTurn(): Promise<void> {
  callsSinceTurn = 0;
  await new Promise<void>((resolve) => setImmediate(resolve));
}

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
  readonly #session: NativeSession;
  // wrapping an array costs more than looking up the wrapper made for it last time
  readonly #wrapped = new Map<string, Wrapped>();
  constructor(runtime: Runtime, session: NativeSession, program: Program) {
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
    const results = this.#session.run(prepared, fetches, {});
    const outputs: Record<string, TensorValue> = {};
    for (const { name } of this.program.outputSpecifications) {
      const result = results[name];
      if (result === undefined || !("data" in result) || !isTensorData(result.data)) {
        throw new Error(`run ${this.program.name}: no output ${name}`);
      }
      const target = options.into?.[name];
      if (target !== undefined && target !== result.data) target.set(result.data);
      outputs[name] = { data: target ?? result.data, shape: result.dims };
    }
    callsSinceTurn += 1;
    if (callsSinceTurn >= CALLS_PER_TURN) await nextTurn();
    return outputs;
  }

  dispose(): Promise<void> {
    this.#session.dispose();
    return Promise.resolve();
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
      shape.every((length, axis) => length === last.tensor.dims[axis]);
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

async function loadRuntime(): Promise<{ runtime: Runtime; native: NativeModule }> {
  try {
    // Compared with the package's public session, which waits for a turn of the event loop in every call, the native one
    // under it halves the time of a small call.
    const [runtime, native] = await Promise.all([
      import("onnxruntime-node"),
      import("onnxruntime-node/dist/binding.js"),
    ]);
    return { runtime, native };
  } catch (cause) {
    throw new Error(
      "executor onnxruntime: onnxruntime-node cannot be loaded here; the other executor is tensorflow",
      { cause },
    );
  }
}

/** ONNX Runtime on one thread: the same bits whatever else the machine does. */
export async function createOnnxRuntimeBackend(): Promise<ExecutorBackend> {
  const { runtime, native } = await loadRuntime();
  native.initOrt();
  return {
    name: "onnxruntime",
    load: (program) => {
      const session = new native.binding.InferenceSession();
      const { buffer, byteOffset, byteLength } = program.onnx.slice();
      session.loadModel(buffer, byteOffset, byteLength, {
        executionProviders: ["cpu"],
        intraOpNumThreads: 1,
        interOpNumThreads: 1,
        executionMode: "sequential",
        graphOptimizationLevel: "all",
        logSeverityLevel: 3,
      });
      return Promise.resolve(new OnnxRuntimeSession(runtime, session, program));
    },
  };
}
