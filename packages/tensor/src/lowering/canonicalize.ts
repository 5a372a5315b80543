import { createHash } from "node:crypto";
import { type LoopBody, Tensor } from "../tensor.ts";
import { topologicalOrder } from "./topology.ts";

/** Returns the same tensor when there is nothing to simplify. `original`: the tensor before its inputs were rewritten. */
export type Rewrite = (tensor: Tensor, original: Tensor) => Tensor;

function contentKey(tensor: Tensor): string {
  const data = tensor.data;
  if (data === undefined) return "";
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return createHash("sha256").update(bytes).digest("base64");
}

export interface CanonicalGraph {
  readonly outputs: readonly Tensor[];
  /** Names given by `named`, carried over to the tensors that remain. */
  readonly labels: ReadonlyMap<Tensor, string>;
}

/**
 * Applies a rewrite everywhere and merges structurally equal tensors. What no output needs disappears, because
 * only what the outputs reach is visited.
 */
export function canonicalize(
  outputs: readonly Tensor[],
  rewrite: Rewrite,
  initialLabels: ReadonlyMap<Tensor, string> = new Map(),
): CanonicalGraph {
  const known = new Map<Tensor, Tensor>();
  const byKey = new Map<string, Tensor>();
  const identifiers = new Map<Tensor, number>();
  const labels = new Map<Tensor, string>();

  const intern = (tensor: Tensor): Tensor => {
    const fresh = identifiers.size;
    const unique =
      tensor.body !== undefined ||
      tensor.operation.name === "input" ||
      tensor.operation.name === "placeholder";
    const key = unique
      ? `${fresh}`
      : [
          tensor.operation.name,
          tensor.dataType,
          tensor.shape.join(","),
          JSON.stringify(tensor.attributes),
          contentKey(tensor),
          tensor.inputs.map((input) => identifiers.get(input)).join(","),
        ].join("|");
    const existing = byKey.get(key);
    if (existing !== undefined) return existing;
    byKey.set(key, tensor);
    identifiers.set(tensor, fresh);
    return tensor;
  };

  const canonicalBody = (body: LoopBody): LoopBody => ({
    iteration: canonical(body.iteration),
    placeholders: body.placeholders.map(canonical),
    stateOutputs: body.stateOutputs.map(canonical),
    stackedOutputs: body.stackedOutputs.map(canonical),
    stop: body.stop === undefined ? undefined : canonical(body.stop),
  });

  const canonical = (tensor: Tensor): Tensor => {
    const done = known.get(tensor);
    if (done !== undefined) return done;
    const inputs = tensor.inputs.map(canonical);
    const changed =
      tensor.body !== undefined || inputs.some((input, index) => input !== tensor.inputs[index]);
    const rebuilt = changed
      ? rebuild(tensor, inputs, tensor.body === undefined ? undefined : canonicalBody(tensor.body))
      : tensor;
    const rewritten = rewrite(rebuilt, tensor);
    const result = rewritten === rebuilt ? intern(rebuilt) : canonical(rewritten);
    known.set(tensor, result);
    known.set(result, result);
    const label = initialLabels.get(tensor) ?? (tensor.data === undefined ? tensor.name : undefined);
    if (label !== undefined && !labels.has(result)) labels.set(result, label);
    return result;
  };

  for (const tensor of topologicalOrder(outputs)) canonical(tensor);
  return { outputs: outputs.map(canonical), labels };
}

/** The same operation on other inputs of the same shapes. */
export function rebuild(tensor: Tensor, inputs: readonly Tensor[], body?: LoopBody): Tensor {
  return new Tensor({
    operation: tensor.operation,
    inputs,
    shape: tensor.shape,
    dataType: tensor.dataType,
    attributes: tensor.attributes,
    name: tensor.name,
    ...(tensor.data === undefined ? {} : { data: tensor.data }),
    ...(body === undefined ? {} : { body }),
  });
}

/** Replaces tensors (program inputs, usually) throughout. */
export function substitute(
  outputs: readonly Tensor[],
  replacements: ReadonlyMap<Tensor, Tensor>,
): readonly Tensor[] {
  return canonicalize(outputs, (tensor) => replacements.get(tensor) ?? tensor).outputs;
}
