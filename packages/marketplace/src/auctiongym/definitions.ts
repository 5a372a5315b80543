import { defineEnvironment } from "@longview/environment";
import { secondPriceOptions } from "./options.ts";
import { SecondPriceAuctions } from "./second-price.ts";

/** AuctionGym's second-price world. See docs/presets-sessions.md. */
export const auctiongymDefinitions = [
  defineEnvironment({
    id: "auctiongym/second-price-v0",
    summary: "AuctionGym: truthful second-price auctions of one slot; the action is the reserve price",
    optionsSchema: secondPriceOptions,
    make: (options, rowCount) => new SecondPriceAuctions(options, rowCount),
  }),
] as const;
