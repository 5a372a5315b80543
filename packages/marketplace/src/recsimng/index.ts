export { recsimngDefinitions } from "./definitions.ts";
export { RecsimngEcosystem, type RecsimngEcosystemTruth } from "./ecosystem.ts";
export { effectiveNumber } from "./geometry.ts";
export { recsimngEcosystemOptions, type RecsimngEcosystemOptions } from "./options.ts";
export { boostedSimilarity } from "./policies.ts";
export { runWorlds, type WorldStatistics } from "./run-worlds.ts";
export { TwoSidedEnvironment } from "./two-sided-environment.ts";
export { uniformSlates, type TwoSidedPolicy } from "./two-sided-policies.ts";
