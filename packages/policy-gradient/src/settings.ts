import { policySettings } from "@longview/policies";
import { z } from "zod";
import { algorithmSettings } from "./algorithms/settings.ts";

/** One constraint: the key it stands under is the name of one of the environment's costs. */
export const constraintSettings = z.strictObject({
  limit: z
    .number()
    .min(-1e9)
    .max(1e9)
    .describe(
      "The cost's mean must stay at or below this, in the cost's own unit (per decision or per episode).",
    ),
  margin: z
    .number()
    .gt(0)
    .max(1)
    .default(0.95)
    .describe(
      "Training aims at limit − (1 − margin)·|limit|, so that a fresh sample stays inside the limit.",
    ),
  measure: z
    .enum(["per-decision", "per-episode"])
    .default("per-decision")
    .describe(
      "What the limit bounds: the mean cost of a decision (a ratio), or the mean undiscounted sum over an episode.",
    ),
});
/** @see constraintSettings */
export type ConstraintSettings = z.infer<typeof constraintSettings>;

/** The `training` key of a run: how much is collected, and how it is scaled before it is learned from. */
export const trainingSettings = z.strictObject({
  steps: z
    .int()
    .min(1)
    .default(100_000)
    .describe(
      "Decisions in all (environment steps where every row always acts); the last iteration may pass it.",
    ),
  shards: z
    .int()
    .min(1)
    .max(4096)
    .default(1)
    .describe(
      "Independent vector environments (worlds). The unit of work: results do not depend on `workers`.",
    ),
  rowsPerShard: z
    .int()
    .min(1)
    .max(100_000)
    .default(8)
    .describe(
      "Rows of each shard: environments side by side, or user slots of one world (some worlds fix it themselves).",
    ),
  rolloutLength: z
    .int()
    .min(1)
    .max(100_000)
    .default(128)
    .describe("Ticks of every shard between two updates."),
  stagger: z
    .int()
    .min(0)
    .max(100_000)
    .default(0)
    .describe(
      "Shard i starts after i × this many ticks of random actions, so that worlds of a fixed length are not all young or all old at once.",
    ),
  normaliseObservations: z
    .boolean()
    .default(false)
    .describe(
      "Standardise observations by running moments, frozen within a rollout and exported inside the policy.",
    ),
  observationClip: z
    .number()
    .gt(0)
    .default(10)
    .describe("Normalised observations are clipped to ± this many standard deviations."),
  scaleRewards: z
    .boolean()
    .default(false)
    .describe(
      "Divide rewards (and cost signals) by the standard deviation of their discounted running return.",
    ),
  rewardClip: z
    .number()
    .gt(0)
    .nullable()
    .default(null)
    .describe("Clip a decision's (scaled) reward to ± this; null: never."),
  bootstrapOnTruncation: z
    .boolean()
    .default(true)
    .describe(
      "Value a truncated episode's final observation; false treats truncation as an end, as CleanRL's PPO does.",
    ),
  inferenceRows: z
    .int()
    .min(1)
    .max(4096)
    .nullable()
    .default(null)
    .describe(
      "Rows of one inference call, padded; null: the shard's rows, at most 32 for slates and 256 for others.",
    ),
  checkpointEvery: z
    .int()
    .min(1)
    .default(50)
    .describe(
      "Iterations between two checkpoints (the run also saves when it is interrupted and at its end).",
    ),
});
/** @see trainingSettings */
export type TrainingSettings = z.infer<typeof trainingSettings>;

/** Everything that decides a training run's numbers, except `workers` and (up to rounding) `executor`. */
export const trainConfiguration = z.strictObject({
  seed: z
    .union([z.string(), z.number()])
    .default(1)
    .describe("Any text or number; the root of every random draw."),
  workers: z
    .int()
    .min(1)
    .max(256)
    .default(1)
    .describe(
      "Threads that collect; 1 collects in the learner's thread. Results are the same bytes for any number.",
    ),
  executor: z
    .enum(["auto", "onnxruntime", "tensorflow"])
    .default("auto")
    .describe("What runs the compiled programs; auto takes ONNX Runtime."),
  environment: z
    .looseObject({ id: z.string().describe("Registered id, such as CartPole-v1 or marketplace/content-v0.") })
    .describe("The environment's id and, beside it, its options."),
  policy: policySettings.prefault({}),
  algorithm: algorithmSettings.prefault({ name: "ppo" }),
  constraints: z
    .record(z.string(), constraintSettings)
    .default({})
    .describe("Named limits on the environment's costs, all held at once (ppo-lagrangian only)."),
  training: trainingSettings.prefault({}),
});
/** A complete configuration: defaults filled in. */
export type TrainConfiguration = z.infer<typeof trainConfiguration>;
/** What a person writes: every key with a default may be left out. */
export type TrainConfigurationInput = z.input<typeof trainConfiguration>;
