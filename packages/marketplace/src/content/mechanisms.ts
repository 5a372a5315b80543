import { Advertising } from "./advertising.ts";
import { CreatorAgency } from "./creator-agency.ts";
import { Demand } from "./demand.ts";
import { Integrity } from "./integrity.ts";
import type { EngineOptions } from "./options.ts";
import type { ContentState } from "./state.ts";

/** What a world may have beside users, items and creators; undefined: switched off. */
export interface Mechanisms {
  readonly advertising: Advertising | undefined;
  readonly agency: CreatorAgency | undefined;
  readonly integrity: Integrity | undefined;
  /** Always there: without seasons, shocks and following its factors are neutral. */
  readonly demand: Demand;
}

/** Makes the mechanisms that the options switch on. */
export function createMechanisms(state: ContentState, options: EngineOptions, users: number): Mechanisms {
  const { advertising, agency, integrity } = options;
  return {
    advertising: advertising.enabled ? new Advertising(state, options, users) : undefined,
    agency: agency.enabled ? new CreatorAgency(state, options, users) : undefined,
    integrity: integrity.enabled ? new Integrity(state, options) : undefined,
    demand: new Demand(state, options, users),
  };
}
