import type { AlgorithmDefinition } from "./definition.ts";
import { proximalLoss, proximalScalars } from "./ppo.ts";
import type { AlgorithmSettings } from "./settings.ts";

/**
 * PPO's loss on the Lagrangian's advantage `(A_reward − Σ λ_c A_c) / (1 + Σ λ_c)`, which the trainer forms from one
 * value head a constraint and one controlled multiplier each.
 *
 * @see docs/algorithms/ppo-lagrangian.md
 */
export const ppoLagrangian: AlgorithmDefinition<Extract<AlgorithmSettings, { name: "ppo-lagrangian" }>> = {
  name: "ppo-lagrangian",
  constrained: true,
  plan: ({ epochs, gaeLambda }) => ({ epochs, lambda: gaeLambda }),
  scalars: proximalScalars,
  loss: proximalLoss,
};
