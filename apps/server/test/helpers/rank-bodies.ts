import { foldIn, rootKey, uniform } from "@longview/statistics";
import { CANDIDATE_NAMES, CONTEXT_NAMES } from "./tiny-bundle.ts";

/** A ranking request in the form of rows. */
export interface RowsBody {
  unit_id: string;
  session_id?: string;
  step?: number;
  mode?: "explore" | "greedy";
  seed?: string;
  slots?: number;
  context: number[];
  candidates: {
    features: string[];
    item_ids: string[];
    creator_ids?: string[];
    rows: number[][];
    eligible?: boolean[];
  };
}

/** Request `number`, always the same; float32 values, so that they travel exactly. */
export function rankBody(number: number, count = 6): RowsBody {
  const key = foldIn(rootKey("requests"), number);
  let draw = 0;
  const value = (): number => Math.fround(4 * uniform(key, 0, draw++) - 2);
  return {
    unit_id: `u${number}`,
    context: CONTEXT_NAMES.map(value),
    candidates: {
      features: [...CANDIDATE_NAMES],
      item_ids: Array.from({ length: count }, (_, m) => `item${m}`),
      creator_ids: Array.from({ length: count }, (_, m) => `creator${m % 3}`),
      rows: Array.from({ length: count }, () => CANDIDATE_NAMES.map(value)),
    },
  };
}

/** The same request with its candidates one by one and features by name, in another order. */
export function namedBody({ candidates, context, ...rest }: RowsBody): Record<string, unknown> {
  return {
    ...rest,
    context: Object.fromEntries(CONTEXT_NAMES.map((name, i) => [name, context[i]]).toReversed()),
    candidates: candidates.item_ids.map((item_id, m) => ({
      item_id,
      ...(candidates.creator_ids === undefined ? {} : { creator_id: candidates.creator_ids[m] }),
      features: Object.fromEntries(
        candidates.features.map((name, f) => [name, candidates.rows[m]![f]]).toReversed(),
      ),
      ...(candidates.eligible === undefined ? {} : { eligible: candidates.eligible[m] }),
    })),
  };
}
