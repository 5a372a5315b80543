import { z } from "zod";

const probability = z.number().gt(0).lte(1);

/** One candidate that a decision could have shown. */
export const candidateSchema = z.strictObject({
  item_id: z.string().min(1),
  creator_id: z.string().min(1),
  features: z.array(z.number()),
});

/**
 * One row of a decision log: one decision, with all that is needed to recompute its propensity. A bandit log is
 * the case of one step and a slate of one.
 */
export const decisionLogRowSchema = z
  .strictObject({
    decision_id: z.string().min(1),
    unit_id: z.string().min(1).describe("The user"),
    session_id: z.string().min(1),
    step: z.int().min(0),
    timestamp: z.number().describe("Seconds since 1970-01-01 UTC, or since the start of a simulated world"),
    policy_id: z.string().min(1),
    random_key: z.string(),
    context: z.array(z.number()),
    candidates: z.array(candidateSchema).min(1),
    slate: z.array(z.int().min(0)).min(1).describe("Positions into candidates, first shown first"),
    slate_propensity: probability,
    position_propensities: z.array(probability),
    objectives: z.record(z.string(), z.number()),
    costs: z.record(z.string(), z.number()),
    terminated: z.boolean(),
    truncated: z.boolean(),
    outcomes_complete: z.boolean().describe("False while the attribution window is open"),
  })
  .superRefine((row, context) => {
    if (row.position_propensities.length !== row.slate.length) {
      context.addIssue({
        code: "custom",
        path: ["position_propensities"],
        message: `has ${row.position_propensities.length} entries for a slate of ${row.slate.length}`,
      });
    }
    if (new Set(row.slate).size !== row.slate.length) {
      context.addIssue({ code: "custom", path: ["slate"], message: "shows a candidate twice" });
    }
    for (const [index, position] of row.slate.entries()) {
      if (position >= row.candidates.length) {
        context.addIssue({
          code: "custom",
          path: ["slate", index],
          message: `is ${position}, allowed: 0 … ${row.candidates.length - 1}`,
        });
      }
    }
  });
export type DecisionLogRow = z.infer<typeof decisionLogRowSchema>;
