import { registerEnvironments } from "@longview/environment";
import { contentMarketplaceDefinition, wholeMarketplaceDefinition } from "./content/definition.ts";
import { auctiongymDefinitions } from "./auctiongym/index.ts";
import { ecoagentDefinitions } from "./ecoagent/index.ts";
import { rddlDefinitions } from "./rddl/index.ts";
import { recsimngDefinitions } from "./recsimng/index.ts";
import { recogymDefinitions } from "./recogym/index.ts";
import { recsimDefinitions } from "./recsim/index.ts";
import { sardineDefinitions } from "./sardine/index.ts";

/** Makes the marketplace's environments available by id. Safe to call again. */
export function registerMarketplace(): void {
  registerEnvironments([
    contentMarketplaceDefinition,
    wholeMarketplaceDefinition,
    ...recsimDefinitions,
    ...sardineDefinitions,
    ...recogymDefinitions,
    ...auctiongymDefinitions,
    ...ecoagentDefinitions,
    ...recsimngDefinitions,
    ...rddlDefinitions,
  ]);
}
