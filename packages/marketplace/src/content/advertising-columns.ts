import type { Arena } from "./arena.ts";
import type { EngineOptions } from "./options.ts";

/** Columns of advertising; empty when it is off. */
export function advertisingColumns(_arena: Arena, _options: EngineOptions, _users: number) {
  return { tallies: {} };
}
