import * as z from "zod";
import { parameter, wholeParameter } from "../laws/parameter.ts";

/** Options of `rddl/recsim-ecosystem-v0`; the defaults have the sizes of the competition's larger public instances. */
export const rddlEcosystemOptions = z.strictObject({
  instanceFile: z
    .string()
    .default("")
    .describe("File of a RDDL instance, which sets consumers to horizon; empty: one is generated."),
  instanceSeed: z.int().min(0).default(6).describe("Which instance is generated."),
  consumers: wholeParameter(1, 1_000_000, 100, "Consumers of one world; rowCount is a multiple of it."),
  providers: wholeParameter(1, 10_000, 15, "Providers."),
  items: wholeParameter(1, 100_000, 75, "Item slots, drawn anew each step."),
  maximumAffinity: parameter(-1e6, 1e6, 50, "Satisfaction of a consumer with an item at distance 0."),
  horizon: wholeParameter(1, 1_000_000, 200, "Steps after which an episode is truncated."),
  featureOwner: z
    .enum(["previous", "current"])
    .default("previous")
    .describe(
      "Whose competence an item shows: previous: who held its slot a step before, as the domain; current: who is credited.",
    ),
  rewardTiming: z
    .enum(["rddl", "immediate"])
    .default("rddl")
    .describe(
      "rddl: a step's reward is the satisfaction of the step before, as the domain; immediate: of the step.",
    ),
});
export type RddlEcosystemOptions = z.infer<typeof rddlEcosystemOptions>;
