import { createHmac } from "node:crypto";
import type { RecentDecision } from "@longview/formats";
import type { MadeDecision } from "../policies/decide.ts";
import type { LivePolicy } from "../policies/live-policy.ts";
import type { RankQuery } from "../policies/rank-query.ts";

const KEPT = 20;

/** A unit as logs and pages show it: a keyed hash, so that nobody finds the unit by hashing those they know. */
export function unitHash(unitId: string, key: Uint8Array): string {
  return createHmac("sha256", key).update(unitId).digest("hex").slice(0, 12);
}

interface Decided {
  readonly decisionId: string;
  readonly time: number;
  readonly policy: LivePolicy;
  readonly query: RankQuery;
  readonly made: MadeDecision;
  readonly milliseconds: number;
}

interface Kept extends Omit<RecentDecision, "unit"> {
  readonly unitId: string;
}

/** The last decisions, for the page. */
export class RecentDecisions {
  readonly #kept: Kept[] = [];
  readonly #unitKey: Uint8Array;

  constructor(unitKey: Uint8Array) {
    this.#unitKey = unitKey;
  }

  add({ decisionId, time, policy, query, made, milliseconds }: Decided): void {
    const { served, itemIds } = made;
    if (this.#kept.length === KEPT) this.#kept.shift();
    // Without the candidates, which would stay in memory.
    this.#kept.push({
      decision_id: decisionId,
      time,
      policy: policy.name,
      policy_id: served.policyId,
      mode: query.mode,
      unitId: query.unitId,
      candidates: served.itemIds.length,
      item_ids: [...itemIds],
      slate_propensity: served.slatePropensity,
      latency_milliseconds: milliseconds,
    });
  }

  /** Newest first. */
  list(): RecentDecision[] {
    return this.#kept.toReversed().map(({ unitId, ...rest }) => ({
      ...rest,
      unit: unitHash(unitId, this.#unitKey),
    }));
  }
}
