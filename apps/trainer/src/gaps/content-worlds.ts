import { contentGapSource, type MarketplaceId } from "@longview/marketplace";
import { deriveKey, rootKey } from "@longview/statistics";
import { trainedActor } from "../ecosystem/deciding-actor.ts";
import { UsageError } from "../exit-codes.ts";
import type { SimulateGaps } from "./sources.ts";

/**
 * Plays a run's newest policy in a content world that it hasn't seen, as wide as those it was trained in and as long as those it was
 * judged in.
 *
 * @throws {UsageError} for a run whose policy does not rank pages itself
 */
export function gapsOfContentWorlds(id: MarketplaceId): SimulateGaps {
  return async ({ paths, configuration }) => {
    const { environment, training, evaluation, seed } = configuration;
    const { id: _, ...options } = environment;
    const actionMode = environment["actionMode"] ?? "slate";
    if (actionMode !== "slate")
      throw new UsageError(
        `${paths.folder}: found a policy of actionMode ${JSON.stringify(actionMode)}, allowed: slate`,
      );
    return contentGapSource({
      id,
      options,
      key: deriveKey(rootKey(seed), "gaps"),
      actor: await trainedActor(`run:${paths.folder}`, { id, options }),
      users: training.rowsPerShard,
      ...(evaluation.days === null ? {} : { days: evaluation.days }),
    });
  };
}
