import { closeSync, existsSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { openDecisionBlockWriter, type DecisionBlockWriter } from "@longview/formats/decision-block-writer";
import { decisionId } from "./decision-id.ts";
import { decodeDecision } from "./decision-record.ts";
import { decodeFeedback } from "./feedback-record.ts";
import type { PolicyFeatures } from "@longview/formats/policy-features";
import type { SegmentFiles } from "./log-folder.ts";
import { windowEnd } from "./attribution-window.ts";
import { readWriteAhead } from "./write-ahead-reader.ts";

/** What turns a segment's write-ahead files into its Parquet file; may be done any number of times. */
export interface ConversionJob {
  readonly logId: string;
  readonly segment: number;
  readonly files: SegmentFiles;
  /** Length of the decisions' file that was acknowledged. */
  readonly bytes: number;
  /** The first index that is not taken. */
  readonly decisions: number;
  readonly objectives: readonly string[];
  readonly costs: readonly string[];
  /** The features by which each policy decided. */
  readonly policies: PolicyFeatures;
  readonly attributionSeconds: number;
  /** Windows that are closed by then have complete outcomes. */
  readonly now: number;
}

/** What a conversion did. */
export interface ConversionResult {
  readonly rows: number;
  /** Size of the Parquet file; undefined when no row could be read, and so no file was written. */
  readonly parquetBytes: number | undefined;
  /** Bytes that were no record, and are kept apart. */
  readonly unreadableBytes: number;
}

/** Converts a segment. Memory grows with its reports' values only. */
export function convertSegment(job: ConversionJob): ConversionResult {
  const unreadable = new UnreadableFile(job.files.unreadable);
  let writer: DecisionBlockWriter | undefined;
  let last = -1;
  try {
    const outcomes = readOutcomes(job, unreadable);
    readWriteAhead(
      job.files.decisions,
      {
        record(payload) {
          const record = decodeDecision(payload);
          // What a failed write left behind is out of order.
          if (record.index <= last) return;
          last = record.index;
          const id = decisionId(job.logId, job.segment, record.index);
          const outcome = outcomes(record.index);
          writer ??= openDecisionBlockWriter(job.files.parquet, { ...job, features: job.policies });
          writer.append({
            ...record,
            decisionId: id,
            sessionId: record.sessionId ?? id,
            step: record.sessionId === undefined ? 0 : record.step,
            objectives: outcome.objectives,
            costs: outcome.costs,
            terminated: record.sessionId === undefined || outcome.terminated,
            truncated: outcome.truncated,
            outcomesComplete: windowEnd(Math.floor(record.timestamp), job.attributionSeconds) <= job.now,
          });
        },
        unreadable: (bytes) => unreadable.append(bytes),
      },
      job.bytes,
    );
    unreadable.close();
    const parquetBytes = writer?.close();
    if (parquetBytes !== undefined) syncFolderNow(dirname(job.files.parquet));
    return { rows: writer?.rowCount ?? 0, parquetBytes, unreadableBytes: unreadable.bytes };
  } finally {
    unreadable.close();
    writer?.abort();
  }
}

interface Outcome {
  readonly objectives: Float64Array;
  readonly costs: Float64Array;
  readonly terminated: boolean;
  readonly truncated: boolean;
}

const TERMINATED = 1;
const TRUNCATED = 2;

/** The reports of a segment, by index: some numbers a decision. */
function readOutcomes(job: ConversionJob, unreadable: UnreadableFile): (index: number) => Outcome {
  const objectiveCount = job.objectives.length;
  const width = objectiveCount + job.costs.length;
  const reported = existsSync(job.files.feedback);
  const values = new Float64Array(reported ? job.decisions * width : width);
  const flags = new Uint8Array(reported ? job.decisions : 1);
  if (reported)
    readWriteAhead(job.files.feedback, {
      record(payload) {
        const report = decodeFeedback(payload);
        if (report.index >= job.decisions) return;
        const row = values.subarray(report.index * width, (report.index + 1) * width);
        // Names that came after the job stay for the next one.
        for (const [name, value] of report.objectives) if (name < objectiveCount) row[name] = value;
        for (const [name, value] of report.costs) row[objectiveCount + name] = value;
        flags[report.index] =
          (report.terminated === true ? TERMINATED : 0) | (report.truncated === true ? TRUNCATED : 0);
      },
      unreadable: (bytes) => unreadable.append(bytes),
    });
  return (index) => {
    const at = reported && index < job.decisions ? index : 0;
    const row = values.subarray(at * width, (at + 1) * width);
    return {
      objectives: row.subarray(0, objectiveCount),
      costs: row.subarray(objectiveCount),
      terminated: (flags[at]! & TERMINATED) !== 0,
      truncated: (flags[at]! & TRUNCATED) !== 0,
    };
  };
}

/** A file that is there only if something was unreadable. */
class UnreadableFile {
  bytes = 0;
  readonly #path: string;
  #descriptor: number | undefined;

  constructor(path: string) {
    this.#path = path;
    rmSync(path, { force: true });
  }

  append(bytes: Uint8Array): void {
    this.#descriptor ??= openSync(this.#path, "w");
    for (let at = 0; at < bytes.length;) at += writeSync(this.#descriptor, bytes, at);
    this.bytes += bytes.length;
  }

  close(): void {
    if (this.#descriptor === undefined) return;
    fsyncSync(this.#descriptor);
    closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

function syncFolderNow(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
