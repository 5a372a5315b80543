import type { ExecutorBackend, RunOptions, Session } from "../executor.ts";
import { evaluatePlan, type Interpreter } from "../evaluate-plan.ts";
import { bindFeeds, type Feeds, type TensorValue } from "../feeds.ts";
import type { TensorFlowContext, TensorFlowModule, TensorFlowTensor } from "../operation.ts";
import type { Program } from "../program.ts";
import { resolveShape } from "../shape.ts";
import type { Tensor, TensorData } from "../tensor.ts";

class TensorFlowSession implements Session {
  readonly program: Program;
  readonly #tf: TensorFlowModule;

  constructor(tf: TensorFlowModule, program: Program) {
    this.#tf = tf;
    this.program = program;
  }

  async run(feeds: Feeds, options: RunOptions = {}): Promise<Record<string, TensorValue>> {
    const tf = this.#tf;
    const bound = bindFeeds(this.program, feeds);
    const outputs = tf.tidy(() => {
      const fed = new Map<Tensor, TensorFlowTensor>();
      this.program.inputs.forEach((input, index) => {
        const { data, shape } = bound.values[index]!;
        fed.set(input, tf.tensor(data, [...shape], input.dataType));
      });
      const context: TensorFlowContext = {
        tf,
        backend: tf.getBackend(),
        resolve: (shape) => resolveShape(shape, bound.lengths),
      };
      return evaluatePlan(this.program.plan, fed, this.#interpreter(context));
    });
    const results: Record<string, TensorValue> = {};
    this.program.outputSpecifications.forEach(({ name }, index) => {
      const output = outputs[index]!;
      const data: TensorData = output.dataSync();
      const target = options.into?.[name];
      target?.set(data);
      results[name] = { data: target ?? data, shape: output.shape };
    });
    // an output may be a fed tensor itself or appear twice: disposing twice does no harm
    tf.dispose(outputs);
    return results;
  }

  async dispose(): Promise<void> {}

  #interpreter(context: TensorFlowContext): Interpreter<TensorFlowTensor> {
    const { tf } = context;
    return {
      apply: (tensor, inputs) => tensor.operation.tensorflow(tensor, inputs, context),
      integer: (value) => tf.scalar(value, "int32"),
      scalar: (value) => value.dataSync()[0] ?? 0,
      stack: (values, like) =>
        values.length === 0
          ? tf.zeros([0, ...context.resolve(like.shape)], like.dataType)
          : tf.stack([...values]),
      tidy: (step) => tf.tidy(() => [...step()]),
    };
  }
}

/** The native TensorFlow where it is installed with its library, else TensorFlow.js in plain JavaScript. */
async function loadTensorFlow(): Promise<TensorFlowModule> {
  // a string variable: the optional package may be missing, also when types are checked
  const native: string = "@tensorflow/tfjs-node";
  try {
    const loaded: TensorFlowModule = await import(native);
    return loaded;
  } catch {
    const tf = await import("@tensorflow/tfjs");
    // quiet, and without a check for NaN after every kernel
    tf.enableProdMode();
    await tf.setBackend("cpu");
    await tf.ready();
    return tf;
  }
}

export async function createTensorFlowBackend(): Promise<ExecutorBackend> {
  const tf = await loadTensorFlow();
  return {
    name: `tensorflow (${tf.getBackend()})`,
    load: async (program) => new TensorFlowSession(tf, program),
  };
}
