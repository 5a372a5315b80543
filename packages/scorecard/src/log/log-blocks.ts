import type { DecisionLogChunk, DecisionLogReader } from "@longview/formats";
import type { ImpressionField, LifeEvents, PageEvents, PageField } from "../events.ts";
import { ScorecardError } from "../error.ts";
import { placeOf, readerOf, type ReadNumber } from "./field-values.ts";
import type { FieldNumber, LogFields } from "./log-fields.ts";
import { Numbering } from "./numbering.ts";
import { GrowingNumbers } from "../resampling/growing-numbers.ts";
import type { SegmentReader } from "./segments.ts";

/** A block of a log: its pages, and whom its candidates show to be there. */
export interface LogBlock {
  readonly pages: PageEvents;
  readonly lives: readonly LifeEvents[];
}

const SECONDS_PER_DAY = 86_400;
/** Rows of a file in the number of a page that has no user. */
const ROWS_PER_FILE = 2 ** 39;

interface Candidate {
  readonly item_id: string;
  readonly creator_id: string;
  readonly features?: readonly unknown[];
}

/** A block while it grows: one entry an impression. */
interface Impressions {
  readonly item: number[];
  readonly creator: number[];
  readonly topics: number[];
  readonly weight: number[];
  readonly fields: readonly (readonly [ImpressionField, ReadNumber, number[]])[];
}

/** Subjects and days of one kind of event. */
interface Found {
  readonly id: number[];
  readonly day: number[];
}

/** Turns chunks of a log into blocks of pages; items and creators keep their numbers from block to block. */
export class LogBlocks {
  readonly #fields: LogFields;
  readonly #segment: SegmentReader | undefined;
  readonly #slates: boolean;
  readonly #items = new Numbering();
  readonly #creators = new Numbering();
  /** Day on which each was met last. */
  readonly #itemDays = new GrowingNumbers(1, Number.NaN);
  readonly #creatorDays = new GrowingNumbers(1, Number.NaN);
  readonly #page: readonly (readonly [PageField, ReadNumber])[];
  readonly #impression: readonly (readonly [ImpressionField, ReadNumber])[];
  readonly #topics: readonly number[];
  readonly #creatorAge: ReadNumber | undefined;

