import type * as TensorFlow from "@tensorflow/tfjs";
import type { GraphModel, TensorValue } from "../../src/index.ts";

/** TensorFlow.js in plain JavaScript, quiet. */
export async function plainTensorFlow(): Promise<typeof TensorFlow> {
  const tf = await import("@tensorflow/tfjs");
  tf.enableProdMode();
  await tf.setBackend("cpu");
  await tf.ready();
  return tf;
}

/** Loads the two files from memory. */
export async function loadGraphModel(
  tf: typeof TensorFlow,
  { modelJson, weights }: GraphModel,
): Promise<TensorFlow.GraphModel> {
  const json: TensorFlow.io.ModelJSON = JSON.parse(modelJson);
  const artifacts = await tf.io.getModelArtifactsForJSON(json, async (manifest) => [
    manifest.flatMap((group) => group.weights),
    Uint8Array.from(weights).buffer,
  ]);
  return tf.loadGraphModel(tf.io.fromMemory(artifacts));
}

/** Runs a model on named values; nothing but the model's weights stays in memory. */
export function runGraphModel(
  tf: typeof TensorFlow,
  model: TensorFlow.GraphModel,
  feeds: Readonly<Record<string, TensorValue>>,
  outputNames: readonly string[],
): Record<string, TensorValue> {
  const fed = Object.fromEntries(
    model.inputs.map(({ name, dtype }) => {
      const { data, shape } = feeds[name] ?? { data: new Float32Array(), shape: [] };
      return [name, tf.tensor(data, [...shape], dtype)];
    }),
  );
  const result = model.execute(fed, [...outputNames]);
  const outputs = Array.isArray(result) ? result : [result];
  const values = outputNames.map((name, index): [string, TensorValue] => {
    const output = outputs[index];
    if (output === undefined) throw new Error(`no output ${name}`);
    return [name, { data: output.dataSync(), shape: output.shape }];
  });
  tf.dispose([Object.values(fed), outputs]);
  return Object.fromEntries(values);
}
