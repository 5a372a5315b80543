import type { DecisionLogChunk, DecisionLogReader } from "@longview/formats";
import { ScorecardError } from "../error.ts";
import { placeOf } from "./field-values.ts";
import { Numbering } from "./numbering.ts";

/** Different values beyond which a column makes no segments. */
const MOST_SEGMENTS = 1000;

/** Reads the segment of a page. */
export interface SegmentReader {
  readonly of: (chunk: DecisionLogChunk, row: number) => number;
  readonly names: () => readonly string[];
}

/**
 * The column that a segment needs carried; undefined where it needs none.
 *
 * @throws ScorecardError `BAD_OPTION` for text that names no segment
 */
export function segmentColumn(text: string): string | undefined {
  const [, kind, name] = /^(?:policy|(column|context):(.+))$/.exec(text) ?? [undefined, "?"];
  if (kind === "?")
    throw new ScorecardError(
      "BAD_OPTION",
      `segments: found ${JSON.stringify(text)}, allowed: policy, column:NAME, context:NAME`,
    );
  return kind === "context" ? "context" : name;
}

/** How to read segments. @throws ScorecardError `BAD_OPTION`, `BAD_FIELDS` */
export function segmentReader(text: string, log: DecisionLogReader): SegmentReader {
  if (text === "policy") {
    const policies = log.policies;
    if (policies === undefined)
      throw new ScorecardError("BAD_OPTION", "segments: the log does not say which policy decided");
    return { of: (chunk, row) => chunk.policy![row]!, names: () => policies.map(({ id }) => id) };
  }
  const numbers = new Numbering();
  const numberOf = (value: unknown): number => {
    const name = value === null || value === undefined ? "none" : textOf(value);
    const at = numbers.of(name);
    if (numbers.count > MOST_SEGMENTS)
      throw new ScorecardError(
        "BAD_OPTION",
        `segments: ${text} has more than ${MOST_SEGMENTS} different values, allowed: categories`,
      );
    return at;
  };
  const name = text.slice(text.indexOf(":") + 1);
  if (text.startsWith("column:"))
    return { of: (chunk, row) => numberOf(chunk.carried[name]?.[row]), names: () => numbers.names };
  const place = placeOf({ kind: "context", name }, log);
  return {
    of: (chunk, row) => {
      const context = chunk.carried["context"]?.[row];
      return numberOf(Array.isArray(context) ? context[place] : undefined);
    },
    names: () => numbers.names,
  };
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
