import { defineEnvironment } from "@longview/environment";
import { PlatformLeversMarketplace } from "../action-modes/platform-levers.ts";
import { RankerWeightsMarketplace } from "../action-modes/ranker-weights.ts";
import { ContentMarketplace } from "./content-marketplace.ts";
import { readCatalogue } from "./catalogue.ts";
import {
  contentMarketplaceOptions,
  engineOptionsOf,
  wholeMarketplaceOptions,
  type ContentMarketplaceInput,
  type EngineOptions,
  type WholeMarketplaceInput,
} from "./options.ts";
import type { RandomKey } from "@longview/statistics";

export const CONTENT_MARKETPLACE_ID = "marketplace/content-v0";
export const WHOLE_MARKETPLACE_ID = "marketplace/content-v1";

/** Reads the catalogue, when there is one, and makes the world. */
function build(id: string, options: EngineOptions, rowCount: number): ContentMarketplace {
  if (options.catalogue === undefined) return new ContentMarketplace(id, options, rowCount);
  const catalogue = readCatalogue(options.catalogue, options.topics);
  if (catalogue.authorCount < options.creators.capacity)
    throw new RangeError(
      `catalogue ${options.catalogue}: has ${catalogue.authorCount} authors; options.creators.capacity must be at most that, got ${options.creators.capacity}`,
    );
  return new ContentMarketplace(id, options, rowCount, catalogue);
}

/** `marketplace/content-v0` for the registry; rows are user slots of one world. */
export const contentMarketplaceDefinition = defineEnvironment({
  id: CONTENT_MARKETPLACE_ID,
  summary: "A live content marketplace: users, creators and items in one world; slates under two named costs",
  optionsSchema: contentMarketplaceOptions,
  make: (options, rowCount) => build(CONTENT_MARKETPLACE_ID, engineOptionsOf(options), rowCount),
});

/** `marketplace/content-v1` for the registry. */
export const wholeMarketplaceDefinition = defineEnvironment({
  id: WHOLE_MARKETPLACE_ID,
  summary:
    "The whole marketplace: users, strategic creators, advertisers and integrity in one feed; slates under named costs",
  optionsSchema: wholeMarketplaceOptions,
  make(options, rowCount) {
    const world = (users: number, days = options.days): ContentMarketplace =>
      build(WHOLE_MARKETPLACE_ID, { ...options, days }, users);
    switch (options.actionMode) {
      case "slate":
        return world(rowCount);
      case "ranker-weights":
        return new RankerWeightsMarketplace(world(rowCount));
      case "platform-levers":
        return new PlatformLeversMarketplace(
          Array.from({ length: rowCount }, () => world(options.usersPerWorld, options.days + 1)),
          options.days,
        );
    }
  },
});

/** What {@link makeContentMarketplace} and {@link makeWholeMarketplace} make. */
export interface MakeMarketplaceOptions<Input> {
  /** User slots. @defaultValue 128 */
  readonly users?: number;
  readonly options?: Input;
  /** Starts the first world with this key; without it call `reset`. */
  readonly key?: RandomKey;
}
export type MakeContentMarketplaceOptions = MakeMarketplaceOptions<ContentMarketplaceInput>;
export type MakeWholeMarketplaceOptions = MakeMarketplaceOptions<WholeMarketplaceInput>;

function make(id: string, options: EngineOptions, users = 128, key?: RandomKey): ContentMarketplace {
  const world = build(id, options, users);
  if (key !== undefined) world.reset({ key });
  return world;
}

/**
 * Makes a v0 world with its own type, for those who need feature names or the privileged view.
 *
 * @throws z.ZodError when an option is out of range
 */
export function makeContentMarketplace({
  users,
  options = {},
  key,
}: MakeContentMarketplaceOptions = {}): ContentMarketplace {
  return make(CONTENT_MARKETPLACE_ID, engineOptionsOf(contentMarketplaceOptions.parse(options)), users, key);
}

/** Ids of content marketplaces. */
export const MARKETPLACE_IDS = [CONTENT_MARKETPLACE_ID, WHOLE_MARKETPLACE_ID] as const;
export type MarketplaceId = (typeof MARKETPLACE_IDS)[number];

/**
 * Makes a content marketplace by its id.
 *
 * @throws z.ZodError when an option is out of range, or v0 does not have it
 */
export function makeMarketplace(
  id: MarketplaceId,
  settings: MakeWholeMarketplaceOptions,
): ContentMarketplace {
  return id === WHOLE_MARKETPLACE_ID ? makeWholeMarketplace(settings) : makeContentMarketplace(settings);
}

/**
 * Makes a v1 world with its own type.
 *
 * @throws z.ZodError when an option is out of range
 */
export function makeWholeMarketplace({
  users,
  options = {},
  key,
}: MakeWholeMarketplaceOptions = {}): ContentMarketplace {
  return make(WHOLE_MARKETPLACE_ID, wholeMarketplaceOptions.parse(options), users, key);
}
