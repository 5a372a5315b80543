import { deriveKey, uniform, type RandomKey } from "@longview/statistics";
import { z } from "zod";
import { armBounds, armOf, ArmShares, neededColumn, type AssignmentRows, type Design } from "./design.ts";

/** Configuration of {@link coDivertedDesign}. */
export const CoDivertedDesignSpec = z.strictObject({ kind: z.literal("co-diverted"), ...ArmShares });

/** A design that splits the corpus with the users. */
export interface CoDivertedDesign extends Design<"co-diverted"> {
  /** Writes the part of the market that each row's creator's content belongs to. */
  corpusArmsInto(out: Uint8Array, rows: AssignmentRows): void;
  /** Writes 1 where the row's user may be shown the row's creator: both belong to the same part; else 0. */
  visibleInto(out: Uint8Array, rows: AssignmentRows): void;
}

/**
 * Users and the corpus (by creator) are split in the same shares, and users see the corpus of their own part only. So what a policy
 * does to the corpus (content that is discovered, creators who stay) comes back to those users alone, and shows as a difference.
 * Each part is a smaller market: compare arms with each other, never with the market outside.
 *
 * @see Su et al. (2024), "Long-term value of exploration: measurements, findings and algorithms"
 */
export function coDivertedDesign(
  spec: z.output<typeof CoDivertedDesignSpec>,
  key: RandomKey,
): CoDivertedDesign {
  const bounds = armBounds("co-diverted design", spec);
  const userKey = deriveKey(key, "user");
  const creatorKey = deriveKey(key, "creator");
  return {
    kind: "co-diverted",
    armsInto(out, rows) {
      const user = neededColumn("co-diverted design", "user", rows, rows.user);
      for (let i = 0; i < rows.count; i++) out[i] = armOf(uniform(userKey, user[i]!, 0), bounds);
    },
    corpusArmsInto(out, rows) {
      const creator = neededColumn("co-diverted design", "creator", rows, rows.creator);
      for (let i = 0; i < rows.count; i++) out[i] = armOf(uniform(creatorKey, creator[i]!, 0), bounds);
    },
    visibleInto(out, rows) {
      const user = neededColumn("co-diverted design", "user", rows, rows.user);
      const creator = neededColumn("co-diverted design", "creator", rows, rows.creator);
      for (let i = 0; i < rows.count; i++) {
        const world = armOf(uniform(userKey, user[i]!, 0), bounds);
        out[i] = world === armOf(uniform(creatorKey, creator[i]!, 0), bounds) ? 1 : 0;
      }
    },
  };
}
