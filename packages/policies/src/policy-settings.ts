import { z } from "zod";

const sizes = z.array(z.int().min(1).max(4096)).max(8);

/**
 * The `policy` key of a run: the network behind a policy.
 *
 * Which distribution it feeds follows from the environment's action space: Discrete and MultiDiscrete →
 * categorical, Box → diagonal Gaussian, Slate → Plackett–Luce.
 */
export const policySettings = z.strictObject({
  hiddenSizes: sizes
    .default([64, 64])
    .describe("Widths of the hidden layers; for slates those of the context tower and of the value network."),
  activation: z.enum(["tanh", "relu"]).default("tanh").describe("Non-linearity of every hidden layer."),
  sharedTrunk: z
    .boolean()
    .default(false)
    .describe(
      "Whether policy and value heads share their hidden layers (cheaper; separate ones learn better on small tasks).",
    ),
  itemSizes: sizes
    .min(1)
    .default([64, 32])
    .describe("Slates only: widths of the item tower's layers, each applied to every candidate."),
  relativeFeatures: z
    .boolean()
    .default(true)
    .describe(
      "Slates only: also show the network the mean of the candidate set, so an item is judged against its rivals.",
    ),
  policyGain: z
    .number()
    .gt(0)
    .max(10)
    .default(0.01)
    .describe("Orthogonal gain of the policy head's first weights; small starts near uniform."),
  initialLogStandardDeviation: z
    .number()
    .min(-5)
    .max(2)
    .default(0)
    .describe("Box actions only: first value of the state-independent log standard deviation."),
});

/** @see policySettings */
export type PolicySettings = z.infer<typeof policySettings>;
