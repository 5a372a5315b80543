import * as z from "zod";

/** Options of following creators. */
export const followingOptions = z.strictObject({
  enabled: z.boolean().default(true).describe("Whether the world has it"),
});
export type FollowingOptions = z.infer<typeof followingOptions>;
