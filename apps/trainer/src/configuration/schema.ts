import { trainConfiguration } from "@longview/policy-gradient";
import { z } from "zod";

/** The `evaluation` key: how the trained policy is compared with others after training. */
export const evaluationSettings = z.strictObject({
  worlds: z
    .int()
    .min(4)
    .max(10_000)
    .default(24)
    .describe(
      "Fresh worlds on which the policies are compared, on the same noise; intervals resample whole worlds (Student's t below 10).",
    ),
  days: z
    .int()
    .min(1)
    .max(3650)
    .nullable()
    .default(null)
    .describe("Days simulated in each of them; null: the world's own horizon."),
  episodes: z
    .int()
    .min(4)
    .max(100_000)
    .default(100)
    .describe("Where there are no worlds (classic control): greedy episodes of each policy."),
  discountFactor: z
    .number()
    .gt(0)
    .max(1)
    .default(0.99)
    .describe("Worth of the next step against this one in the ecosystem value; whatever training uses."),
  tuningTrials: z
    .int()
    .min(1)
    .max(10_000)
    .default(24)
    .describe("Settings tried, on training worlds, for the hand-written heuristic and for the oracle."),
  tuningWorlds: z
    .int()
    .min(1)
    .max(1000)
    .default(2)
    .describe("Training worlds on which each of these trials is simulated."),
  confidence: z
    .number()
    .gt(0.5)
    .max(0.999)
    .default(0.95)
    .describe(
      "Confidence of every interval and upper bound; beyond 0.999 the 2000 resamples could not reach the tail.",
    ),
  actions: z
    .enum(["greedy", "sampled"])
    .default("greedy")
    .describe("Whether the trained policy shows its best-scored actions or samples them as in training."),
});
/** @see evaluationSettings */
export type EvaluationSettings = z.infer<typeof evaluationSettings>;

/** The `logging` key: what is written while training. */
export const loggingSettings = z.strictObject({
  every: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(1)
    .describe("Iterations between two plain lines where output is not a terminal."),
  tensorboard: z.boolean().default(true).describe("Whether TensorBoard events are written."),
  report: z.boolean().default(true).describe("Whether report.html is written at the end."),
});
/** @see loggingSettings */
export type LoggingSettings = z.infer<typeof loggingSettings>;

/** A complete run configuration: what a YAML or JSON file holds, with defaults filled in. */
export const runConfiguration = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, "letters, digits, dots, dashes and underscores, at most 100")
    .default("run")
    .describe("Name of the run; its folder is runs/NAME unless --run-dir says otherwise."),
  ...trainConfiguration.shape,
  evaluation: evaluationSettings
    .prefault({})
    .describe("How the trained policy is compared with others after training."),
  logging: loggingSettings.prefault({}).describe("What is written while training."),
});
/** @see runConfiguration */
export type RunConfiguration = z.infer<typeof runConfiguration>;
