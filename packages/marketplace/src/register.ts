import { registerEnvironments } from "@longview/environment";
import { contentMarketplaceDefinition, wholeMarketplaceDefinition } from "./content/definition.ts";
import { recsimDefinitions } from "./recsim/index.ts";

/** Makes the marketplace's environments available by id. Safe to call again. */
export function registerMarketplace(): void {
  registerEnvironments([contentMarketplaceDefinition, wholeMarketplaceDefinition, ...recsimDefinitions]);
}
