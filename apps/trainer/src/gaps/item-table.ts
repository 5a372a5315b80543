import { readFileSync } from "node:fs";
import { parseTextTable } from "@longview/formats";
import { UsageError } from "../exit-codes.ts";

/** Items with their topics and what else is known of them. */
export interface ItemTable {
  readonly topics: readonly string[];
  readonly items: ReadonlyMap<
    string,
    {
      readonly topic: number;
      readonly creator?: string;
      readonly attributes: Readonly<Record<string, number>>;
    }
  >;
}

/**
 * Reads a table of all items: `item_id`, `topic`, perhaps `creator_id`; every further column of numbers is an attribute.
 *
 * @throws {UsageError} naming the file and the line
 */
export function readItemTable(path: string): ItemTable {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new UsageError(`--items: ${path} cannot be read; allowed: a CSV file with item_id and topic`);
  }
  const { columns, rows } = parseTextTable(text, path);
  for (const needed of ["item_id", "topic"])
    if (!columns.includes(needed))
      throw new UsageError(`--items: ${path} has no column ${needed}; it has ${columns.join(", ")}`);
  const [idAt, topicAt, creatorAt] = ["item_id", "topic", "creator_id"].map((name) => columns.indexOf(name));
  const attributeNames = columns
    .map((name, at) => ({ name, at }))
    .filter(({ at }) => at !== idAt && at !== topicAt && at !== creatorAt);
  const topics = Array.from(new Set(rows.map((row) => row[topicAt!]!))).sort();
  const items = new Map<string, { topic: number; creator?: string; attributes: Record<string, number> }>();
  for (const [index, row] of rows.entries()) {
    const id = row[idAt!]!;
    if (id === "" || row[topicAt!] === "")
      throw new UsageError(`--items: ${path} line ${index + 2}: item_id and topic must not be empty`);
    if (items.has(id)) throw new UsageError(`--items: ${path} line ${index + 2}: item ${id} is there twice`);
    const attributes: Record<string, number> = {};
    for (const { name, at } of attributeNames) {
      const value = row[at]!.trim() === "" ? NaN : Number(row[at]);
      if (Number.isFinite(value)) attributes[name] = value;
    }
    const creator = creatorAt! >= 0 ? { creator: row[creatorAt!]! } : {};
    items.set(id, { topic: topics.indexOf(row[topicAt!]!), ...creator, attributes });
  }
  return { topics, items };
}
