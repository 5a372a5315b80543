import { z } from "zod";

const interval = z.tuple([z.number(), z.number()]).describe("[lower, upper] bound at the stated confidence");

/** A mean over independent worlds (or episodes) with its interval. */
export const estimateSchema = z.strictObject({ mean: z.number(), interval });
export type Estimate = z.infer<typeof estimateSchema>;

/** A cost's mean, the one-sided upper bound of that mean, and the limit it is judged by (null: none was set). */
export const costEstimateSchema = z.strictObject({
  mean: z.number(),
  upperBound: z.number(),
  limit: z.number().nullable(),
});
export type CostEstimate = z.infer<typeof costEstimateSchema>;

/** One policy's row of `evaluation.json`. Differences are trained minus this policy, paired by world. */
export const policyEvaluationSchema = z.strictObject({
  name: z.string().min(1),
  role: z.enum(["trained", "baseline", "ceiling"]),
  description: z.string().describe("How this policy was made, in a sentence"),
  value: estimateSchema,
  undiscountedValue: estimateSchema.optional(),
  objectives: z.record(z.string(), estimateSchema),
  costs: z.record(z.string(), costEstimateSchema),
  feasible: z.boolean().describe("Every cost with a limit has its upper bound within the limit"),
  differenceToTrained: z.strictObject({
    mean: z.number(),
    interval,
    objectives: z.record(z.string(), estimateSchema),
    costs: z.record(z.string(), estimateSchema),
  }),
  settings: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])).optional(),
  worldValues: z.array(z.number()).describe("The value in each world (or episode), in order"),
  weeklyValues: z.array(z.number()).optional().describe("Mean undiscounted value of each week"),
  weeklyEngagement: z
    .array(z.number())
    .optional()
    .describe("Mean engagement of each week, a user slot [minutes]"),
  daily: z
    .record(z.string(), z.array(z.number()))
    .optional()
    .describe("The ecosystem by day: mean over worlds of satisfaction, activeUsers, creatorsAlive, …"),
});
export type PolicyEvaluation = z.infer<typeof policyEvaluationSchema>;

/** The content of `evaluation.json` in a run folder. */
export const evaluationSchema = z.strictObject({
  schemaVersion: z.literal(1),
  environment: z.string(),
  unit: z.enum(["world", "episode"]).describe("What is resampled: whole independent worlds, or episodes"),
  units: z.int().positive().describe("How many of them"),
  days: z.number().positive().nullable().describe("Simulated days of each world; null where there are none"),
  discountFactor: z.number().gt(0).lte(1),
  confidence: z.number().gt(0).lt(1),
  seed: z.string(),
  method: z.array(z.string()).describe("How it was measured, one sentence each"),
  policies: z.array(policyEvaluationSchema).min(1),
});
export type Evaluation = z.infer<typeof evaluationSchema>;
