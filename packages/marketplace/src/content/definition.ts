import { defineEnvironment } from "@longview/environment";
import { CONTENT_MARKETPLACE_ID, ContentMarketplace } from "./content-marketplace.ts";
import { contentMarketplaceOptions, type ContentMarketplaceInput } from "./options.ts";
import type { RandomKey } from "@longview/statistics";

/** `marketplace/content-v0` for the registry; rows are user slots of one world. */
export const contentMarketplaceDefinition = defineEnvironment({
  id: CONTENT_MARKETPLACE_ID,
  summary: "A live content marketplace: users, creators and items in one world; slates under two named costs",
  optionsSchema: contentMarketplaceOptions,
  make: (options, rowCount) => new ContentMarketplace(options, rowCount),
});

/** What {@link makeContentMarketplace} makes. */
export interface MakeContentMarketplaceOptions {
  /** User slots. @defaultValue 128 */
  readonly users?: number;
  readonly options?: ContentMarketplaceInput;
  /** Starts the first world with this key; without it call `reset`. */
  readonly key?: RandomKey;
}

/**
 * Makes the marketplace with its own type, for those who need feature names or the privileged view.
 *
 * @throws z.ZodError when an option is out of range
 */
export function makeContentMarketplace(make: MakeContentMarketplaceOptions = {}): ContentMarketplace {
  const options = contentMarketplaceOptions.parse(make.options ?? {});
  const world = new ContentMarketplace(options, make.users ?? 128);
  if (make.key !== undefined) world.reset({ key: make.key });
  return world;
}
