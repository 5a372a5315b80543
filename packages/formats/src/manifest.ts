import { z } from "zod";
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
  files: z.record(z.string(), sha256Schema).describe("SHA-256 of every other file of the bundle"),
});
export type Manifest = z.infer<typeof manifestSchema>;
