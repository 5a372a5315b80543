import type { ParameterSpecification, Tensor } from "@longview/tensor";

/** What a network makes of a batch of (normalised) observations. */
export interface NetworkOutputs {
  /** By the names of the policy shape's outputs. */
  readonly distribution: Readonly<Record<string, Tensor>>;
  /** `[batch, value heads]` */
  readonly values: Tensor;
}

/** A network as data and a function: its parameters, and the graph from observations to outputs. */
export interface Network {
  readonly parameters: readonly ParameterSpecification[];
  build(
    parameters: Readonly<Record<string, Tensor>>,
    observation: Readonly<Record<string, Tensor>>,
  ): NetworkOutputs;
}