  /** @throws ScorecardError `BAD_FIELDS` for what the log does not have */
  constructor(log: DecisionLogReader, fields: LogFields, segment: SegmentReader | undefined) {
    this.#fields = fields;
    this.#segment = segment;
    this.#slates = log.report.layout === "decision-log";
    this.#page = entriesOf(fields.page).map(([name, from]) => [name, readerOf(from, log)]);
    this.#impression = entriesOf(fields.impression).map(([name, from]) => {
      const { kind } = from.from;
      if (
        this.#slates ? kind !== "feature" && !(log.slateSize === 1 && kind !== "context") : kind === "feature"
      )
        throw new ScorecardError(
          "BAD_FIELDS",
          `impression.${name}: found ${kind}:${from.from.name}, allowed: ${
            this.#slates ? "feature:NAME, since a page shows several items" : "metric:NAME, column:NAME"
          }`,
        );
      return [name, readerOf(from, log)];
    });
    this.#topics = fields.topics.map((source) => {
      if (source.kind !== "feature" || !this.#slates)
        throw new ScorecardError(
          "BAD_FIELDS",
          `topics: found ${source.kind}:${source.name}, allowed: feature:NAME`,
        );
      return placeOf(source, log);
    });
    const age = fields.impression.creatorAge;
    this.#creatorAge = age?.from.kind === "feature" ? readerOf(age, log) : undefined;
  }

  /** The pages of a chunk. */
  block(chunk: DecisionLogChunk): LogBlock {
    const { rowCount } = chunk;
    const { continuation, creator: creatorColumn, visit } = this.#fields;
    const day = chunk.time?.map((seconds) => seconds / SECONDS_PER_DAY);
    const shown: Impressions = {
      item: [],
      creator: [],
      topics: [],
      weight: [],
      fields: this.#impression.map(([name, read]) => [name, read, []]),
    };
    const items: Found = { id: [], day: [] };
    const creators: Found = { id: [], day: [] };
    const joined: Found = { id: [], day: [] };
    const offsets = new Int32Array(rowCount + 1);
    for (let row = 0; row < rowCount; row++) {
      const now = day?.[row] ?? 0;
      if (this.#slates) {
        const candidates = chunk.carried["candidates"]![row] as readonly Candidate[];
        const slate = chunk.carried["slate"]![row] as readonly number[];
        for (const candidate of candidates)
          this.#meet(candidate, { chunk, row, now }, { items, creators, joined });
        slate.forEach((place, position) => {
          const { item_id, creator_id, features } = candidates[place]!;
          shown.item.push(this.#items.of(item_id));
          shown.creator.push(this.#creators.of(creator_id));
          if (continuation !== undefined) shown.weight.push(continuation ** position);
          for (const at of this.#topics) shown.topics.push(Number(features?.[at]));
          for (const [, read, values] of shown.fields) values.push(read(chunk, row, features));
        });
      } else {
        if (chunk.action !== undefined) shown.item.push(chunk.action[row]!);
        if (creatorColumn !== undefined)
          shown.creator.push(this.#creators.of(String(chunk.carried[creatorColumn]![row])));
        if (continuation !== undefined) shown.weight.push(continuation ** (chunk.position?.[row] ?? 0));
        for (const [, read, values] of shown.fields) values.push(read(chunk, row, undefined));
      }
      offsets[row + 1] = this.#slates ? shown.item.length : row + 1;
    }
    return {
      pages: {
        pageCount: rowCount,
        unit: chunk.unit ?? chunk.row.map((row, i) => chunk.file[i]! * ROWS_PER_FILE + row),
        day,
        visit: visit === undefined ? undefined : chunk.session,
        segment: this.#segmentsOf(chunk),
        page: Object.fromEntries(
          this.#page.map(([name, read]) => [
            name,
            new Float64Array(rowCount).map((_, row) => read(chunk, row, undefined)),
          ]),
        ),
        offsets,
        item: this.#slates || chunk.action !== undefined ? Int32Array.from(shown.item) : undefined,
        creator: this.#slates || creatorColumn !== undefined ? Int32Array.from(shown.creator) : undefined,
        impression: {
          ...Object.fromEntries(shown.fields.map(([name, , values]) => [name, Float64Array.from(values)])),
          ...(continuation === undefined ? {} : { weight: Float64Array.from(shown.weight) }),
        },
        ...(this.#topics.length === 0
          ? {}
          : { topics: Float64Array.from(shown.topics), topicCount: this.#topics.length }),
      },
      lives: [
        { subject: "item", kind: "available", ...items },
        { subject: "creator", kind: "available", ...creators },
        { subject: "creator", kind: "joined", ...joined },
      ],
    };
  }

  /** Notes that an item and its creator could be shown, once a day, and at first sight when the creator joined. */
  #meet(
    { item_id, creator_id, features }: Candidate,
    { chunk, row, now }: { readonly chunk: DecisionLogChunk; readonly row: number; readonly now: number },
    found: { readonly items: Found; readonly creators: Found; readonly joined: Found },
  ): void {
    const item = this.#items.of(item_id);
    if (isNewDay(this.#itemDays, item, now)) note(found.items, item, now);
    const creatorsBefore = this.#creators.count;
    const creator = this.#creators.of(creator_id);
    if (isNewDay(this.#creatorDays, creator, now)) note(found.creators, creator, now);
    if (creator !== creatorsBefore) return;
    const age = this.#creatorAge?.(chunk, row, features) ?? Number.NaN;
    if (Number.isFinite(age)) note(found.joined, creator, now - age);
  }

  #segmentsOf(chunk: DecisionLogChunk): Int32Array | undefined {
    const segment = this.#segment;
    return segment === undefined
      ? undefined
      : new Int32Array(chunk.rowCount).map((_, row) => segment.of(chunk, row));
  }
}

/** Whether a subject was not met on this day before; remembers it. */
function isNewDay(days: GrowingNumbers, subject: number, now: number): boolean {
  const at = days.reach(subject);
  const day = Math.floor(now);
  if (days.values[at] === day) return false;
  days.values[at] = day;
  return true;
}

function note({ id, day }: Found, subject: number, now: number): void {
  id.push(subject);
  day.push(now);
}

function entriesOf<Name extends string>(
  fields: Readonly<Partial<Record<Name, FieldNumber>>>,
): [Name, FieldNumber][] {
  return (Object.entries(fields) as [Name, FieldNumber | undefined][]).flatMap(([name, from]) =>
    from === undefined ? [] : [[name, from] as [Name, FieldNumber]],
  );
}
