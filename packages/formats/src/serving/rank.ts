import { z } from "zod";
import { servingErrorSchema } from "./error.ts";

/** Most candidates of one decision. */
export const MAXIMUM_CANDIDATES = 2000;
/** Most slots of a slate: with more, a slate's propensity may be too small for a double. */
export const MAXIMUM_SLOTS = 50;
/** Most decisions of one batch. */
export const MAXIMUM_BATCH = 64;
/** Longest name that travels, in UTF-16 code units. */
export const MAXIMUM_NAME = 256;
/** Last step of a session. */
export const MAXIMUM_STEP = 1_000_000_000;
/** Most features of a candidate, and most numbers of a context. */
export const MAXIMUM_FEATURES = 4096;
/** Largest number of a feature: what a float32 holds. */
export const MAXIMUM_FEATURE = 3.4028234663852886e38;

// What is blank would be no name to a log's readers, which trim.
const nameSchema = z.string().max(MAXIMUM_NAME).regex(/\S/, "a name that is not blank");
const featureSchema = z.number().min(-MAXIMUM_FEATURE).max(MAXIMUM_FEATURE);
const namedFeaturesSchema = z
  .record(nameSchema, featureSchema)
  .refine((features) => Object.keys(features).length <= MAXIMUM_FEATURES, {
    error: `at most ${MAXIMUM_FEATURES} features`,
  });

/** Candidates as rows of arrays under one list of feature names: the fast form. */
export const candidateRowsSchema = z
  .strictObject({
    features: z
      .array(nameSchema)
      .max(MAXIMUM_FEATURES)
      .describe("The features' names, in the order of a row"),
    item_ids: z.array(nameSchema).min(1).max(MAXIMUM_CANDIDATES),
    creator_ids: z.array(nameSchema).optional().describe("One an item; without it the log says none"),
    rows: z.array(z.array(featureSchema)).describe("One an item, one number a feature; held as float32"),
    eligible: z.array(z.boolean()).optional().describe("One an item; what is false is never shown"),
  })
  .superRefine(({ features, item_ids, creator_ids, rows, eligible }, context) => {
    const odd = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: "custom", path, message });
    if (new Set(features).size !== features.length) odd(["features"], "names a feature twice");
    if (new Set(item_ids).size !== item_ids.length) odd(["item_ids"], "names an item twice");
    for (const [name, list] of Object.entries({ creator_ids, rows, eligible }))
      if (list !== undefined && list.length !== item_ids.length)
        odd([name], `has ${list.length} entries for ${item_ids.length} items`);
    for (const [number, row] of rows.entries())
      if (row.length !== features.length)
        odd(["rows", number], `has ${row.length} numbers for ${features.length} features`);
  });

/** Candidates one by one, their features by name. */
export const namedCandidatesSchema = z
  .array(
    z.strictObject({
      item_id: nameSchema,
      creator_id: nameSchema.optional(),
      features: namedFeaturesSchema,
      eligible: z.boolean().optional().describe("False: never shown"),
    }),
  )
  .min(1)
  .max(MAXIMUM_CANDIDATES)
  .superRefine((candidates, context) => {
    const names = Object.keys(candidates[0]?.features ?? {});
    if (new Set(candidates.map(({ item_id }) => item_id)).size !== candidates.length)
      context.addIssue({ code: "custom", message: "names an item twice" });
    for (const [number, { features }] of candidates.entries())
      if (
        Object.keys(features).length !== names.length ||
        !names.every((name) => Object.hasOwn(features, name))
      )
        context.addIssue({
          code: "custom",
          path: [number, "features"],
          message: "names other features than candidates.0",
        });
  });

/** Body of `POST /v1/rank`: one decision to make. */
export const rankRequestSchema = z.strictObject({
  unit_id: nameSchema.describe("The user: says which of several policies decides, and stands in the log"),
  session_id: nameSchema
    .optional()
    .describe("Decisions of one session; without it the decision stands alone"),
  step: z.int().min(0).max(MAXIMUM_STEP).optional().describe("Of the session. Default: 0"),
  mode: z
    .enum(["explore", "greedy"])
    .optional()
    .describe("A slate drawn with its propensity, or the best one. Default: explore"),
  seed: nameSchema.optional().describe("The same request with the same seed gets the same slate"),
  slots: z
    .int()
    .min(1)
    .max(MAXIMUM_SLOTS)
    .optional()
    .describe("Items to show. Default: what the policy was trained for"),
  context: z
    .union([z.array(featureSchema).max(MAXIMUM_FEATURES), namedFeaturesSchema])
    .describe("The numbers in the policy's order, or by name"),
  candidates: z.union([candidateRowsSchema, namedCandidatesSchema]),
});
export type RankRequest = z.infer<typeof rankRequestSchema>;

/** Answer of `POST /v1/rank`. The decision is in the log when it is given. */
export const rankAnswerSchema = z.strictObject({
  decision_id: z.string().describe("What feedback is joined by"),
  policy_id: z.string().describe("What decided: a bundle's id, /floor=SHARE and /greedy where they apply"),
  policy: z.string().describe("Its name in the deployment"),
  mode: z.enum(["explore", "greedy"]),
  item_ids: z.array(z.string()).describe("What to show, first shown first"),
  positions: z.array(z.int()).describe("Places of the items among the request's candidates"),
  slate_propensity: z.number().describe("Probability of the whole slate, floor included"),
  position_propensities: z.array(z.number()).describe("Of each position given those before it"),
  random_key: z.string().describe("Replays the draw from the decision's log row"),
});
export type RankAnswer = z.infer<typeof rankAnswerSchema>;

/** Body of `POST /v1/rank/batch`. */
export const rankBatchRequestSchema = z.strictObject({
  requests: z.array(rankRequestSchema).min(1).max(MAXIMUM_BATCH),
});
export type RankBatchRequest = z.infer<typeof rankBatchRequestSchema>;

/** Answer of `POST /v1/rank/batch`: one a request, in their order. */
export const rankBatchAnswerSchema = z.strictObject({
  answers: z.array(z.union([rankAnswerSchema, servingErrorSchema])),
});
export type RankBatchAnswer = z.infer<typeof rankBatchAnswerSchema>;
