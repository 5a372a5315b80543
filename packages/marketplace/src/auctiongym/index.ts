export { auctiongymDefinitions } from "./definitions.ts";
export { drawAuctionCatalogue, type AuctionCatalogue, type AuctionCatalogueShape } from "./catalogue.ts";
export { bestAdInto, secondPrice } from "./auction-law.ts";
export { secondPriceOptions, type SecondPriceOptions } from "./options.ts";
export { SecondPriceAuctions } from "./second-price.ts";
