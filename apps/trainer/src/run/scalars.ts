import type { IterationMetrics } from "@longview/policy-gradient";

/** What TensorBoard shows of an iteration, by tag. */
export function scalarsOf(metrics: IterationMetrics, decisionsPerSecond: number): Record<string, number> {
  const scalars: Record<string, number> = {
    "training/rewardPerDecision": metrics.rewardPerDecision,
    "training/episodeReturn": metrics.episodeReturn ?? Number.NaN,
    "training/episodeLength": metrics.episodeLength ?? Number.NaN,
    "update/policyLoss": metrics.policyLoss,
    "update/valueLoss": metrics.valueLoss,
    "update/entropy": metrics.entropy,
    "update/approximateKl": metrics.approximateKl,
    "update/clipFraction": metrics.clipFraction,
    "update/explainedVariance": metrics.explainedVariance ?? Number.NaN,
    "update/gradientNorm": metrics.gradientNorm,
    "update/learningRate": metrics.learningRate,
    "speed/decisionsPerSecond": decisionsPerSecond,
  };
  for (const [name, value] of Object.entries(metrics.objectives)) scalars[`objectives/${name}`] = value;
  for (const [name, value] of Object.entries(metrics.costs)) scalars[`costs/${name}`] = value;
  for (const [name, constraint] of Object.entries(metrics.constraints)) {
    scalars[`constraints/${name}`] = constraint.cost ?? Number.NaN;
    scalars[`constraints/${name}/limit`] = constraint.limit;
    scalars[`constraints/${name}/multiplier`] = constraint.multiplier;
  }
  return scalars;
}
