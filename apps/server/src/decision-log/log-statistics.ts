import type { FeedbackResult } from "./served-decision.ts";

/** Figures of a log since it was opened, and what its folder holds now. */
export interface ServedLogStatistics {
  /** Decisions that were acknowledged. */
  readonly decisions: number;
  /** Segments whose decisions' outcomes are not complete in their Parquet files. */
  readonly openSegments: number;
  /** Parquet files. */
  readonly files: number;
  /** Bytes of the Parquet and write-ahead files. */
  readonly bytes: number;
  /** Bytes that wait for the disk. */
  readonly waitingBytes: number;
  readonly feedback: Readonly<Record<FeedbackResult, number>>;
  readonly conversions: {
    readonly done: number;
    readonly failed: number;
    /** What the last failure was, in a few words; undefined since a conversion was done. */
    readonly failure: string | undefined;
  };
  /** Why decisions cannot be written, in a few words; undefined since a write was done. */
  readonly failure: string | undefined;
  /** Segments with bytes that could not be read; these are kept in `unreadable-NNNNNN.wal`. */
  readonly unreadableSegments: number;
}
