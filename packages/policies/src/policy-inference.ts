import { compile, input, unflatten, type Executor, type Program, type Tensor } from "@longview/tensor";
import type { DistributionOutputs } from "./action-sampler.ts";
import type { NormaliserTensors, PolicyModel } from "./policy-model.ts";
import type { ObservationEntry } from "./policy-shape.ts";
import type { PolicyState } from "./policy-state.ts";

/** A compiled policy with preallocated buffers for a fixed number of rows. */
export interface PolicyInference {
  /** Rows of every call. Callers with fewer leave the rest as it was: rows do not see each other. */
  readonly rows: number;
  /** Raw (not normalised) observations, by entry, `[rows, size]`: the caller fills them. */
  readonly inputs: Readonly<Record<string, Float32Array | Uint8Array>>;
  setPolicy(state: PolicyState): void;
  /** The distribution's outputs and `values [rows, heads]`. Overwritten by the next call. */
  run(): Promise<DistributionOutputs>;
}

export interface PolicyInferenceOptions {
  readonly model: PolicyModel;
  readonly executor: Executor;
  readonly rows: number;
  readonly observationClip: number;
}

/**
 * One graph from raw observations to distribution and values, normaliser inside, with parameters and normaliser as
 * inputs. The session belongs to the executor. The row count is fixed, so a row's bits do not depend on how many others were asked for.
 */
export async function createPolicyInference(options: PolicyInferenceOptions): Promise<PolicyInference> {
  const { model, executor, rows } = options;
  const { shape } = model;
  const session = await executor.load(inferenceProgram(model, rows, options.observationClip));
  const inputs = Object.fromEntries(
    shape.observation.map((entry) => [
      entry.name,
      entry.kind === "mask" ? new Uint8Array(rows * entry.size).fill(1) : new Float32Array(rows * entry.size),
    ]),
  );
  const parameters = new Float32Array(model.layout.size);
  const feeds: Record<string, Float32Array | Uint8Array> = { parameters, ...inputs };
  for (const { name, normalisedSize } of shape.observation) {
    if (normalisedSize === 0) continue;
    feeds[`${name}.mean`] = new Float32Array(normalisedSize);
    feeds[`${name}.scale`] = new Float32Array(normalisedSize).fill(1);
  }
  const outputs: Record<string, Float32Array> = Object.fromEntries(
    Object.entries({ ...shape.outputs, values: model.valueNames.length }).map(([name, size]) => [
      name,
      new Float32Array(rows * size),
    ]),
  );
  const into = { into: outputs };
  return {
    rows,
    inputs,
    setPolicy(state) {
      parameters.set(state.parameters);
      for (const [name, { mean, scale }] of Object.entries(state.normaliser)) {
        feeds[`${name}.mean`]?.set(mean);
        feeds[`${name}.scale`]?.set(scale);
      }
    },
    async run() {
      await session.run(feeds, into);
      return outputs;
    },
  };
}

/** The rollout's graph, for `rows` rows. */
export function inferenceProgram(model: PolicyModel, rows: number, observationClip: number): Program {
  const parameters = input("parameters", [model.layout.size]);
  const observation = observationInputs(model.shape.observation, rows);
  const normaliser = normaliserInputs(model.shape.observation);
  const { distribution, values } = model.network(
    unflatten(parameters, model.layout),
    model.normalise(observation, normaliser, observationClip),
  );
  return compile({
    name: "policy-inference",
    inputs: [
      parameters,
      ...Object.values(observation),
      ...Object.values(normaliser).flatMap(({ mean, scale }) => [mean, scale]),
    ],
    outputs: { ...distribution, values },
  });
}

/** One input an entry: bool for masks, float32 for the rest. */
export function observationInputs(
  entries: readonly ObservationEntry[],
  rows: number | string,
  candidates?: string,
): Record<string, Tensor> {
  return Object.fromEntries(
    entries.map((entry) => {
      const slate = candidates !== undefined && (entry.name === "candidates" || entry.name === "mask");
      const rowShape = slate ? [candidates, ...entry.rowShape.slice(1)] : entry.rowShape;
      return [entry.name, input(entry.name, [rows, ...rowShape], entry.kind === "mask" ? "bool" : "float32")];
    }),
  );
}

/** Inputs `NAME.mean` and `NAME.scale` of every normalised entry. */
export function normaliserInputs(entries: readonly ObservationEntry[]): Record<string, NormaliserTensors> {
  return Object.fromEntries(
    entries
      .filter((entry) => entry.normalisedSize > 0)
      .map(({ name, rowShape, normalisedSize }) => {
        // Candidates share their feature moments; other entries have one an element, in the row's shape.
        const shape = name === "candidates" && rowShape.length === 2 ? [normalisedSize] : rowShape;
        return [name, { mean: input(`${name}.mean`, shape), scale: input(`${name}.scale`, shape) }];
      }),
  );
}
