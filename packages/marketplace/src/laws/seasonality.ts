import * as z from "zod";

/** Options of seasons. */
export const seasonalityOptions = z.strictObject({
  enabled: z.boolean().default(true).describe("Whether the world has it"),
});
export type SeasonalityOptions = z.infer<typeof seasonalityOptions>;
