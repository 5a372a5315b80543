import { z } from "zod";
import { bundlePathSchema } from "./bundle-path.ts";
import { codeVersionSchema, fileHashSchema } from "./lineage.ts";
import { sha256Schema } from "./sha256.ts";

const dimension = z.union([z.int().positive(), z.string().min(1)]);

/** A named tensor of the policy's graph; a text in its shape is a dimension that varies. */
export const graphTensorSchema = z.strictObject({
  name: z.string().min(1),
  dataType: z.enum(["float32", "int32", "bool"]),
  shape: z.array(dimension),
});
export type GraphTensor = z.infer<typeof graphTensorSchema>;

/** Base64 of so many bytes, written in the one way there is: no second text decodes to the same bytes. */
const base64Of = (bytes: number): z.ZodType<string, string> =>
  z.string().refine(
    (text) => {
      const decoded = Buffer.from(text, "base64");
      return decoded.length === bytes && decoded.toString("base64") === text;
    },
    { error: `base64 of ${bytes} bytes` },
  );

/** Who vouches for a bundle: an Ed25519 signature of the manifest's text without its `signature`. */
export const bundleSignatureSchema = z.strictObject({
  algorithm: z.literal("ed25519"),
  publicKey: base64Of(32).describe("The signer's public key, 32 raw bytes"),
  value: base64Of(64).describe("The signature, 64 raw bytes"),
});
export type BundleSignature = z.infer<typeof bundleSignatureSchema>;

/** A constraint the policy was trained under. */
export const manifestConstraintSchema = z.strictObject({
  cost: z.string(),
  limit: z.number(),
  measure: z.enum(["per-decision", "per-episode"]),
});

/** `manifest.json` of a policy bundle: what the policy is, what it reads, and how to check its files. */
export const manifestSchema = z.strictObject({
  schemaVersion: z.literal(1),
  policyId: z.string().min(1),
  environment: z.strictObject({ id: z.string(), options: z.record(z.string(), z.unknown()) }),
  observation: z
    .record(z.string(), z.strictObject({ shape: z.array(z.int().positive()), features: z.array(z.string()) }))
    .describe("Each observation entry of one decision, and the names of its last dimension"),
  actionSpace: z.looseObject({ kind: z.string() }),
  distribution: z.enum(["categorical", "multi-categorical", "diagonal-gaussian", "plackett-luce"]),
  propensityFloor: z.number().min(0).lt(1),
  objectives: z.array(z.string()),
  costs: z.array(z.string()),
  constraints: z.array(manifestConstraintSchema),
  graph: z.strictObject({ inputs: z.array(graphTensorSchema), outputs: z.array(graphTensorSchema) }),
  lineage: z.strictObject({
    run: z.string(),
    seed: z.string(),
    code: codeVersionSchema,
    decisions: z.int().min(0).describe("Decisions the policy learned from"),
    configuration: sha256Schema.describe("SHA-256 of the run's config.yaml"),
    logs: z.array(fileHashSchema).describe("Decision logs and catalogues it learned from"),
  }),
  files: z.record(bundlePathSchema, sha256Schema).describe("SHA-256 of every other file of the bundle"),
  integrity: sha256Schema.describe("SHA-256 of this file's text without `integrity` and `signature`"),
  signature: bundleSignatureSchema.optional(),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** What a manifest says of its policy; the rest follows from the bundle's files and its signer. */
export type BundleDescription = Omit<Manifest, "files" | "integrity" | "signature">;
