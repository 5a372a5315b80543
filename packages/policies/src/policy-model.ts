import type { Space } from "@longview/environment";
import {
  clip,
  initializeParameters,
  multiply,
  parameterLayout,
  subtract,
  type ParameterSpecification,
  type Tensor,
} from "@longview/tensor";
import type { RandomKey } from "@longview/statistics";
import { mlpNetwork } from "./networks/mlp.ts";
import type { NetworkOutputs } from "./networks/network.ts";
import { slateScorerNetwork } from "./networks/slate-scorer.ts";
import { policyShape, type PolicyShape } from "./policy-shape.ts";
import type { PolicySettings } from "./policy-settings.ts";

/** The layout of a model's flat parameter vector. */
export type PolicyLayout = ReturnType<typeof parameterLayout>;

/** A policy before it has numbers: its parameters, and how they become graphs. */
export interface PolicyModel {
  readonly shape: PolicyShape;
  readonly settings: PolicySettings;
  /** Names of the value heads: `reward`, then one for each constrained cost. */
  readonly valueNames: readonly string[];
  readonly parameters: readonly ParameterSpecification[];
  readonly layout: PolicyLayout;
  /** First parameters: orthogonal by keyed normals. */
  initialize(key: RandomKey): Float32Array;
  /** (x − mean) · scale, clipped to ± `clipRange`, for every normalised entry; the others unchanged. */
  normalise(
    observation: Readonly<Record<string, Tensor>>,
    normaliser: Readonly<Record<string, NormaliserTensors>>,
    clipRange: number,
  ): Record<string, Tensor>;
  /** The network over normalised observations. */
  network(
    parameters: Readonly<Record<string, Tensor>>,
    observation: Readonly<Record<string, Tensor>>,
  ): NetworkOutputs;
}

/** An entry's normaliser inside a graph: vectors over its features. */
export interface NormaliserTensors {
  readonly mean: Tensor;
  readonly scale: Tensor;
}

export interface PolicyModelOptions {
  readonly observationSpace: Space;
  readonly actionSpace: Space;
  readonly settings: PolicySettings;
  readonly valueNames: readonly string[];
}

/**
 * The model for an environment's spaces: a slate scorer for slates, layers over the concatenated observation otherwise.
 *
 * @throws RangeError for spaces without a distribution or network
 */
export function createPolicyModel(options: PolicyModelOptions): PolicyModel {
  const { settings, valueNames } = options;
  const shape = policyShape(options.observationSpace, options.actionSpace);
  const network =
    shape.distribution === "plackett-luce"
      ? slateScorerNetwork(shape, settings, valueNames.length)
      : mlpNetwork(shape, settings, valueNames.length);
  return {
    shape,
    settings,
    valueNames,
    parameters: network.parameters,
    layout: parameterLayout(network.parameters),
    initialize: (key) => initializeParameters(network.parameters, key),
    normalise(observation, normaliser, clipRange) {
      return Object.fromEntries(
        Object.entries(observation).map(([name, x]) => {
          const moments = normaliser[name];
          if (moments === undefined) return [name, x];
          return [name, clip(multiply(subtract(x, moments.mean), moments.scale), -clipRange, clipRange)];
        }),
      );
    },
    network: network.build,
  };
}
