import {
  PAGE_FIELDS,
  type FieldName,
  type ImpressionField,
  type PageEvents,
  type PageField,
} from "./events.ts";

/** The impression's field whose sum over a page stands in for a page's field. */
const SUMMED: Readonly<Partial<Record<PageField, ImpressionField>>> = {
  opens: "opened",
  likes: "liked",
  hides: "hidden",
  reports: "reported",
  harmfulImpressions: "harmful",
  userValue: "utility",
};

const isPageField = (name: FieldName): name is PageField => name in PAGE_FIELDS;

/** The column of a field, of whatever length it has; undefined where the block has none. */
function columnOf(pages: PageEvents, name: FieldName): ArrayLike<number> | undefined {
  if (name === "day" || name === "item" || name === "creator" || name === "topics") return pages[name];
  if (!isPageField(name)) return pages.impression[name];
  const part = SUMMED[name];
  return pages.page[name] ?? (part === undefined ? undefined : pages.impression[part]);
}

/** Whether a block has a field: for a page's field its own column, or that of its impressions. */
export function hasField(pages: PageEvents, name: FieldName): boolean {
  return columnOf(pages, name) !== undefined;
}

/** Whether a field has at least one number that is known. */
export function knowsField(pages: PageEvents, name: FieldName): boolean {
  const column = columnOf(pages, name);
  if (column === undefined) return false;
  for (let i = 0; i < column.length; i++) if (!Number.isNaN(column[i])) return true;
  return false;
}

/**
 * A page's field as a column: its own, else the sums of its impressions' field; NaN where it is not known, which for a sum is
 * where one of them is not.
 */
export function pageColumn(pages: PageEvents, name: PageField): Float64Array {
  const own = pages.page[name];
  if (own !== undefined) return own;
  const out = new Float64Array(pages.pageCount).fill(Number.NaN);
  const part = SUMMED[name];
  const values = part === undefined ? undefined : pages.impression[part];
  if (values === undefined) return out;
  const { offsets } = pages;
  for (let page = 0; page < pages.pageCount; page++) {
    let sum = 0;
    for (let i = offsets[page]!; i < offsets[page + 1]!; i++) sum += values[i]!;
    out[page] = sum;
  }
  return out;
}

/** An impression's field as a column; NaN throughout where the block has none. */
export function impressionColumn(pages: PageEvents, name: ImpressionField): Float64Array {
  return pages.impression[name] ?? new Float64Array(pages.offsets[pages.pageCount]!).fill(Number.NaN);
}
