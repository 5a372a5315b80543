import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Loads a bundle's `tensorflow/` folder as anyone with TensorFlow.js would, on its plain JavaScript backend. */
export async function loadBundleGraphModel(folder: string) {
  const tf = await import("@tensorflow/tfjs");
  tf.enableProdMode();
  await tf.setBackend("cpu");
  const text: unknown = JSON.parse(readFileSync(join(folder, "model.json"), "utf8"));
  const bytes = readFileSync(join(folder, "weights.bin"));
  const model = await tf.loadGraphModel(
    tf.io.fromMemory({
      ...(text as object),
      modelTopology: partOf(text, "modelTopology"),
      weightSpecs: weightsOf(text),
      weightData: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
    } as Parameters<typeof tf.io.fromMemory>[0]),
  );
  return { tf, model };
}

function partOf(json: unknown, name: string): object {
  if (typeof json === "object" && json !== null && name in json) {
    const part: unknown = Reflect.get(json, name);
    if (typeof part === "object" && part !== null) return part;
  }
  throw new Error(`model.json: has no ${name}`);
}

function weightsOf(json: unknown): unknown {
  const manifest = partOf(json, "weightsManifest");
  return Array.isArray(manifest) ? partOf(manifest[0], "weights") : [];
}
