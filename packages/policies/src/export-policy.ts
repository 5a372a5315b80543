import { bindInputs, input, unflatten, where, type Program, type Tensor } from "@longview/tensor";
import { normaliserInputs, observationInputs } from "./policy-inference.ts";
import type { PolicyModel } from "./policy-model.ts";
import { MASKED_SCORE } from "./distributions/distribution-tensors.ts";
import { maskEntry } from "./policy-shape.ts";
import type { PolicyState } from "./policy-state.ts";

export interface ExportPolicyOptions {
  readonly model: PolicyModel;
  readonly state: PolicyState;
  /** Bound of normalised observations, as in training. */
  readonly observationClip: number;
}

/**
 * The policy as a graph with its weights and normaliser as initialisers, nothing about the run in it.
 *
 * Slates: `context[batch,C]`, `candidates[batch,candidates,F]`, `mask[batch,candidates]` → `scores[batch,candidates]`.
 * Others: `observation[batch,D]` → `logits[batch,A]` or `mean[batch,A]`, `logStandardDeviation[batch,A]`. With a
 * `mask[batch,A]` input the logits of masked actions are −1e8. Batch and candidates are dynamic.
 */
export function exportPolicy({ model, state, observationClip }: ExportPolicyOptions): Program {
  const { observation: entries } = model.shape;
  const parameters = input("parameters", [model.layout.size]);
  const slates = model.shape.distribution === "plackett-luce";
  const observation = observationInputs(entries, "batch", slates ? "candidates" : undefined);
  const normaliser = normaliserInputs(entries);
  const { distribution } = model.network(
    unflatten(parameters, model.layout),
    model.normalise(observation, normaliser, observationClip),
  );
  const values: Record<string, Float32Array> = { parameters: state.parameters };
  for (const name of Object.keys(normaliser)) {
    const moments = state.normaliser[name];
    if (moments === undefined) throw new RangeError(`exportPolicy: the state has no normaliser of ${name}`);
    values[`${name}.mean`] = moments.mean;
    values[`${name}.scale`] = moments.scale;
  }
  const mask = maskEntry(model.shape);
  return bindInputs(
    {
      name: "policy",
      inputs: [
        parameters,
        ...Object.values(observation),
        ...Object.values(normaliser).flatMap(({ mean, scale }) => [mean, scale]),
      ],
      outputs: mask === null ? { ...distribution } : maskOutputs(distribution, observation[mask.name]!),
    },
    values,
  );
}

/** The policy's `policy.onnx` as bytes. @see exportPolicy */
export function exportPolicyOnnx(options: ExportPolicyOptions): Uint8Array {
  return exportPolicy(options).onnx;
}

function maskOutputs(distribution: Readonly<Record<string, Tensor>>, mask: Tensor): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(distribution).map(([name, scores]) => [name, where(mask, scores, MASKED_SCORE)]),
  );
}
