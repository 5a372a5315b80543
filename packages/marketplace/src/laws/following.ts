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
 * @param uniforms - a draw u in (0, 1) at `place`; in an array, since a number that is handed over by itself is allocated
 */
export function follows(uniforms: Float64Array, place: number, options: FollowingOptions): boolean {
  return uniforms[place]! < options.chance;
}
