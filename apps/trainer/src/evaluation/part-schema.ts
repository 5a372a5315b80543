import { z } from "zod";
import type { EvaluationPartResult } from "./work.ts";

const numbers = z.record(z.string(), z.number());

/** A finished part of a comparison as it is kept on disk; anything else there is made again. */
export const evaluationPartSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("tuning"),
    tuning: z.strictObject({ weights: numbers, score: z.number() }),
  }),
  z.strictObject({
    kind: z.literal("units"),
    units: z.array(
      z.strictObject({
        value: z.number(),
        undiscountedValue: z.number(),
        objectives: numbers,
        costs: numbers,
        weeklyValues: z.array(z.number()).exactOptional(),
        weeklyEngagement: z.array(z.number()).exactOptional(),
        daily: z.record(z.string(), z.array(z.number())).exactOptional(),
      }),
    ),
  }),
]) satisfies z.ZodType<EvaluationPartResult>;
