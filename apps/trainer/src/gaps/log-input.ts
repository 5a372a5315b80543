import { openDecisionLog, type DecisionLogReader } from "@longview/formats";
import type { CatalogueItem, LogDecision, LoggedDecisions } from "@longview/scorecard/gaps";
import { UsageError } from "../exit-codes.ts";
import { Axis } from "./axis.ts";
import type { ItemTable } from "./item-table.ts";
import { candidatesOf, placesOf, topicNames, topicOfFeatures, type LoggedCandidate } from "./log-row.ts";

/** Where a log's columns say what. */
export interface LogInputOptions {
  readonly files: readonly string[];
  /** @defaultValue the log's first metric */
  readonly metric?: string;
  readonly segment?: string;
  readonly context?: string;
  /** Column with the topic that was asked for. */
  readonly wanted?: string;
  /** Column with the blocked candidates: their positions, or one yes or no a candidate. */
  readonly blocked?: string;
  readonly table?: ItemTable;
  /** Positions of candidate features of which one is 1 for each topic, first and last. */
  readonly topicFeatures?: readonly [first: number, last: number];
}

/** A log as the atlas reads it, with its items. */
export interface LogInput {
  readonly log: LoggedDecisions;
  readonly metric: string;
  readonly rows: number;
  /** Items for briefs, with the utility that a function of their number gives. */
  readonly catalogue: (utilityOf: (item: number) => CatalogueItem["utility"]) => CatalogueItem[];
  readonly close: () => void;
}

const SECONDS_PER_WEEK = 7 * 86_400;

/**
 * Opens a decision log for the atlas; a first reading numbers items and makes groups.
 *
 * @throws {UsageError} where the log lacks what is asked of it, and the reader's own errors
 */
export async function openLogInput(options: LogInputOptions): Promise<LogInput> {
  const segments = new Axis("--segment", options.segment, "everyone");
  const contexts = new Axis("--context", options.context, "anywhere");
  const columns = [segments.column, contexts.column, options.wanted, options.blocked];
  const reader = await openDecisionLog({
    files: options.files,
    carry: ["candidates", "slate", ...columns.filter((column) => column !== undefined)],
  });
  try {
    if (reader.report.layout !== "decision-log")
      throw new UsageError(
        `${options.files[0]}: shows no candidates; gaps reads decision logs with the columns candidates and slate`,
      );
    const { metrics } = reader;
    const metric = options.metric ?? metrics[0]!;
    if (!metrics.includes(metric))
      throw new UsageError(`--metric: found ${JSON.stringify(metric)}, allowed: ${metrics.join(", ")}`);
    const items = new ItemNumbers(reader, options);
    const time = await firstReading(reader, { items, segments, contexts });
    const axes = { topics: items.topics, segments: segments.names, contexts: contexts.names };
    return {
      metric,
      rows: reader.report.rowsKept,
      log: {
        axes,
        weeks: time,
        topicOf: items.topicOf,
        wholeCatalogue: options.table !== undefined,
        blockedKnown: options.blocked !== undefined,
        wantedKnown: options.wanted !== undefined,
        decisions: () =>
          decisionsOf(reader, { options, items, segments, contexts, reward: metrics.indexOf(metric) }),
      },
      catalogue: (utilityOf) => items.catalogue(utilityOf),
      close: reader.close,
    };
  } catch (error) {
    reader.close();
    throw error;
  }
}

interface Reading {
  readonly items: ItemNumbers;
  readonly segments: Axis;
  readonly contexts: Axis;
}

/** Numbers items and sees the groups' values. Returns what the log spans, in weeks; 1 where it has no times. */
async function firstReading(
  reader: DecisionLogReader,
  { items, segments, contexts }: Reading,
): Promise<number> {
  let first = Infinity;
  let last = -Infinity;
  for await (const chunk of reader.chunks()) {
    for (let k = 0; k < chunk.rowCount; k++) {
      for (const candidate of candidatesOf(chunk.carried["candidates"]![k])) items.numberOf(candidate);
      if (segments.column !== undefined) segments.observe(chunk.carried[segments.column]![k]);
      if (contexts.column !== undefined) contexts.observe(chunk.carried[contexts.column]![k]);
      if (chunk.time === undefined) continue;
      first = Math.min(first, chunk.time[k]!);
      last = Math.max(last, chunk.time[k]!);
    }
  }
  segments.settle();
  contexts.settle();
  return last > first ? (last - first) / SECONDS_PER_WEEK : 1;
}

