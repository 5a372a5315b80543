import type { EngineOptions } from "./options.ts";
import { LEVER_NAMES } from "../laws/levers.ts";
import type { ContentState } from "./state.ts";

/** Places in `levers`, in the order of `LEVER_NAMES`. */
export const LEVER = {
  adLoad: 0,
  reservePrice: 1,
  integrityThreshold: 2,
  exposureFloor: 3,
  coldStartBudget: 4,
  subsidy: 5,
} as const;

/** Puts the levers at the scenario's values: a world begins. */
export function startLevers(state: ContentState, options: EngineOptions): void {
  LEVER_NAMES.forEach((name, place) => (state.levers[place] = options.levers[name]));
}
