import { PLATFORM_FEATURES } from "../action-modes/platform-features.ts";
import { WHOLE_MARKETPLACE_ID } from "./definition.ts";
import { candidateFeatureNames, contextFeatureNames } from "./features.ts";
import { contentMarketplaceOptions, engineOptionsOf, wholeMarketplaceOptions } from "./options.ts";

/**
 * Names of the last dimension of each observation entry of a content marketplace, in each way to act.
 *
 * @throws z.ZodError when an option is out of range
 */
export function observationFeatureNames(
  id: string,
  options: Readonly<Record<string, unknown>>,
): Readonly<Record<string, readonly string[]>> {
  const { topics, following, actionMode } =
    id === WHOLE_MARKETPLACE_ID
      ? wholeMarketplaceOptions.parse(options)
      : engineOptionsOf(contentMarketplaceOptions.parse(options));
  switch (actionMode) {
    case "slate":
      return {
        context: contextFeatureNames(topics),
        candidates: candidateFeatureNames(topics, following.enabled),
      };
    case "ranker-weights":
      return { observation: contextFeatureNames(topics) };
    case "platform-levers":
      return { observation: PLATFORM_FEATURES };
  }
}
