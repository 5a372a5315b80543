import * as z from "zod";

/** Options of advertisers and their auctions. */
export const advertisingOptions = z.strictObject({
  enabled: z.boolean().default(true).describe("Whether the world has it"),
});
export type AdvertisingOptions = z.infer<typeof advertisingOptions>;
