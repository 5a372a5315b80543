import * as z from "zod";

/** Options of creators as agents. */
export const agencyOptions = z.strictObject({
  enabled: z.boolean().default(true).describe("Whether the world has it"),
});
export type AgencyOptions = z.infer<typeof agencyOptions>;
