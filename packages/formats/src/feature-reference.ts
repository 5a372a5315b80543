import { z } from "zod";

/** How many quantiles describe a feature: 0 %, 1 %, … 100 %. */
export const REFERENCE_QUANTILES = 101;

/** How one feature was distributed when the policy met it in training. */
export const featureDistributionSchema = z
  .strictObject({
    name: z.string(),
    count: z
      .int()
      .positive()
      .describe("Values seen; the quantiles are of a sample of them where they are many"),
    minimum: z.number(),
    maximum: z.number(),
    mean: z.number(),
    standardDeviation: z.number().min(0).describe("With the number of values as denominator"),
    quantiles: z.array(z.number()).length(REFERENCE_QUANTILES).describe("0 %, 1 %, … 100 %"),
  })
  .refine(({ quantiles }) => quantiles.every((value, i) => i === 0 || value >= quantiles[i - 1]!), {
    path: ["quantiles"],
    error: "numbers that do not fall",
  });
export type FeatureDistribution = z.infer<typeof featureDistributionSchema>;

/** `features.json` of a policy bundle: what serving compares its features with, to see them drift. */
export const featureReferenceSchema = z.strictObject({
  schemaVersion: z.literal(1),
  decisions: z.int().positive().describe("Decisions of the policy itself in its training environment"),
  context: z
    .array(featureDistributionSchema)
    .describe("In the order of a decision's context: every observation entry but candidates and mask"),
  candidates: z
    .array(featureDistributionSchema)
    .describe(
      "In the order of a candidate's features, of one allowed candidate of each decision; none without slates",
    ),
});
export type FeatureReference = z.infer<typeof featureReferenceSchema>;
