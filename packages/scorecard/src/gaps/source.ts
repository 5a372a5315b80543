import { ScorecardError } from "../error.ts";
import {
  ALL_VISIBLE,
  cellNumber,
  emptyCell,
  type CellSums,
  type GapAxes,
  type GapEvidence,
} from "./evidence.ts";
import type { CatalogueItem } from "./catalogue-item.ts";
import type { ServedSupply } from "./topic-prices.ts";
import { COALITIONS, IDEAL, type Stage } from "./stages.ts";

/** What one decision had to offer to the topics that its user wanted. */
export interface NeedRecord {
  /** Stands for the user: a whole number from 0 below 2⁵³, the same for the same user. */
  readonly unit: number;
  readonly segment: number;
  readonly context: number;
  /** How much each topic was wanted, ≥ 0, one number a topic; a decision that wants one thing sums to 1. */
  readonly demand: ArrayLike<number>;
  /**
   * Utility to this user by topic and set of mended stages, `[topic · 16 + coalition]`: what {@link levelCoalitionsInto} or
   * {@link itemCoalitionsInto} writes. Read only where the topic is wanted. The array may be used again for the next record.
   */
  readonly utilities: ArrayLike<number>;
}

/** A pipeline whose utilities are known, such as a simulated run. */
export interface GapSource {
  readonly axes: GapAxes;
  /** What the records span, in weeks. */
  readonly weeks: number;
  /** Stages that can be told apart. @defaultValue all four */
  readonly visible?: readonly (readonly Stage[])[];
  /** What this source can't tell, one sentence each. @defaultValue none */
  readonly limits?: readonly string[];
  /** Records one after another; nothing is kept of them but sums. */
  readonly records: () => Iterable<NeedRecord> | AsyncIterable<NeedRecord>;
  /** The items of the catalogue, for briefs. Asked for after the last record. */
  readonly catalogue?: () => readonly CatalogueItem[];
  /** What was served, for the prices of topics. Asked for after the last record. */
  readonly served?: () => ServedSupply;
}

/** Options of {@link collectEvidence}. */
export interface CollectOptions {
  /** Groups into which users are put, at random by their number. More say more of rare cells. @defaultValue 64 */
  readonly groups?: number;
}

/** Scrambles a unit's number, so that neighbours fall into unlike groups; a bijection of 32-bit words (Mueller's hash). */
function scrambled(unit: number): number {
  let word = (unit ^ Math.floor(unit / 2 ** 32)) >>> 0;
  word = Math.imul(word ^ (word >>> 16), 0x45d9f3b);
  word = Math.imul(word ^ (word >>> 16), 0x45d9f3b);
  return (word ^ (word >>> 16)) >>> 0;
}

/** The group of a unit, from 0 below `groups`: the same for the same unit, wherever and whenever it is asked. */
export function groupOf(unit: number, groups: number): number {
  return Math.floor((scrambled(unit) / 2 ** 32) * groups);
}

/** Sums of decisions by cell and group of users. Memory grows with cells, not with decisions or users. */
export class CellAccumulator {
  readonly cells = new Map<number, CellSums>();
  readonly #axes: GapAxes;
  readonly #groups: number;
  #decisions = 0;

  constructor(axes: GapAxes, groups: number) {
    this.#axes = axes;
    this.#groups = groups;
  }

  /**
   * Adds one decision.
   *
   * @throws {ScorecardError} for a place outside the axes, a negative demand, or a utility that is not finite
   */
  add(record: NeedRecord): void {
    const { topics, segments, contexts } = this.#axes;
    const { unit, segment, context, demand, utilities } = record;
    const decision = this.#decisions++;
    this.#requireIndex("segment", segment, segments.length);
    this.#requireIndex("context", context, contexts.length);
    if (demand.length !== topics.length || utilities.length < topics.length * COALITIONS)
      throw new ScorecardError(
        "BAD_LENGTH",
        `need record ${decision}: demand and utilities must hold ${topics.length} topics, got ${demand.length} and ${utilities.length / COALITIONS}`,
      );
    const group = groupOf(unit, this.#groups);
    for (let topic = 0; topic < demand.length; topic++) {
      const wanted = demand[topic]!;
      if (wanted === 0) continue;
      if (!(wanted > 0 && wanted < Infinity))
        throw new ScorecardError(
          "BAD_VALUE",
          `need record ${decision}: demand of ${topics[topic]} must be >= 0 and finite, got ${wanted}`,
        );
      const sums = this.#cell(cellNumber(this.#axes, { topic, segment, context }));
      sums.weights[group] = sums.weights[group]! + wanted;
      const to = group * COALITIONS;
      const from = topic * COALITIONS;
      for (let coalition = 0; coalition <= IDEAL; coalition++) {
        const utility = utilities[from + coalition]!;
        if (!Number.isFinite(utility))
          throw new ScorecardError(
            "BAD_VALUE",
            `need record ${decision}: utility of ${topics[topic]} must be finite, got ${utility}`,
          );
        sums.values[to + coalition] = sums.values[to + coalition]! + wanted * utility;
      }
    }
  }

  #cell(number: number): CellSums {
    let sums = this.cells.get(number);
    if (sums === undefined) this.cells.set(number, (sums = emptyCell(this.#groups)));
    return sums;
  }

  #requireIndex(what: string, index: number, count: number): void {
    if (!(Number.isSafeInteger(index) && index >= 0 && index < count))
      throw new ScorecardError(
        "BAD_VALUE",
        `need record ${this.#decisions - 1}: ${what} must be a whole number from 0 to ${count - 1}, got ${index}`,
      );
  }
}

/** Reads a source to its end into evidence. @throws {ScorecardError} for a record that is wrong */
export async function collectEvidence(source: GapSource, options: CollectOptions = {}): Promise<GapEvidence> {
  const { groups = 64 } = options;
  const accumulator = new CellAccumulator(source.axes, groups);
  for await (const record of source.records()) accumulator.add(record);
  return {
    axes: source.axes,
    weeks: source.weeks,
    groups,
    cells: accumulator.cells,
    visible: source.visible ?? ALL_VISIBLE,
    limits: source.limits ?? [],
  };
}
