import * as z from "zod";
import { parameter, wholeParameter } from "../laws/parameter.ts";

/** Options of `recsimng/ecosystem-v0`; the defaults are those of RecSim NG's demonstration. */
export const recsimngEcosystemOptions = z
  .strictObject({
    users: wholeParameter(1, 1_000_000, 2000, "Users of one world; rowCount is a multiple of it."),
    clusters: wholeParameter(1, 10_000, 40, "Clusters of providers, when providerMeans is empty."),
    fanOut: wholeParameter(1, 1000, 2, "Providers of a cluster."),
    topics: wholeParameter(1, 64, 2, "Dimensions of documents and interests, when providerMeans is empty."),
    dispersion: parameter(0, 1e6, 64, "Variance of a cluster's centre in each dimension."),
    clusterVariance: parameter(0, 1e6, 0.5, "Variance of a provider around her cluster's centre."),
    providerMeans: z
      .array(z.array(z.number().min(-1e6).max(1e6)).min(1).max(64))
      .max(100_000)
      .default([])
      .describe("Mean document of each provider, the same in every episode; empty: drawn anew."),
    documentsPerProvider: wholeParameter(
      1,
      100,
      5,
      "Documents of a step, for each provider; all compete for them.",
    ),
    slots: wholeParameter(1, 64, 3, "Documents of a slate."),
    userDeviation: parameter(
      0,
      1e6,
      20.5,
      "Deviation of a user's interests around a provider at the origin; over 1 + distance elsewhere.",
    ),
    documentDeviation: parameter(
      0,
      1e6,
      1,
      "Deviation of a document around its provider, in each dimension.",
    ),
    popularity: parameter(
      0,
      10,
      2,
      "γ: a document is of provider p in proportion to (1 + clicks of p) to this power.",
    ),
    clickDiscount: parameter(0, 1, 0.96, "Share of a provider's click count that a step keeps."),
    utilityDeviation: parameter(0, 1e6, 1, "Deviation of the utility of a chosen document."),
    rewardTiming: z
      .enum(["recsimng", "immediate"])
      .default("recsimng")
      .describe(
        "recsimng: a step's reward is the utility of the step before, as its metrics count; immediate: of the step.",
      ),
    horizon: wholeParameter(1, 1_000_000, 300, "Steps after which an episode is truncated."),
  })
  .refine((options) => new Set(options.providerMeans.map((mean) => mean.length)).size <= 1, {
    error: "all means need as many dimensions",
    path: ["providerMeans"],
  })
  .refine((options) => options.slots <= options.documentsPerProvider * providerCount(options), {
    error: "slots must be <= documentsPerProvider × providers",
    path: ["slots"],
  });
export type RecsimngEcosystemOptions = z.infer<typeof recsimngEcosystemOptions>;

/** Providers of a world. */
export function providerCount(options: {
  readonly providerMeans: readonly (readonly number[])[];
  readonly clusters: number;
  readonly fanOut: number;
}): number {
  return options.providerMeans.length > 0 ? options.providerMeans.length : options.clusters * options.fanOut;
}
