import type { ImpressionField, PageEvents, PageField } from "../../src/events.ts";

/** A page as a test writes it. */
export interface WrittenPage {
  readonly unit: number;
  readonly day?: number;
  readonly visit?: number;
  readonly segment?: number;
  readonly page?: Partial<Record<PageField, number>>;
  readonly shown?: readonly WrittenImpression[];
}

/** An impression as a test writes it. */
export type WrittenImpression = Partial<Record<ImpressionField, number>> & {
  readonly item?: number;
  readonly creator?: number;
  readonly topics?: readonly number[];
};

/** Pages as one block; a field is there when any page or impression has it, and NaN where one has not. */
export function pagesOf(written: readonly WrittenPage[]): PageEvents {
  const shown = written.flatMap((page) => page.shown ?? []);
  const offsets = new Int32Array(written.length + 1);
  written.forEach((page, i) => {
    offsets[i + 1] = offsets[i]! + (page.shown?.length ?? 0);
  });
  const column = <T>(rows: readonly T[], read: (row: T) => number | undefined): Float64Array | undefined =>
    rows.some((row) => read(row) !== undefined)
      ? Float64Array.from(rows, (row) => read(row) ?? NaN)
      : undefined;
  const whole = <T>(rows: readonly T[], read: (row: T) => number | undefined): Int32Array | undefined => {
    const values = column(rows, read);
    return values === undefined ? undefined : Int32Array.from(values);
  };
  const page: Partial<Record<PageField, Float64Array>> = {};
  for (const name of new Set(written.flatMap((each) => Object.keys(each.page ?? {}) as PageField[])))
    page[name] = column(written, (row) => row.page?.[name])!;
  const impression: Partial<Record<ImpressionField, Float64Array>> = {};
  for (const name of new Set(shown.flatMap((each) => Object.keys(each))))
    if (name !== "item" && name !== "creator" && name !== "topics")
      impression[name as ImpressionField] = column(shown, (row) => row[name as ImpressionField])!;
  const topicCount = shown[0]?.topics?.length;
  return {
    pageCount: written.length,
    unit: Float64Array.from(written, ({ unit }) => unit),
    day: column(written, ({ day }) => day),
    visit: column(written, ({ visit }) => visit),
    segment: whole(written, ({ segment }) => segment),
    page,
    offsets,
    item: whole(shown, ({ item }) => item),
    creator: whole(shown, ({ creator }) => creator),
    impression,
    topics:
      topicCount === undefined ? undefined : Float64Array.from(shown.flatMap(({ topics }) => topics ?? [])),
    topicCount,
  };
}
