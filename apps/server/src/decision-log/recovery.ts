import { readdirSync, rmSync, statSync, truncateSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { jsonText, writeFileAtomic } from "@longview/formats/write-atomic";
import { decisionRecordPlace } from "./decision-record.ts";
import { decodeFeedback } from "./feedback-record.ts";
import { SEGMENT_FILE, WRITE_AHEAD_FOLDER } from "./log-folder.ts";
import { Segment, segmentSealSchema } from "./segment.ts";
import { readWriteAhead } from "./write-ahead-reader.ts";

/** What a log's folder holds. */
export interface RecoveredLog {
  /** Segments whose decisions' outcomes are not complete in their Parquet files, oldest first; all sealed. */
  readonly segments: readonly Segment[];
  /** The largest number of any file; 0 without one. */
  readonly lastSegment: number;
  /** Parquet files and their size. */
  readonly files: number;
  readonly bytes: number;
  /** Segments of which some bytes could not be read. */
  readonly unreadable: readonly number[];
}

/** Puts a log's folder in order after whatever ended the process that wrote to it. */
export function recoverLog(folder: string): RecoveredLog {
  const writeAhead = join(folder, WRITE_AHEAD_FOLDER);
  // A file that never got its name.
  for (const place of [folder, writeAhead])
    for (const name of readdirSync(place))
      if (/^\..*\.writing$/.test(name)) rmSync(join(place, name), { recursive: true, force: true });
  const names = readdirSync(writeAhead);
  const above = readdirSync(folder);
  const numbers = (among: readonly string[], pattern: RegExp): number[] =>
    among
      .map((name) => Number(pattern.exec(name)?.[1] ?? 0))
      .filter((number) => number > 0)
      .sort((a, b) => a - b);
  const parquet = numbers(above, SEGMENT_FILE.parquet);
  const open = numbers(names, SEGMENT_FILE.decisions);
  const beside = [...numbers(names, SEGMENT_FILE.seal), ...numbers(names, SEGMENT_FILE.feedback)];
  for (const number of beside) {
    // Decisions go first when a segment is done; the rest may have stayed.
    if (open.includes(number)) continue;
    const { files } = new Segment(folder, number);
    rmSync(files.seal, { force: true });
    rmSync(files.feedback, { force: true });
  }
  const segments: Segment[] = [];
  for (const number of open) {
    const segment = recoverSegment(folder, number);
    if (segment !== undefined) segments.push(segment);
  }
  return {
    segments,
    lastSegment: Math.max(0, ...[parquet, open, beside].map((each) => each.at(-1) ?? 0)),
    files: parquet.length,
    bytes: parquet.reduce((sum, number) => sum + statSync(new Segment(folder, number).files.parquet).size, 0),
    unreadable: numbers(above, SEGMENT_FILE.unreadable),
  };
}

function recoverSegment(folder: string, number: number): Segment | undefined {
  const segment = new Segment(folder, number);
  const { files } = segment;
  if (!restoreSeal(segment)) {
    let last = -1;
    const { end } = readWriteAhead(files.decisions, {
      record(payload) {
        const { index, timestamp } = decisionRecordPlace(payload);
        if (index <= last) return;
        last = index;
        segment.note(index, timestamp);
      },
    });
    truncateSync(files.decisions, end);
    segment.bytes = end;
    segment.written = end;
    if (end === 0) {
      rmSync(files.decisions);
      return undefined;
    }
    if (segment.decisions > 0) writeFileAtomic(files.seal, jsonText(segment.seal()));
  }
  segment.sealed = true;
  if (existsSync(files.feedback)) {
    const { end } = readWriteAhead(files.feedback, {
      record: (payload) => void segment.report(decodeFeedback(payload).index),
    });
    truncateSync(files.feedback, end);
    segment.feedbackBytes = end;
  }
  if (existsSync(files.parquet)) segment.parquetBytes = statSync(files.parquet).size;
  return segment;
}

/** Takes over what is known of a sealed segment; false where that is not whole, or not of this file. */
function restoreSeal(segment: Segment): boolean {
  try {
    const seal = segmentSealSchema.parse(JSON.parse(readFileSync(segment.files.seal, "utf8")));
    if (seal.bytes > statSync(segment.files.decisions).size) return false;
    segment.restore(seal);
    return true;
  } catch {
    return false;
  }
}
