import { uniform, type RandomKey } from "@longview/statistics";
import { candidateNames, type PolicySizes } from "./policy-bundle.ts";

/** A decision to ask for, as the server takes it: candidates as rows of arrays. */
export interface RankRequest {
  readonly unit_id: string;
  readonly mode: "explore" | "greedy";
  readonly seed?: string;
  readonly slots: number;
  readonly context: number[];
  readonly candidates: {
    readonly features: readonly string[];
    readonly item_ids: string[];
    readonly creator_ids: string[];
    readonly rows: number[][];
  };
}

/** Request number `number` of a key; float32 values, so that they travel exactly. */
export function rankRequest(
  key: RandomKey,
  number: number,
  sizes: PolicySizes,
  count: number = sizes.candidates,
): RankRequest {
  let draw = 0;
  const value = (): number => Math.fround(4 * (uniform(key, number, draw++) - 0.5));
  return {
    unit_id: `unit-${number % 5000}`,
    mode: "explore",
    slots: sizes.slots,
    context: Array.from({ length: sizes.context }, value),
    candidates: {
      features: candidateNames(sizes.features),
      item_ids: Array.from({ length: count }, (_, i) => `item-${number}-${i}`),
      creator_ids: Array.from({ length: count }, (_, i) => `creator-${i % 7}`),
      rows: Array.from({ length: count }, () => Array.from({ length: sizes.features }, value)),
    },
  };
}
