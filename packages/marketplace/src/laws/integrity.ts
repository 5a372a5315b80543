import * as z from "zod";

/** Options of integrity. */
export const integrityOptions = z.strictObject({
  enabled: z.boolean().default(true).describe("Whether the world has it"),
});
export type IntegrityOptions = z.infer<typeof integrityOptions>;
