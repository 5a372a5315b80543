import { deriveKey, uniform, type RandomKey } from "@longview/statistics";
import { z } from "zod";
import { armBounds, armOf, ArmShares, neededColumn, type Design } from "./design.ts";

/** Configuration of {@link creatorDesign}. */
export const CreatorDesignSpec = z.strictObject({ kind: z.literal("creator"), ...ArmShares });

/**
 * Each creator (listing, seller) has one arm for the whole experiment. Biased where treated creators take attention from the
 * others (worst where supply is large against demand).
 */
export function creatorDesign(spec: z.output<typeof CreatorDesignSpec>, key: RandomKey): Design<"creator"> {
  const bounds = armBounds("creator design", spec);
  const own = deriveKey(key, "creator");
  return {
    kind: "creator",
    armsInto(out, rows) {
      const creator = neededColumn("creator design", "creator", rows, rows.creator);
      for (let i = 0; i < rows.count; i++) out[i] = armOf(uniform(own, creator[i]!, 0), bounds);
    },
  };
}
