import {
  abs,
  add,
  cast,
  exp,
  greater,
  maximum,
  mean,
  minimum,
  multiply,
  negate,
  square,
  subtract,
  sum,
} from "@longview/tensor";
import { scheduleValue } from "../schedule.ts";
import type { AlgorithmDefinition, LossInputs, LossOutputs } from "./definition.ts";
import type { AlgorithmSettings } from "./settings.ts";
import { klEstimates, scalar, totalLoss, valueError } from "./terms.ts";

type ProximalSettings = Extract<AlgorithmSettings, { name: "ppo" | "ppo-lagrangian" }>;

/**
 * Proximal policy optimisation: `−mean(min(r·A, clip(r, 1 ± ε)·A))`, r the probability ratio to the acting policy.
 *
 * @see Schulman et al. (2017), "Proximal Policy Optimization Algorithms"; docs/algorithms/ppo.md
 */
export const ppo: AlgorithmDefinition<Extract<AlgorithmSettings, { name: "ppo" }>> = {
  name: "ppo",
  constrained: false,
  plan: ({ epochs, gaeLambda }) => ({ epochs, lambda: gaeLambda }),
  scalars: proximalScalars,
  loss: proximalLoss,
};

export function proximalScalars(settings: ProximalSettings, progress: number): Record<string, number> {
  return {
    clipRange: scheduleValue(settings.clipRange, progress),
    entropyCoefficient: scheduleValue(settings.entropyCoefficient, progress),
  };
}

export function proximalLoss(inputs: LossInputs, settings: ProximalSettings): LossOutputs {
  const { advantage, values, returns, oldValues, scalars } = inputs;
  const clipRange = scalar(scalars, "clipRange");
  const low = subtract(1, clipRange);
  const high = add(1, clipRange);
  const logRatio = subtract(inputs.logProbability, inputs.oldLogProbability);
  const ratio = exp(logRatio);
  const clipped = minimum(maximum(ratio, low), high);
  const policyLoss = negate(mean(minimum(multiply(ratio, advantage), multiply(clipped, advantage))));
  const entropy = mean(inputs.entropy);
  let valueLoss = valueError(values, returns);
  if (settings.clipValues) {
    const move = minimum(maximum(subtract(values, oldValues), negate(clipRange)), clipRange);
    const clippedError = square(subtract(add(oldValues, move), returns));
    valueLoss = mean(sum(maximum(square(subtract(values, returns)), clippedError), { axes: 1 }));
  }
  const { approximateKl, oldApproximateKl } = klEstimates(logRatio);
  const { valueCoefficient, targetKl } = settings;
  return {
    loss: totalLoss(policyLoss, entropy, valueLoss, {
      entropyCoefficient: scalar(scalars, "entropyCoefficient"),
      valueCoefficient,
    }),
    metrics: {
      policyLoss,
      valueLoss,
      entropy,
      approximateKl,
      oldApproximateKl,
      clipFraction: mean(cast(greater(abs(subtract(ratio, 1)), clipRange), "float32")),
    },
    ...(targetKl === null ? {} : { stop: greater(approximateKl, 1.5 * targetKl) }),
  };
}
