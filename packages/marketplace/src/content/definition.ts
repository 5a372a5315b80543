import { defineEnvironment } from "@longview/environment";
import { CONTENT_MARKETPLACE_ID, ContentMarketplace } from "./content-marketplace.ts";
import { readCatalogue } from "./catalogue.ts";
import {
  contentMarketplaceOptions,
  type ContentMarketplaceInput,
  type ContentMarketplaceOptions,
} from "./options.ts";
import type { RandomKey } from "@longview/statistics";

/** Reads the catalogue, when there is one, and makes the world. */
function build(options: ContentMarketplaceOptions, rowCount: number): ContentMarketplace {
  if (options.catalogue === undefined) return new ContentMarketplace(options, rowCount);
  const catalogue = readCatalogue(options.catalogue, options.topics);
  if (catalogue.authorCount < options.creators.capacity)
    throw new RangeError(
      `catalogue ${options.catalogue}: has ${catalogue.authorCount} authors; options.creators.capacity must be at most that, got ${options.creators.capacity}`,
    );
  return new ContentMarketplace(options, rowCount, catalogue);
}

/** `marketplace/content-v0` for the registry; rows are user slots of one world. */
export const contentMarketplaceDefinition = defineEnvironment({
  id: CONTENT_MARKETPLACE_ID,
  summary: "A live content marketplace: users, creators and items in one world; slates under two named costs",
  optionsSchema: contentMarketplaceOptions,
  make: build,
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
  const world = build(options, make.users ?? 128);
  if (make.key !== undefined) world.reset({ key: make.key });
  return world;
}
