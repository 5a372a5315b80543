import { constant, mean, multiply, negate, subtract } from "@longview/tensor";
import { scheduleValue } from "../schedule.ts";
import type { AlgorithmDefinition, LossInputs, LossOutputs } from "./definition.ts";
import type { AlgorithmSettings } from "./settings.ts";
import { klEstimates, scalar, totalLoss, valueError } from "./terms.ts";

type ActorCriticSettings = Extract<AlgorithmSettings, { name: "a2c" | "reinforce" }>;

/**
 * Advantage actor-critic: `−mean(log π(a|s)·A)`, one pass.
 *
 * @see Mnih et al. (2016), "Asynchronous Methods for Deep Reinforcement Learning"; docs/algorithms/a2c.md
 */
export const a2c: AlgorithmDefinition<Extract<AlgorithmSettings, { name: "a2c" }>> = {
  name: "a2c",
  constrained: false,
  plan: ({ gaeLambda }) => ({ epochs: 1, lambda: gaeLambda }),
  scalars: actorCriticScalars,
  loss: actorCriticLoss,
};

export function actorCriticScalars(settings: ActorCriticSettings, progress: number): Record<string, number> {
  return { entropyCoefficient: scheduleValue(settings.entropyCoefficient, progress) };
}

export function actorCriticLoss(inputs: LossInputs, settings: ActorCriticSettings): LossOutputs {
  const policyLoss = negate(mean(multiply(inputs.logProbability, inputs.advantage)));
  const valueLoss = valueError(inputs.values, inputs.returns);
  const entropy = mean(inputs.entropy);
  return {
    loss: totalLoss(policyLoss, entropy, valueLoss, {
      entropyCoefficient: scalar(inputs.scalars, "entropyCoefficient"),
      valueCoefficient: settings.valueCoefficient,
    }),
    metrics: {
      policyLoss,
      valueLoss,
      entropy,
      ...klEstimates(subtract(inputs.logProbability, inputs.oldLogProbability)),
      clipFraction: constant(0),
    },
  };
}
