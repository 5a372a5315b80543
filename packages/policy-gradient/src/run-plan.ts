import { makeVectorEnvironment, type VectorEnvironment } from "@longview/environment";
import { createPolicyModel, type PolicyModel } from "@longview/policies";
import { algorithmOf, type Algorithm } from "./algorithms/registry.ts";
import { ConfigurationError } from "./configuration-error.ts";
import type { RolloutSizes } from "./rollout-buffers.ts";
import type { ConstraintSettings, TrainConfiguration } from "./settings.ts";
import type { Signal } from "./shard-collector.ts";

/** A constraint tied to its cost's column. */
export interface Constraint extends ConstraintSettings {
  readonly name: string;
  readonly column: number;
  /** What training aims at: limit − (1 − margin)·|limit|. */
  readonly target: number;
}

/** What follows from a configuration and its environment, the same in the learner and in every worker. */
export interface RunPlan {
  readonly model: PolicyModel;
  readonly algorithm: Algorithm;
  readonly constraints: readonly Constraint[];
  readonly signals: readonly Signal[];
  readonly sizes: RolloutSizes;
  readonly inferenceRows: number;
  readonly objectiveNames: readonly string[];
  readonly costNames: readonly string[];
}

/** Imports the modules that register environments. */
export async function importEnvironments(modules: readonly string[]): Promise<void> {
  for (const specifier of modules) await import(specifier);
}

/** A fresh environment as one shard has it. */
export function makeShardEnvironment(configuration: TrainConfiguration): VectorEnvironment {
  const { id, ...options } = configuration.environment;
  return makeVectorEnvironment(id, { ...options, rowCount: configuration.training.rowsPerShard });
}

/**
 * Environment and model of a configuration; the environments must be registered.
 *
 * @throws ConfigurationError when a key contradicts the environment
 */
export function modelOf(configuration: TrainConfiguration): {
  environment: VectorEnvironment;
  model: PolicyModel;
} {
  const environment = makeShardEnvironment(configuration);
  return { environment, model: planRun(configuration, environment).model };
}

/**
 * Checks a configuration against its environment.
 *
 * @throws ConfigurationError naming the key
 */
export function planRun(configuration: TrainConfiguration, environment: VectorEnvironment): RunPlan {
  const { algorithm: settings, training } = configuration;
  const algorithm = algorithmOf(settings);
  const constraints = Object.entries(configuration.constraints).map(([name, constraint]) => {
    const column = environment.costNames.indexOf(name);
    if (column < 0)
      throw new ConfigurationError(
        `constraints.${name}`,
        `${environment.id} has no such cost; it has ${environment.costNames.join(", ") || "none"}`,
      );
    return {
      ...constraint,
      name,
      column,
      target: constraint.limit - (1 - constraint.margin) * Math.abs(constraint.limit),
    };
  });
  if (constraints.length > 0 && !algorithm.constrained)
    throw new ConfigurationError(
      "constraints",
      `${algorithm.name} holds no constraints; use ppo-lagrangian or leave them out`,
    );
  const model = createPolicyModel({
    observationSpace: environment.observationSpace,
    actionSpace: environment.actionSpace,
    settings: configuration.policy,
    valueNames: ["reward", ...constraints.map(({ name }) => name)],
  });
  const rows = environment.rowCount;
  const collected = rows * training.shards * training.rolloutLength;
  if (settings.minibatchSize > collected)
    throw new ConfigurationError(
      "algorithm.minibatchSize",
      `${settings.minibatchSize} is more than one rollout collects (${training.shards} shards × ${rows} rows × ${training.rolloutLength} ticks = ${collected})`,
    );
  return {
    model,
    algorithm,
    constraints,
    signals: [
      { cost: null, perDecision: 0 },
      ...constraints.map(({ column, measure, target }) => ({
        cost: column,
        perDecision: measure === "per-decision" ? target : 0,
      })),
    ],
    sizes: {
      shape: model.shape,
      rows,
      rolloutLength: training.rolloutLength,
      values: 1 + constraints.length,
      objectives: environment.objectiveNames.length,
      costs: environment.costNames.length,
    },
    // Slate worlds have few active rows at a time and dear rows: small chunks waste less on padding.
    inferenceRows:
      training.inferenceRows ?? Math.min(rows, model.shape.distribution === "plackett-luce" ? 32 : 256),
    objectiveNames: environment.objectiveNames,
    costNames: environment.costNames,
  };
}
