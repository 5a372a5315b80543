export { sardineDefinitions } from "./definitions.ts";
export { drawSardineCatalogue, sardineCatalogue, type SardineCatalogue } from "./catalogue.ts";
export {
  sardineOptions,
  singleItemBoredInfOptions,
  slateTopKBoredOptions,
  slateRerankStaticOptions,
  type SardineDefaults,
  type SardineOptions,
} from "./options.ts";
export type { SardineLaw, SardineUsers } from "./user-law.ts";
export { Sardine, type SardineTruth } from "./sardine.ts";
export { mostRelevant } from "./policies.ts";
