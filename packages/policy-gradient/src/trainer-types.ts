import type { PolicyState } from "@longview/policies";
import type { TrainConfiguration } from "./settings.ts";

/** What one constraint did in an iteration. */
export interface ConstraintMetrics {
  /** Mean cost measured in this iteration, in the limit's unit; null when nothing could be measured (no episode ended). */
  readonly cost: number | null;
  readonly limit: number;
  /** limit − (1 − margin)·|limit| */
  readonly target: number;
  /** Multiplier in force during this iteration's update. */
  readonly multiplier: number;
}

/** One row of metrics.jsonl. Plain JSON, a pure function of configuration and iteration: no clock in it. */
export interface IterationMetrics {
  /** 1 for the first. */
  readonly iteration: number;
  /** Decisions taken so far, all shards. */
  readonly steps: number;
  /** Decisions learned from in this iteration. */
  readonly batchDecisions: number;
  readonly episodes: number;
  /** Means over the episodes that ended in this iteration; null when none did. */
  readonly episodeReturn: number | null;
  readonly episodeLength: number | null;
  /** Mean reward of a decision in this iteration. */
  readonly rewardPerDecision: number;
  /** Means of a decision, by name. */
  readonly objectives: Readonly<Record<string, number>>;
  readonly costs: Readonly<Record<string, number>>;
  readonly constraints: Readonly<Record<string, ConstraintMetrics>>;
  readonly policyLoss: number;
  readonly valueLoss: number;
  readonly entropy: number;
  /** k3 estimate, mean((r − 1) − log r). */
  readonly approximateKl: number;
  /** k1 estimate, mean(−log r). */
  readonly oldApproximateKl: number;
  readonly clipFraction: number;
  /** 1 − Var(returns − values) / Var(returns) of the reward's value; null when returns do not vary. */
  readonly explainedVariance: number | null;
  readonly gradientNorm: number;
  /** Gradient steps taken in this iteration (fewer than planned after a KL stop). */
  readonly gradientSteps: number;
  readonly learningRate: number;
  readonly clipRange: number | null;
  readonly entropyCoefficient: number;
}

/** An evaluation kept with the state, so that a resumed run knows the best so far. */
export interface EvaluationRecord {
  readonly iteration: number;
  readonly score: number;
}

/** A training run as a loop that its caller drives. */
export interface Trainer {
  readonly configuration: TrainConfiguration;
  /** Iterations done. */
  readonly iteration: number;
  /** Decisions taken. */
  readonly steps: number;
  /** Whether `steps` has reached `configuration.training.steps`. */
  readonly finished: boolean;
  /** Mean return of the last (at most) 100 episodes that ended, in shard order within an iteration; null before the first. */
  readonly recentReturn: number | null;
  /** The current policy: enough for an actor, an evaluation or an export. A copy. */
  policy(): PolicyState;
  /**
   * Collects one rollout and learns from it.
   *
   * @throws NonFiniteError of the tensor package, naming tensor and step; the state then is as before the update,
   *   and the last checkpoint stays good
   */
  iterate(): Promise<IterationMetrics>;
  /** Keeps `record` as last and, where its score is higher, best evaluation; part of the checkpoint. */
  recordEvaluation(record: EvaluationRecord): void;
  readonly lastEvaluation: EvaluationRecord | null;
  readonly bestEvaluation: EvaluationRecord | null;
  /** The complete state as one value: a JSON header and binary sections. */
  checkpoint(): Promise<Uint8Array>;
  /** Continues from a {@link Trainer.checkpoint} of the same configuration (workers may differ), to the same bytes. */
  restore(checkpoint: Uint8Array): Promise<void>;
  /** Ends worker threads and sessions. */
  dispose(): Promise<void>;
}
