import { a2c } from "./a2c.ts";
import type { AlgorithmDefinition, LossInputs, LossOutputs, UpdatePlan } from "./definition.ts";
import { ppoLagrangian } from "./ppo-lagrangian.ts";
import { ppo } from "./ppo.ts";
import { reinforce } from "./reinforce.ts";
import type { AlgorithmName, AlgorithmSettings } from "./settings.ts";

/** An algorithm with its settings bound. */
export interface Algorithm {
  readonly name: AlgorithmName;
  readonly constrained: boolean;
  readonly plan: UpdatePlan;
  scalars(progress: number): Readonly<Record<string, number>>;
  loss(inputs: LossInputs): LossOutputs;
}

/** The algorithm that `settings.name` names. A new algorithm is its loss file, its settings, and one line here. */
export function algorithmOf(settings: AlgorithmSettings): Algorithm {
  // prettier-ignore
  switch (settings.name) {
    case "ppo": return bind(ppo, settings);
    case "ppo-lagrangian": return bind(ppoLagrangian, settings);
    case "a2c": return bind(a2c, settings);
    case "reinforce": return bind(reinforce, settings);
  }
}

function bind<Settings extends AlgorithmSettings>(
  definition: AlgorithmDefinition<Settings>,
  settings: Settings,
): Algorithm {
  return {
    name: definition.name,
    constrained: definition.constrained,
    plan: definition.plan(settings),
    scalars: (progress) => definition.scalars(settings, progress),
    loss: (inputs) => definition.loss(inputs, settings),
  };
}
