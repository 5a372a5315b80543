import * as z from "zod";

/** Options of delayed feedback. */
export const delaysOptions = z.strictObject({
  enabled: z.boolean().default(true).describe("Whether the world has it"),
});
export type DelaysOptions = z.infer<typeof delaysOptions>;
