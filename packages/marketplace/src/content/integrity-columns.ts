import type { Arena } from "./arena.ts";
import type { EngineOptions } from "./options.ts";

/** Columns of integrity; empty when it is off. */
export function integrityColumns(arena: Arena, { integrity, items, creators }: EngineOptions) {
  const on = integrity.enabled;
  return {
    /** 1: the item is held back or removed, and in no list for retrieval. */
    blocked: arena.uint8(on ? items.capacity : 0),
    /** 1: the creator is suspended and makes nothing. */
    suspended: arena.uint8(on ? creators.capacity : 0),
    tallies: {},
  };
}
