import type { Tensor } from "@longview/tensor";
import type { AlgorithmSettings } from "./settings.ts";

/** What a loss sees: one minibatch as symbolic tensors. B rows, V value heads. */
export interface LossInputs {
  /** Log-probability of the taken actions under the current parameters, `[B]`. */
  readonly logProbability: Tensor;
  /** Entropy of the current distributions, `[B]`. */
  readonly entropy: Tensor;
  /** Current values, `[B, V]`. */
  readonly values: Tensor;
  /** Log-probability under the policy that acted, `[B]`. */
  readonly oldLogProbability: Tensor;
  /** Combined and, by setting, normalised advantages, `[B]`. */
  readonly advantage: Tensor;
  /** Value targets, `[B, V]`. */
  readonly returns: Tensor;
  /** Values when the actions were taken, `[B, V]`. */
  readonly oldValues: Tensor;
  /** The scalars that the definition names. */
  readonly scalars: Readonly<Record<string, Tensor>>;
}

/** A loss and what is logged beside it; all scalars. */
export interface LossOutputs {
  readonly loss: Tensor;
  readonly metrics: Readonly<Record<LossMetric, Tensor>>;
  /** True: leave the rest of this update out, this minibatch included. */
  readonly stop?: Tensor;
}

/** What every loss reports. */
export const LOSS_METRICS = [
  "policyLoss",
  "valueLoss",
  "entropy",
  "approximateKl",
  "oldApproximateKl",
  "clipFraction",
] as const;
export type LossMetric = (typeof LOSS_METRICS)[number];

/** Plan of an update that follows from the settings. */
export interface UpdatePlan {
  readonly epochs: number;
  /** λ of the advantage estimation. */
  readonly lambda: number;
}

/** An algorithm: its loss, and the few numbers in which its training loop differs. */
export interface AlgorithmDefinition<Settings extends AlgorithmSettings> {
  readonly name: Settings["name"];
  /** Whether it holds constraints; others refuse them. */
  readonly constrained: boolean;
  plan(settings: Settings): UpdatePlan;
  /** Values of the loss's scalars at `progress` (0 … 1). Their names are compiled into the update. */
  scalars(settings: Settings, progress: number): Readonly<Record<string, number>>;
  loss(inputs: LossInputs, settings: Settings): LossOutputs;
}
