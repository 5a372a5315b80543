export { rddlDefinitions } from "./definitions.ts";
export { RddlEcosystem, type RddlEcosystemTruth } from "./ecosystem.ts";
export { generateInstance, type InstanceSizes, type RddlInstance } from "./instance.ts";
export { rddlEcosystemOptions, type RddlEcosystemOptions } from "./options.ts";
export { nearestItem } from "./policies.ts";
export { randomReturn } from "./random-return.ts";
export { parseInstance, readInstance } from "./read-instance.ts";
