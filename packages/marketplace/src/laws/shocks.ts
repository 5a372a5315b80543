import * as z from "zod";

/** The schedule of shocks; empty: none. */
export const shocksOptions = z.array(
  z.strictObject({
    kind: z.enum(["viral-item", "raid", "outage", "machine-made-flood"]).describe("What happens"),
    day: z.int().min(0).max(3650).describe("Day on which it begins [day]"),
    days: z.int().min(1).max(365).default(3).describe("How long it lasts [days]"),
    size: z.number().min(0).max(1000).default(1).describe("How large it is [1]"),
  }),
);
export type ShocksOptions = z.infer<typeof shocksOptions>;