async function* decisionsOf(
  reader: DecisionLogReader,
  reading: Reading & { readonly options: LogInputOptions; readonly reward: number },
): AsyncGenerator<LogDecision> {
  const { options, items, segments, contexts, reward } = reading;
  let row = 0;
  for await (const chunk of reader.chunks()) {
    const carried = (column: string | undefined, k: number): unknown =>
      column === undefined ? undefined : chunk.carried[column]![k];
    for (let k = 0; k < chunk.rowCount; k++, row++) {
      const candidates = candidatesOf(carried("candidates", k)).map((each) => items.numberOf(each));
      const at = (places: readonly number[]): number[] => places.map((place) => candidates[place]!);
      yield {
        unit: chunk.unit?.[k] ?? row,
        segment: segments.groupOf(carried(segments.column, k)),
        context: contexts.groupOf(carried(contexts.column, k)),
        outcome: chunk.rewards[reward]![k]!,
        candidates,
        slate: at(placesOf(carried("slate", k), candidates.length, "slate")),
        blocked:
          options.blocked === undefined
            ? []
            : at(placesOf(carried(options.blocked, k), candidates.length, `--blocked ${options.blocked}`)),
        wanted: options.wanted === undefined ? -1 : items.topicNamed(carried(options.wanted, k)),
      };
    }
  }
}

/** Numbers of a log's items, in the order in which they are first seen; those of an item table come first. */
class ItemNumbers {
  readonly topics: readonly string[];
  readonly topicOf: number[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #ids: string[] = [];
  readonly #creators: string[] = [];
  readonly #table: ItemTable | undefined;
  readonly #features: readonly [first: number, last: number] | undefined;

  constructor(reader: DecisionLogReader, { table, topicFeatures, files }: LogInputOptions) {
    this.#table = table;
    const named = topicNames(reader.policyFeatures);
    this.#features = topicFeatures ?? named?.places;
    if (table !== undefined) this.topics = table.topics;
    else if (this.#features !== undefined) {
      const [first, last] = this.#features;
      this.topics = Array.from({ length: last - first + 1 }, (_, k) =>
        topicFeatures === undefined ? (named?.names[k] ?? `topic ${k}`) : `topic ${k}`,
      );
    } else
      throw new UsageError(
        `${files[0]}: doesn't say what its items are about; allowed: --items FILE with item_id and topic, or --topic-features FIRST-LAST`,
      );
    for (const [id, { topic, creator }] of table?.items ?? []) this.#add(id, topic, creator ?? "");
  }

  numberOf(candidate: LoggedCandidate): number {
    const known = this.#numbers.get(candidate.item_id);
    if (known !== undefined) return known;
    if (this.#table !== undefined)
      throw new UsageError(`--items: item ${candidate.item_id} of the log is not in the table`);
    return this.#add(candidate.item_id, topicOfFeatures(candidate, this.#features!), candidate.creator_id);
  }

  /** The number of a topic; −1 where nothing was asked for. */
  topicNamed(value: unknown): number {
    if (value === null || value === undefined || value === "") return -1;
    const text =
      typeof value === "string" || typeof value === "number" ? String(value) : JSON.stringify(value);
    const topic = this.topics.indexOf(text);
    if (topic < 0)
      throw new UsageError(
        `--wanted: found topic ${JSON.stringify(text)}, allowed: ${this.topics.join(", ")}`,
      );
    return topic;
  }

  catalogue(utilityOf: (item: number) => CatalogueItem["utility"]): CatalogueItem[] {
    return this.#ids.map((id, item) => ({
      id,
      topic: this.topicOf[item]!,
      creator: this.#creators[item]!,
      utility: utilityOf(item),
      attributes: this.#table?.items.get(id)?.attributes ?? {},
    }));
  }

  #add(id: string, topic: number, creator: string): number {
    const number = this.#ids.length;
    this.#numbers.set(id, number);
    this.#ids.push(id);
    this.#creators.push(creator);
    this.topicOf.push(topic);
    return number;
  }
}
