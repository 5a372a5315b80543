import { z } from "zod";

const count = z.int().min(0);
const orNull = z.number().nullable();

/**
 * One line of `metrics.jsonl`: one training iteration. It holds nothing of the clock, so an interrupted run
 * that is resumed writes the same bytes as one that was not. Numbers that do not exist (no episode has ended,
 * say) are null.
 */
export const metricsRowSchema = z.looseObject({
  iteration: z.int().positive(),
  steps: count.describe("Decisions taken so far, over all shards"),
  batchDecisions: count.describe("Decisions learned from in this iteration"),
  episodes: count.describe("Episodes that ended in this iteration"),
  episodeReturn: orNull.describe("Their mean return"),
  episodeLength: orNull.describe("Their mean number of decisions"),
  rewardPerDecision: z.number(),
  objectives: z.record(z.string(), z.number()).describe("Mean of each objective a decision"),
  costs: z.record(z.string(), z.number()).describe("Mean of each cost a decision"),
  constraints: z.record(
    z.string(),
    z.strictObject({ cost: orNull, limit: z.number(), target: z.number(), multiplier: z.number().min(0) }),
  ),
  policyLoss: z.number(),
  valueLoss: z.number(),
  entropy: z.number(),
  approximateKl: z.number(),
  explainedVariance: orNull,
  gradientNorm: z.number(),
  learningRate: z.number().min(0),
});
export type MetricsRow = z.infer<typeof metricsRowSchema>;

/** One line of `timing.jsonl`, the only place beside the events and lineage that knows of wall-clock time. */
export const timingRowSchema = z.strictObject({
  iteration: z.int().positive(),
  steps: count,
  seconds: z.number().min(0).describe("Wall-clock time of this iteration"),
  decisionsPerSecond: z.number().min(0),
});
export type TimingRow = z.infer<typeof timingRowSchema>;
