import { z } from "zod";

/**
 * One line of `metrics.jsonl`: one training iteration. It holds nothing of the clock, so an interrupted run
 * that is resumed writes the same bytes as one that was not. Numbers that do not exist yet (no episode has
 * ended, say) are null.
 */
export const metricsRowSchema = z.strictObject({
  iteration: z.int().positive(),
  decisions: z.int().min(0).describe("Decisions collected so far, over all worlds"),
  value: z.number().nullable().describe("Training return: the run's measure of what the policy earns"),
  objectives: z.record(z.string(), z.number().nullable()).describe("Mean of each objective a decision"),
  costs: z
    .record(z.string(), z.number().nullable())
    .describe("Mean of each cost, in its constraint's measure"),
  limits: z.record(z.string(), z.number()),
  multipliers: z.record(z.string(), z.number().min(0)),
  update: z.record(z.string(), z.number().nullable()).describe("Losses and diagnostics of the update"),
});
export type MetricsRow = z.infer<typeof metricsRowSchema>;

/** One line of `timing.jsonl`, the only place beside the events and lineage that knows of wall-clock time. */
export const timingRowSchema = z.strictObject({
  iteration: z.int().positive(),
  decisions: z.int().min(0),
  seconds: z.number().min(0),
  decisionsPerSecond: z.number().min(0),
});
export type TimingRow = z.infer<typeof timingRowSchema>;
