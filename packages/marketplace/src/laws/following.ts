import * as z from "zod";
import { parameter } from "./parameter.ts";

/** Options of following creators. */
export const followingOptions = z.strictObject({
  enabled: z.boolean().default(true).describe("Whether users follow creators"),
  chance: parameter(0, 1, 0.15, "Chance that a like makes the user follow the item's creator [1/like]"),
});
export type FollowingOptions = z.infer<typeof followingOptions>;

/**
 * Whether a like makes a follower: `u < chance`.
 *
 * @param uniform - a draw u in (0, 1)
 */
export function follows(uniform: number, options: FollowingOptions): boolean {
  return uniform < options.chance;
}
