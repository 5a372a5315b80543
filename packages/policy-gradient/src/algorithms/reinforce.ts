import { actorCriticLoss, actorCriticScalars } from "./a2c.ts";
import type { AlgorithmDefinition } from "./definition.ts";
import type { AlgorithmSettings } from "./settings.ts";

/**
 * REINFORCE with a learned baseline: `−mean(log π(a|s)·(G − V(s)))`, G the discounted return (λ = 1), one pass.
 *
 * @see Williams (1992), "Simple Statistical Gradient-Following Algorithms"; docs/algorithms/reinforce.md
 */
export const reinforce: AlgorithmDefinition<Extract<AlgorithmSettings, { name: "reinforce" }>> = {
  name: "reinforce",
  constrained: false,
  plan: () => ({ epochs: 1, lambda: 1 }),
  scalars: actorCriticScalars,
  loss: actorCriticLoss,
};
