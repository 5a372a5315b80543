import { z } from "zod";

/** A tensor as JSON: float32 values written so that reading them back gives the same bits. */
export const goldenTensorSchema = z.strictObject({
  shape: z.array(z.int().min(0)),
  data: z.array(z.number()),
});
export type GoldenTensor = z.infer<typeof goldenTensorSchema>;

/** How many requests `golden.json` holds. */
export const GOLDEN_REQUESTS = 100;

/** `golden.json` of a policy bundle: requests with the exact outputs of the graph, for any runtime to prove itself. */
export const goldenSchema = z.strictObject({
  schemaVersion: z.literal(1),
  tolerance: z
    .number()
    .positive()
    .max(1e-3)
    .describe("Largest difference, relative to max(1, |output|), to accept"),
  requests: z.array(
    z.strictObject({
      inputs: z.record(z.string(), goldenTensorSchema),
      outputs: z.record(z.string(), goldenTensorSchema),
    }),
  ),
});
export type Golden = z.infer<typeof goldenSchema>;
