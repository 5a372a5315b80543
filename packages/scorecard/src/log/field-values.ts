import type { DecisionLogChunk, DecisionLogReader } from "@longview/formats";
import { ScorecardError } from "../error.ts";
import type { FieldNumber, FieldSource } from "./log-fields.ts";

/** Reads a field's number of one row of a chunk; NaN where it is not there. */
export type ReadNumber = (
  chunk: DecisionLogChunk,
  row: number,
  features: ArrayLike<unknown> | undefined,
) => number;

const number = (value: unknown): number =>
  typeof value === "number"
    ? value
    : typeof value === "boolean"
      ? Number(value)
      : typeof value === "string" && value.trim() !== ""
        ? Number(value)
        : Number.NaN;

/**
 * The place of a feature, by name or number.
 *
 * @throws ScorecardError `BAD_FIELDS` where the log's files do not name features, or not this one
 */
export function placeOf({ kind, name }: FieldSource, reader: DecisionLogReader): number {
  if (/^\d+$/.test(name)) return Number(name);
  const group = kind === "feature" ? "candidates" : "context";
  const lists = Object.values(reader.policyFeatures).map((names) => names[group]);
  const [first] = lists;
  if (first === undefined)
    throw new ScorecardError(
      "BAD_FIELDS",
      `${kind}:${name}: the log's files do not name their features; allowed: ${kind}:0, ${kind}:1 …`,
    );
  if (lists.some((list) => list.indexOf(name) !== first.indexOf(name)))
    throw new ScorecardError(
      "BAD_FIELDS",
      `${kind}:${name}: policies of the log have it at different places`,
    );
  if (!first.includes(name))
    throw new ScorecardError("BAD_FIELDS", `${kind}:${name}: no such feature; allowed: ${first.join(", ")}`);
  return first.indexOf(name);
}

/** How to read a field. @throws ScorecardError `BAD_FIELDS` */
export function readerOf(field: FieldNumber, log: DecisionLogReader): ReadNumber {
  const { from, scale, offset, exponent } = field;
  const read = rawReaderOf(from, log);
  if (exponent !== undefined)
    return (chunk, row, features) => scale * (Math.exp(exponent * read(chunk, row, features)) - 1);
  if (scale === 1 && offset === 0) return read;
  return (chunk, row, features) => scale * (read(chunk, row, features) + offset);
}

function rawReaderOf(from: FieldSource, log: DecisionLogReader): ReadNumber {
  const { kind, name } = from;
  if (kind === "metric") {
    const at = log.metrics.indexOf(name);
    if (at < 0)
      throw new ScorecardError(
        "BAD_FIELDS",
        `metric:${name}: the log has no such metric; allowed: ${log.metrics.join(", ")}`,
      );
    return (chunk, row) => chunk.rewards[at]![row]!;
  }
  if (kind === "column") return (chunk, row) => number(chunk.carried[name]?.[row]);
  const place = placeOf(from, log);
  if (kind === "feature") return (_chunk, _row, features) => number(features?.[place]);
  return (chunk, row) => {
    const context = chunk.carried["context"]?.[row];
    return Array.isArray(context) ? number(context[place]) : Number.NaN;
  };
}
