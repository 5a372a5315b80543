import type { Arena } from "./arena.ts";
import type { EngineOptions } from "./options.ts";

/** Columns of creators as agents; empty when they are not. */
export function creatorAgencyColumns(arena: Arena, { agency, creators }: EngineOptions) {
  const size = agency.enabled ? creators.capacity : 0;
  return {
    /** Factor on the items that a creator makes in a day. */
    volume: arena.float64(size),
    /** Effort put into an item, in [0, 1]; stands where v0 has motivation. */
    effort: arena.float64(size),
  };
}
