import type { Arena } from "./arena.ts";
import type { EngineOptions } from "./options.ts";
import { MOST_STRIKES } from "../laws/enforcement.ts";
import { PROBE } from "../laws/evasion.ts";

/** What an item is to enforcement; values of `integrity.status`. */
export const ITEM_STATUS = {
  /** Not reviewed; shown. */
  open: 0,
  /** Not reviewed; held back until it is. */
  held: 1,
  /** Reviewed and left, or restored: its score holds it back no more. */
  cleared: 2,
  removed: 3,
} as const;

/** Places in `integrity.daily`: totals of the day that has ended. */
export const INTEGRITY_DAY = {
  /** Reports that arrived, and those of them that were of harmless items. */
  reports: 0,
  falseReports: 1,
  /** Items newly held back, at their making or since. */
  holds: 2,
  reviews: 3,
  /** Items removed, and those of them that are harmless. */
  removals: 4,
  wrongfulRemovals: 5,
  suspensions: 6,
  /** Appeals made, those decided for the creator, and those decided against. */
  appeals: 7,
  appealsUpheld: 8,
  appealsRejected: 9,
  /** Impressions, those of harmful items, and those of adversaries' items. */
  impressions: 10,
  harmfulImpressions: 11,
  adversaryImpressions: 12,
  length: 13,
} as const;

/** Columns of integrity; empty when it is off. */
export function integrityColumns(arena: Arena, { integrity, items: itemOptions, creators }: EngineOptions) {
  const items = integrity.enabled ? itemOptions.capacity : 0;
  const slots = integrity.enabled ? creators.capacity : 0;
  return {
    /** 1: the item is held back, removed or out of reach today, and in no list for retrieval. */
    blocked: arena.uint8(items),
    /** See ITEM_STATUS. */
    status: arena.uint8(items),
    /** Creator and number of the item among theirs: what its draws are keyed by. */
    label: arena.int32(items),
    /** Reports that are under way. */
    waitingReports: arena.int32(items),
    /** Reports that have arrived since the last review. */
    newReports: arena.int32(items),
    /** Impressions up to the last barrier. */
    countedImpressions: arena.int32(items),
    /** Day on which the item's appeal is decided; 0: none. */
    appealDay: arena.int32(items),
    /** Day on which the strike of the item's removal lapses. */
    strikeLapses: arena.int32(items),
    /** 1: the creator is suspended and makes nothing, and none of their items is shown. */
    suspended: arena.uint8(slots),
    /** Day on which the suspension ends. */
    suspendedUntil: arena.int32(slots),
    /** Suspensions that the creator has had. */
    suspensions: arena.int32(slots),
    /** Days on which strikes lapse, `[creators, MOST_STRIKES]`; in force while the day is later than today. */
    strikes: arena.int32(slots * MOST_STRIKES),
    /** Ordinal of the creator whom these columns are about, plus 1; slots are used again. */
    known: arena.int32(slots),
    /** 1: an adversary. */
    adversary: arena.uint8(slots),
    /** See PROBE, `[creators, PROBE.length]`. */
    probe: arena.float64(slots * PROBE.length),
    /** Items since the last barrier that said something about the aim, and those of them that were held back. */
    probes: arena.int32(slots),
    probesHeld: arena.int32(slots),
    /** Holds since the last barrier, at the items' making. */
    holds: arena.int32(1),
    /** See INTEGRITY_DAY. */
    daily: arena.float64(integrity.enabled ? INTEGRITY_DAY.length : 0),
    tallies: {
      /** Reports made since the last barrier, by item. */
      reports: arena.int32(items),
    },
  };
}
