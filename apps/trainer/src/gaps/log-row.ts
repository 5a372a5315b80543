import type { DecisionLogRow, DecisionLogReader } from "@longview/formats";
import { UsageError } from "../exit-codes.ts";

/** A candidate as a log's row holds it. */
export type LoggedCandidate = DecisionLogRow["candidates"][number];

const isCandidate = (value: unknown): value is LoggedCandidate =>
  typeof value === "object" && value !== null && "item_id" in value && "features" in value;

/** The candidates of a carried cell. @throws {UsageError} where it holds none */
export function candidatesOf(cell: unknown): readonly LoggedCandidate[] {
  if (Array.isArray(cell) && cell.every(isCandidate)) return cell;
  throw new UsageError(
    "candidates: found a row without a list of items; allowed: item_id, creator_id, features",
  );
}

/**
 * Positions among candidates that a carried cell holds: a list of positions, or one true or false a candidate.
 *
 * @throws {UsageError} for anything else
 */
export function placesOf(cell: unknown, candidates: number, where: string): readonly number[] {
  if (cell === null) return [];
  const list: readonly unknown[] = Array.isArray(cell) ? cell : [undefined];
  if (list.length === candidates && list.every((value) => typeof value === "boolean"))
    return list.flatMap((value, place) => (value ? [place] : []));
  return list.map((value) => {
    if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value < candidates)
      return value;
    throw new UsageError(
      `${where}: found ${JSON.stringify(cell)}, allowed: positions from 0 to ${candidates - 1}, or true and false for each of ${candidates} candidates`,
    );
  });
}

/** Names and places of candidate features called topic0, topic1, …, where the log notes its features' names. */
export function topicNames(
  features: DecisionLogReader["policyFeatures"],
): { readonly names: readonly string[]; readonly places: readonly [number, number] } | undefined {
  for (const { candidates } of Object.values(features)) {
    const places = candidates.flatMap((name, place) => (/^topic\d+$/.test(name) ? [place] : []));
    const [first] = places;
    const last = places.at(-1);
    if (first === undefined || last === undefined || last - first + 1 !== places.length) continue;
    return { names: places.map((place) => candidates[place]!), places: [first, last] };
  }
  return undefined;
}

/** The topic whose feature is largest. @throws {UsageError} where there are too few features */
export function topicOfFeatures(
  { item_id: id, features }: LoggedCandidate,
  [first, last]: readonly [number, number],
): number {
  if (features.length <= last)
    throw new UsageError(
      `--topic-features: item ${id} has ${features.length} features, and ${first}-${last} was asked for`,
    );
  let best = first;
  for (let place = first + 1; place <= last; place++) if (features[place]! > features[best]!) best = place;
  return best - first;
}
