import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { pipeline } from "node:stream/promises";
import { DecisionLogError } from "./decision-log-error.ts";
import { splitRecord } from "./delimited.ts";

/** What one pass over a text file finds. */
export interface TextFile {
  /** The beginning, at most 4 MiB, cut after the last whole line where there is more. */
  readonly head: string;
  /** Bytes `"` in the file. */
  readonly quoteCount: number;
}

const HEAD_BYTES = 4 * 1024 * 1024;
const QUOTE = 0x22;

/**
 * Reads a text file once, unpacking gzip, without holding it: finds a file that is cut short before anything else
 * trusts it.
 *
 * @throws DecisionLogError `UNREADABLE_FILE`, or `EMPTY` for one without a byte
 */
export async function scanTextFile(path: string): Promise<TextFile> {
  const pieces: Buffer[] = [];
  let kept = 0;
  let size = 0;
  let quoteCount = 0;
  const look = async (source: AsyncIterable<Buffer>): Promise<void> => {
    for await (const piece of source) {
      if (kept < HEAD_BYTES) {
        pieces.push(piece.subarray(0, HEAD_BYTES - kept));
        kept += pieces.at(-1)!.length;
      }
      size += piece.length;
      for (let at = piece.indexOf(QUOTE); at >= 0; at = piece.indexOf(QUOTE, at + 1)) quoteCount++;
    }
  };
  const bytes = createReadStream(path, { highWaterMark: 1 << 20 });
  try {
    if (path.endsWith(".gz")) await pipeline(bytes, createGunzip({ chunkSize: 1 << 18 }), look);
    else await pipeline(bytes, look);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DecisionLogError(
      "UNREADABLE_FILE",
      `${path}: cannot be read to its end (${why}); is it cut short?`,
      { cause },
    );
  }
  if (size === 0) throw new DecisionLogError("EMPTY", `${path}: is empty; a header and rows are needed`);
  let head = Buffer.concat(pieces)
    .toString("utf8")
    .replace(/^\uFEFF/, "");
  if (size > kept) head = head.slice(0, head.lastIndexOf("\n") + 1);
  return { head, quoteCount };
}

/** The header's names and the separator, from a file's beginning. */
export function headerOf(path: string, head: string): { names: string[]; delimiter: string } {
  const first = head.slice(0, /\r\n|\n|\r/.exec(head)?.index ?? head.length);
  let delimiter = ",";
  for (const other of ["\t", ";", "|"])
    if (first.split(other).length > first.split(delimiter).length) delimiter = other;
  const names = splitRecord(first, delimiter);
  const seen = new Map<string, string>();
  for (const name of names) {
    const other = seen.get(name.toLowerCase());
    if (other === name)
      throw new DecisionLogError("BAD_MAPPING", `${path}: two columns are named ${JSON.stringify(name)}`);
    if (other !== undefined)
      throw new DecisionLogError(
        "BAD_MAPPING",
        `${path}: columns ${JSON.stringify(other)} and ${JSON.stringify(name)} differ in case alone`,
      );
    seen.set(name.toLowerCase(), name);
  }
  return { names, delimiter };
}
