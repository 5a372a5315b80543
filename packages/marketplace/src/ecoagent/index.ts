export { ecoagentDefinitions } from "./definitions.ts";
export { Ecoagent, type EcoagentTruth } from "./ecoagent.ts";
export { ecoagentOptions, type EcoagentOptions } from "./options.ts";
export { likedAndNeedy, mostLiked } from "./policies.ts";
