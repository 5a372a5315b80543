export { ecoagentDefinitions } from "./definitions.ts";
export { Ecoagent } from "./ecoagent.ts";
export type { EcoagentTruth } from "./state.ts";
export { ecoagentOptions, type EcoagentOptions } from "./options.ts";
export { likedAndNeedy, mostLiked } from "./policies.ts";
