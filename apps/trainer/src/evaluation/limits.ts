import type { TrainConfiguration } from "@longview/policy-gradient";
import type { RunConfiguration } from "../configuration/schema.ts";

/** The limit of every constrained cost. */
export function limitsOf(configuration: RunConfiguration): Record<string, number> {
  return Object.fromEntries(
    Object.entries(configuration.constraints).map(([name, constraint]) => [name, constraint.limit]),
  );
}

/** What training aims at, a margin inside each limit; baselines are tuned towards the same. */
export function trainingTargets(configuration: RunConfiguration): Record<string, number> {
  return Object.fromEntries(
    Object.entries(configuration.constraints).map(([name, { limit, margin }]) => [
      name,
      limit - (1 - margin) * Math.abs(limit),
    ]),
  );
}

/** The part of a run's configuration that the training library knows. */
export function trainingPart(configuration: RunConfiguration): TrainConfiguration {
  const { name: _name, evaluation: _evaluation, logging: _logging, ...part } = configuration;
  return part;
}
