import { advertisingColumns } from "./advertising-columns.ts";
import { Arena } from "./arena.ts";
import { integrityColumns } from "./integrity-columns.ts";
import type { EngineOptions } from "./options.ts";
import type { ContentState } from "./state.ts";

/**
 * What the users of one step add up on items and creators. All are counts, or fixed point (multiples of 2⁻²⁰), so that
 * the order of adding does not show. In one thread they are the state's own columns.
 */
export interface Tallies {
  readonly items: {
    readonly impressions: Int32Array;
    readonly clicks: Int32Array;
    readonly dayClicks: Int32Array;
    readonly likes: Int32Array;
    readonly hides: Int32Array;
    readonly reports: Int32Array;
    readonly completion: Float64Array;
  };
  readonly creators: {
    readonly impressions: Int32Array;
    readonly dayImpressions: Int32Array;
    readonly clicks: Int32Array;
    readonly likes: Int32Array;
    readonly dayLikes: Int32Array;
    readonly hides: Int32Array;
    readonly reports: Int32Array;
    readonly completion: Float64Array;
  };
  readonly shownBait: Float64Array;
}

/** One over the unit of fixed point. */
export const FIXED_POINT = 1 << 20;

/** The state's own columns, for one thread. */
export function talliesOf({ items, creators, shownBait }: ContentState): Tallies {
  return { items, creators, shownBait };
}

/** A column that is added up. */
type Column = Int32Array | Float64Array;

/** Everything that the users of a step add up, mechanisms' tallies too. */
export interface AllTallies extends Tallies {
  readonly advertising: ContentState["advertising"]["tallies"];
  readonly integrity: ContentState["integrity"]["tallies"];
}

/** All of a state's own tallies. */
export function allTalliesOf(state: ContentState): AllTallies {
  return {
    ...talliesOf(state),
    advertising: state.advertising.tallies,
    integrity: state.integrity.tallies,
  };
}

function columnsOf({ items, creators, shownBait, advertising, integrity }: AllTallies): Column[] {
  const { impressions, clicks, dayClicks, likes, hides, reports, completion } = items;
  // prettier-ignore
  const common = [
    impressions, clicks, dayClicks, likes, hides, reports, completion, shownBait,
    creators.impressions, creators.dayImpressions, creators.clicks, creators.likes,
    creators.dayLikes, creators.hides, creators.reports, creators.completion,
  ];
  return [...common, ...Object.values<Column>(advertising), ...Object.values<Column>(integrity)];
}

/** Tallies of a thread of its own, in memory that another thread adds to the world's. */
function buildShardTallies(arena: Arena, options: EngineOptions, users: number): AllTallies {
  const items = options.items.capacity;
  const creators = options.creators.capacity;
  const common = (count: number) => ({
    impressions: arena.int32(count),
    clicks: arena.int32(count),
    likes: arena.int32(count),
    hides: arena.int32(count),
    reports: arena.int32(count),
    completion: arena.float64(count),
  });
  return {
    items: { ...common(items), dayClicks: arena.int32(items) },
    creators: {
      ...common(creators),
      dayImpressions: arena.int32(creators),
      dayLikes: arena.int32(creators),
    },
    shownBait: arena.float64(2),
    advertising: advertisingColumns(arena, options, users).tallies,
    integrity: integrityColumns(arena, options).tallies,
  };
}

/** Memory for {@link shardTallies}. */
export function allocateShardTallies(options: EngineOptions, users: number): SharedArrayBuffer {
  const measure = new Arena(0);
  buildShardTallies(measure, options, users);
  return new SharedArrayBuffer(measure.byteLength);
}

/** A shard's tallies in memory that {@link allocateShardTallies} made. */
export function shardTallies(options: EngineOptions, users: number, memory: SharedArrayBuffer): AllTallies {
  return buildShardTallies(new Arena(memory), options, users);
}

/** Adds a shard's tallies to the world's and clears them. Sums are exact, so the order of shards does not show. */
export function addTallies(world: AllTallies, shard: AllTallies): void {
  const into = columnsOf(world);
  columnsOf(shard).forEach((from, at) => {
    const to = into[at]!;
    for (let i = 0; i < from.length; i++) if (from[i] !== 0) to[i] = to[i]! + from[i]!;
    from.fill(0);
  });
}
