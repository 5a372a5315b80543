import { z } from "zod";

/** The features by which one policy decides, in the order of the numbers in a decision log's rows. */
export const policyFeatureNamesSchema = z.strictObject({
  context: z.array(z.string()),
  candidates: z.array(z.string()),
});
export type PolicyFeatureNames = z.infer<typeof policyFeatureNamesSchema>;

/** Features of policies by their bundles' ids; in a Parquet log the file's note of this key. */
export const policyFeaturesSchema = z.record(z.string(), policyFeatureNamesSchema);
export type PolicyFeatures = Readonly<Record<string, PolicyFeatureNames>>;
export const POLICY_FEATURES_NOTE = "longview.features";
