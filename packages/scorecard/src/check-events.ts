import {
  IMPRESSION_FIELDS,
  PAGE_FIELDS,
  type ImpressionField,
  type PageEvents,
  type PageField,
} from "./events.ts";
import { ScorecardError } from "./error.ts";

/**
 * Refuses a block of pages whose arrays do not fit together.
 *
 * @throws ScorecardError `BAD_LENGTH`, `BAD_VALUE`
 */
export function checkPages(pages: PageEvents): void {
  const { pageCount, offsets } = pages;
  length("unit", pages.unit, pageCount, "one a page");
  length("offsets", offsets, pageCount + 1, "one a page and one more");
  for (let i = 0; i < pageCount; i++) {
    const unit = pages.unit[i]!;
    if (!(Number.isSafeInteger(unit) && unit >= 0))
      throw new ScorecardError("BAD_VALUE", `unit: page ${i} has ${unit}, allowed: a whole number from 0`);
    if (offsets[i]! > offsets[i + 1]!)
      throw new ScorecardError("BAD_VALUE", `offsets: page ${i} ends before it begins`);
  }
  if (offsets[0] !== 0)
    throw new ScorecardError("BAD_VALUE", `offsets: begins with ${offsets[0]}, allowed: 0`);
  const impressions = offsets[pageCount]!;
  for (const name of ["day", "visit", "segment"] as const)
    if (pages[name] !== undefined) length(name, pages[name], pageCount, "one a page");
  for (const name of Object.keys(PAGE_FIELDS) as PageField[])
    if (pages.page[name] !== undefined) length(`page.${name}`, pages.page[name], pageCount, "one a page");
  for (const name of Object.keys(IMPRESSION_FIELDS) as ImpressionField[])
    if (pages.impression[name] !== undefined)
      length(`impression.${name}`, pages.impression[name], impressions, "one an impression");
  for (const name of ["item", "creator"] as const)
    if (pages[name] !== undefined) {
      length(name, pages[name], impressions, "one an impression");
      whole(name, pages[name]);
    }
  if (pages.segment !== undefined) whole("segment", pages.segment);
  if (pages.topics !== undefined)
    length("topics", pages.topics, impressions * (pages.topicCount ?? 0), "impressions · topicCount");
}

function length(name: string, values: ArrayLike<number>, wanted: number, what: string): void {
  if (values.length !== wanted)
    throw new ScorecardError("BAD_LENGTH", `${name}: has ${values.length} entries, needs ${wanted}: ${what}`);
}

function whole(name: string, values: Int32Array): void {
  const bad = values.findIndex((value) => value < 0);
  if (bad >= 0)
    throw new ScorecardError("BAD_VALUE", `${name}: entry ${bad} is ${values[bad]}, allowed: at least 0`);
}
