import type { PolicyState } from "@longview/policies";
import type { TrainConfiguration } from "./settings.ts";
import type { IterationMetrics } from "./trainer-types.ts";
import { createTrainer, type TrainerOptions } from "./trainer.ts";

export interface TrainOptions extends TrainerOptions {
  /** Called after every iteration. */
  readonly onIteration?: (metrics: IterationMetrics) => void;
}

export interface TrainResult {
  readonly policy: PolicyState;
  /** One an iteration. */
  readonly metrics: readonly IterationMetrics[];
  /** The complete final state. */
  readonly checkpoint: Uint8Array;
}

/**
 * Trains to the end in one call. To save, stop or resume in between, drive {@link createTrainer} instead.
 *
 * @throws ConfigurationError when a key contradicts the environment
 * @example
 * const { policy } = await train(trainConfiguration.parse({ environment: { id: "CartPole-v1" } }));
 */
export async function train(
  configuration: TrainConfiguration,
  options: TrainOptions = {},
): Promise<TrainResult> {
  const trainer = await createTrainer(configuration, options);
  try {
    const metrics: IterationMetrics[] = [];
    while (!trainer.finished) {
      const row = await trainer.iterate();
      metrics.push(row);
      options.onIteration?.(row);
    }
    return { policy: trainer.policy(), metrics, checkpoint: await trainer.checkpoint() };
  } finally {
    await trainer.dispose();
  }
}
