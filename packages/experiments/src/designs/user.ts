import { deriveKey, uniform, type RandomKey } from "@longview/statistics";
import { z } from "zod";
import { armBounds, armOf, ArmShares, neededColumn, type Design } from "./design.ts";

/** Configuration of {@link userDesign}. */
export const UserDesignSpec = z.strictObject({ kind: z.literal("user"), ...ArmShares });

/**
 * Each user has one arm for the whole experiment. The usual A/B test; biased where users compete for the same creators or budgets
 * (worst where demand is large against supply).
 */
export function userDesign(spec: z.output<typeof UserDesignSpec>, key: RandomKey): Design<"user"> {
  const bounds = armBounds("user design", spec);
  const own = deriveKey(key, "user");
  return {
    kind: "user",
    armsInto(out, rows) {
      const user = neededColumn("user design", "user", rows, rows.user);
      for (let i = 0; i < rows.count; i++) out[i] = armOf(uniform(own, user[i]!, 0), bounds);
    },
  };
}
