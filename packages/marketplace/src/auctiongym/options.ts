import * as z from "zod";
import { parameter, wholeParameter } from "../laws/parameter.ts";
import { horizonOption } from "../recsim/common-options.ts";

/** Options of `auctiongym/second-price-v0`; the defaults are those of AuctionGym's `SP_Oracle.json`. */
export const secondPriceOptions = z
  .strictObject({
    advertisers: wholeParameter(2, 256, 6, "Advertisers."),
    participants: wholeParameter(2, 256, 2, "Advertisers drawn for a round, without replacement."),
    ads: wholeParameter(1, 1000, 12, "Ads of each advertiser."),
    dimensions: wholeParameter(1, 64, 5, "Dimensions of a context and of an ad."),
    observedDimensions: wholeParameter(0, 64, 4, "The first of them, which the observation shows."),
    embeddingDeviation: parameter(0, 10, 1, "Standard deviation of each component of both."),
    catalogueSeed: wholeParameter(0, 4_294_967_295, 0, "Seed of the ads; a reset does not change them."),
    bidMultipliers: z
      .array(z.number().min(0).max(100))
      .max(256)
      .default([])
      .describe("Bid over value · CTR of each advertiser; the missing are 1, truthful."),
    highestReserve: parameter(0, 1000, 10, "Upper bound of the action."),
    ...horizonOption(10_000),
  })
  .refine((options) => options.participants <= options.advertisers, {
    error: "participants must be <= advertisers",
    path: ["participants"],
  })
  .refine((options) => options.observedDimensions <= options.dimensions, {
    error: "observedDimensions must be <= dimensions",
    path: ["observedDimensions"],
  })
  .refine((options) => options.bidMultipliers.length <= options.advertisers, {
    error: "bidMultipliers must be <= advertisers in number",
    path: ["bidMultipliers"],
  });
export type SecondPriceOptions = z.infer<typeof secondPriceOptions>;
