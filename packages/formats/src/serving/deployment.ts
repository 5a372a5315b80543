import { z } from "zod";
import { MAXIMUM_CANDIDATES, MAXIMUM_NAME } from "./rank.ts";

const plainName = z
  .string()
  .max(128)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
    "letters, digits, dot, dash and underscore, the first a letter or digit",
  );

/** One policy that is to be live. */
export const deployedPolicySchema = z.strictObject({
  name: plainName.describe("Decides which units it gets: a policy that keeps its name keeps its units"),
  bundle: plainName.describe("A folder under the server's bundles root"),
  share: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe("Of the units; the shares of those that serve sum to 1. Default: 1, of shadows 0"),
  mode: z
    .enum(["serve", "shadow"])
    .optional()
    .describe("A shadow ranks the same requests and nobody sees it. Default: serve"),
  propensity_floor: z
    .number()
    .min(0)
    .lt(1)
    .optional()
    .describe("Share of uniformly random slates. Default: the bundle's own"),
});
export type DeployedPolicy = z.infer<typeof deployedPolicySchema>;

/** Body of `PUT /v1/policy`: replaces everything that is live at once. */
export const deploymentRequestSchema = z
  .strictObject({ policies: z.array(deployedPolicySchema).min(1).max(16) })
  .superRefine(({ policies }, context) => {
    const odd = (message: string): void => context.addIssue({ code: "custom", path: ["policies"], message });
    if (new Set(policies.map(({ name }) => name)).size !== policies.length) odd("two have the same name");
    const shares = policies.filter(({ mode }) => mode !== "shadow").map(({ share }) => share ?? 1);
    if (shares.length === 0) odd("none serves");
    else if (Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) > 1e-9)
      odd(
        `the shares of those that serve sum to ${shares.reduce((sum, share) => sum + share, 0)}, allowed: 1`,
      );
    if (policies.some(({ mode, share }) => mode === "shadow" && (share ?? 0) !== 0))
      odd("a shadow serves nobody, allowed: a share of 0 or none");
  });
export type DeploymentRequest = z.infer<typeof deploymentRequestSchema>;

/** A policy that is live. */
export const livePolicySchema = z.strictObject({
  name: z.string(),
  policy_id: z.string(),
  bundle: z.string().describe("Its folder's name"),
  mode: z.enum(["serve", "shadow"]),
  share: z.number(),
  propensity_floor: z.number(),
  since: z.number().describe("Seconds since 1970-01-01 UTC"),
  signed_by: z.string().nullable().describe("Fingerprint of the key that signed it"),
  context_features: z.array(z.string()),
  candidate_features: z.array(z.string()),
  slots: z.int(),
});

/** Answer of `GET` and `PUT /v1/policy` and of `POST /v1/policy/rollback`. */
export const deploymentSchema = z.strictObject({
  policies: z.array(livePolicySchema),
  earlier: z.int().describe("How often a rollback can go back"),
});
export type Deployment = z.infer<typeof deploymentSchema>;

const blocked = z.array(z.string().min(1).max(MAXIMUM_NAME)).max(100 * MAXIMUM_CANDIDATES);

/** Body of `PUT /v1/blocklist`: replaces what is never shown, whoever ranks. Both lists are needed: an omission must not unblock. */
export const blocklistSchema = z.strictObject({
  item_ids: blocked,
  creator_ids: blocked,
});
export type Blocklist = z.infer<typeof blocklistSchema>;
