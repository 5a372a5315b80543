import { deriveKey, shuffleInto, type RandomKey } from "@longview/statistics";
import { z } from "zod";
import { CONTROL, neededColumn, TREATMENT, type Design } from "./design.ts";

/** Configuration of {@link clusterDesign}. */
export const ClusterDesignSpec = z.strictObject({
  kind: z.literal("cluster"),
  /** Clusters there are. */
  clusters: z.int().min(2),
  treatmentShare: z.number().gt(0).lt(1).default(0.5),
});

/**
 * Whole clusters (regions, languages, communities that hold most of their own interaction) have one arm. Exactly
 * `round(share · clusters)` of them are treated, at least 1 and not all: with few clusters a coin for each would leave arms empty.
 *
 * @see Ugander, Karrer, Backstrom & Kleinberg (2013), "Graph cluster randomization"
 */
export function clusterDesign(spec: z.output<typeof ClusterDesignSpec>, key: RandomKey): Design<"cluster"> {
  const { clusters, treatmentShare } = spec;
  const treated = Math.min(clusters - 1, Math.max(1, Math.round(treatmentShare * clusters)));
  const order = Int32Array.from({ length: clusters }, (_, i) => i);
  shuffleInto(order, deriveKey(key, "cluster"));
  const arms = new Uint8Array(clusters).fill(CONTROL);
  for (let i = 0; i < treated; i++) arms[order[i]!] = TREATMENT;
  return {
    kind: "cluster",
    armsInto(out, rows) {
      const cluster = neededColumn("cluster design", "cluster", rows, rows.cluster);
      for (let i = 0; i < rows.count; i++) {
        const arm = arms[cluster[i]!];
        if (arm === undefined)
          throw new RangeError(
            `cluster design: cluster of row ${i} must be from 0 to ${clusters - 1}, got ${cluster[i]}`,
          );
        out[i] = arm;
      }
    },
  };
}
