import { z } from "zod";
import { scheduleSchema } from "../schedule.ts";

const shared = {
  discountFactor: z
    .number()
    .gt(0)
    .max(1)
    .default(0.99)
    .describe("Worth of the next tick against this one. Higher looks further ahead, with more variance."),
  learningRate: scheduleSchema(0, 1)
    .default(3e-4)
    .describe("Adam's step size: a number, or { from, to } for a straight line over the run."),
  minibatchSize: z
    .int()
    .min(2)
    .max(1_000_000)
    .default(256)
    .describe(
      "Decisions of one gradient step. A rest smaller than this is left out of that epoch's permutation.",
    ),
  entropyCoefficient: scheduleSchema(0, 10)
    .default(0)
    .describe("Weight of the entropy bonus. Higher keeps exploring longer. A number or { from, to }."),
  valueCoefficient: z
    .number()
    .min(0)
    .max(100)
    .default(0.5)
    .describe(
      "loss = policy loss + this · mean squared error of the values (no hidden ½: CleanRL's 0.5 is 0.25 here, SB3's 0.5 is 0.5).",
    ),
  maximumGradientNorm: z
    .number()
    .gt(0)
    .default(0.5)
    .describe("Global norm, over policy and values together, to which gradients are clipped."),
  adamEpsilon: z.number().gt(0).max(1).default(1e-5).describe("Added to the root of Adam's second moment."),
  advantageNormalisation: z
    .enum(["minibatch", "batch", "none"])
    .default("minibatch")
    .describe("Over which set advantages get mean 0 and unbiased standard deviation 1 (+ 1e-8)."),
} as const;

const generalisedAdvantage = {
  gaeLambda: z
    .number()
    .min(0)
    .max(1)
    .default(0.95)
    .describe(
      "Advantage estimation's λ, per decision: 1 trusts returns (variance), 0 trusts the value network (bias).",
    ),
} as const;

const proximal = {
  epochs: z
    .int()
    .min(1)
    .max(1000)
    .default(4)
    .describe("Passes over each rollout. More reuses data and strays further from it."),
  clipRange: scheduleSchema(0.001, 10)
    .default(0.2)
    .describe("The probability ratio stops paying beyond 1 ± this. A number or { from, to }."),
  clipValues: z
    .boolean()
    .default(false)
    .describe("Clip the value's move by clipRange too (CleanRL does, SB3 does not; can hurt)."),
  targetKl: z
    .number()
    .gt(0)
    .nullable()
    .default(null)
    .describe("Stop an update before the minibatch whose approximate KL passes 1.5 × this; null: never."),
} as const;

/** Gains of the controller that moves each constraint's multiplier. */
export const multiplierSettings = z
  .strictObject({
    initial: z.number().min(0).max(1e6).default(0).describe("Multiplier before the first update."),
    proportionalGain: z
      .number()
      .min(0)
      .max(1e6)
      .default(1)
      .describe("Answer to the present (smoothed) violation."),
    integralGain: z
      .number()
      .min(0)
      .max(1e6)
      .default(0.05)
      .describe("Answer to the violation summed over updates; finds the multiplier."),
    derivativeGain: z
      .number()
      .min(0)
      .max(1e6)
      .default(0)
      .describe("Answer to a growing violation; damps overshoot."),
    smoothing: z
      .number()
      .min(0)
      .lt(1)
      .default(0.5)
      .describe("Share of the past in the violation that P and D see."),
    maximum: z
      .number()
      .gt(0)
      .max(1e6)
      .default(100)
      .describe("Upper bound of a multiplier; the integral stops there (anti-windup)."),
  })
  .refine(({ initial, maximum }) => initial <= maximum, {
    path: ["initial"],
    message: "it must be at most algorithm.multiplier.maximum",
  });
/** @see multiplierSettings */
export type MultiplierSettings = z.infer<typeof multiplierSettings>;

export const ppoSettings = z.strictObject({
  name: z.literal("ppo").describe("Proximal policy optimisation with a clipped surrogate."),
  ...shared,
  ...generalisedAdvantage,
  ...proximal,
});
export const ppoLagrangianSettings = z.strictObject({
  name: z
    .literal("ppo-lagrangian")
    .describe("PPO under constraints: one PID-controlled multiplier for each."),
  ...shared,
  ...generalisedAdvantage,
  ...proximal,
  multiplier: multiplierSettings.prefault({}).describe("The controller of every constraint's multiplier."),
});
export const a2cSettings = z.strictObject({
  name: z.literal("a2c").describe("Advantage actor-critic: one pass, no ratio, no clipping."),
  ...shared,
  ...generalisedAdvantage,
});
export const reinforceSettings = z.strictObject({
  name: z.literal("reinforce").describe("Returns minus a learned baseline; λ is 1."),
  ...shared,
});

/** The `algorithm` key of a run, told apart by `name`. */
export const algorithmSettings = z.discriminatedUnion("name", [
  ppoSettings,
  ppoLagrangianSettings,
  a2cSettings,
  reinforceSettings,
]);
/** @see algorithmSettings */
export type AlgorithmSettings = z.infer<typeof algorithmSettings>;
/** Name of a registered algorithm. */
export type AlgorithmName = AlgorithmSettings["name"];
