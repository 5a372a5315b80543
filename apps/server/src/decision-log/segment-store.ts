import { unlink } from "node:fs/promises";
import type { Converter } from "./converter.ts";
import type { LogDescription } from "./log-description.ts";
import type { RecoveredLog } from "./recovery.ts";
import { windowEnd } from "./attribution-window.ts";
import type { Segment } from "./segment.ts";
import { failureText } from "./log-folder.ts";
import type { ServedLogStatistics } from "./log-statistics.ts";

/** What the store needs of the log around it. */
export interface SegmentStoreSettings {
  readonly converter: Converter;
  /** Resolves when the reports that were taken before are written. */
  readonly settled: () => Promise<void>;
  readonly attributionSeconds: number;
  readonly description: () => LogDescription;
  /** Keeps a segment's number from being given again. */
  readonly used: (segment: number) => Promise<void>;
}

const LONGEST_RETRY_SECONDS = 60;

/** Segments from their first decision until their outcomes are complete in their Parquet files. */
export class SegmentStore {
  readonly #segments = new Map<number, Segment>();
  /** Segments of the last process, which are converted at once: its readers wait. */
  readonly #leftOver: ReadonlySet<Segment>;
  readonly #settings: SegmentStoreSettings;
  readonly #sealing = new Set<Promise<void>>();
  readonly #converting = new Set<Promise<void>>();
  readonly #unreadable: Set<number>;
  #last: number;
  #files: number;
  #parquetBytes: number;
  #done = 0;
  #failed = 0;
  #failure: string | undefined;

  constructor(recovered: RecoveredLog, settings: SegmentStoreSettings) {
    this.#settings = settings;
    for (const segment of recovered.segments) this.#segments.set(segment.number, segment);
    this.#leftOver = new Set(recovered.segments);
    this.#unreadable = new Set(recovered.unreadable);
    this.#last = settings.description().last_segment;
    this.#files = recovered.files;
    this.#parquetBytes = recovered.bytes;
  }

  get statistics(): Omit<ServedLogStatistics, "decisions" | "waitingBytes" | "feedback" | "failure"> {
    let bytes = this.#parquetBytes;
    for (const segment of this.#segments.values()) bytes += segment.written + segment.feedbackBytes;
    return {
      openSegments: this.#segments.size,
      files: this.#files,
      bytes,
      conversions: { done: this.#done, failed: this.#failed, failure: this.#failure },
      unreadableSegments: this.#unreadable.size,
    };
  }

  add(segment: Segment): void {
    this.#segments.set(segment.number, segment);
    this.#last = segment.number;
  }

  /** A segment by its number, or whether there was one. */
  find(number: number): Segment | "done" | "never" {
    return this.#segments.get(number) ?? (number > 0 && number <= this.#last ? "done" : "never");
  }

  /** Takes note of a segment that is closed when `sealed` resolves. */
  sealing(segment: Segment, sealed: Promise<void>): void {
    const done = sealed.then(() => {
      this.#sealing.delete(done);
      // Nothing of it was acknowledged.
      if (segment.written === 0) this.#segments.delete(segment.number);
    });
    this.#sealing.add(done);
  }

  /**
   * Converts what is due; resolves when that, and what was being converted, is done or has failed. Due is a segment whose
   * windows are closed; while they are open readers would leave its rows out, and converting it twice would take the
   * processor from requests.
   */
  convertDue(now: number): Promise<void> {
    return this.#convertWhere(now, (segment) => this.#leftOver.has(segment));
  }

  /** Converts what is due, and of open windows what `early` names and has no Parquet file yet. */
  async #convertWhere(now: number, early: (segment: Segment) => boolean): Promise<void> {
    await Promise.all(this.#sealing);
    for (const segment of this.#segments.values()) {
      const final = this.#isFinal(segment, now);
      const due = segment.sealed && (final || (segment.parquetBytes === undefined && early(segment)));
      if (!due || segment.converting || now < segment.retryTime) continue;
      segment.converting = true;
      const done = this.#convert(segment, now, final).finally(() => {
        segment.converting = false;
        this.#converting.delete(done);
      });
      this.#converting.add(done);
    }
    await Promise.all(this.#converting);
  }

  /** Converts what has no Parquet file yet, and ends the thread. */
  async close(now: number): Promise<void> {
    for (const segment of this.#segments.values()) segment.retryTime = now;
    await this.#convertWhere(now, () => true);
    await this.#settings.converter.close();
  }

  /** Whether the window of the last decision is closed. */
  #isFinal(segment: Segment, now: number): boolean {
    return now >= windowEnd(Math.floor(segment.lastTime), this.#settings.attributionSeconds);
  }

  async #convert(segment: Segment, now: number, final: boolean): Promise<void> {
    const { converter, description, settled, used, attributionSeconds } = this.#settings;
    try {
      // Reports that come later than `now` are late for windows that are closed by then.
      await settled();
      const { log_id: logId, objectives, costs, policies } = description();
      const { number, files, written, decisions } = segment;
      const result = await converter.convert({
        logId,
        segment: number,
        files,
        bytes: written,
        decisions,
        objectives,
        costs,
        policies,
        attributionSeconds,
        now,
      });
      this.#done++;
      this.#failure = undefined;
      segment.failures = 0;
      if (result.unreadableBytes > 0) this.#unreadable.add(number);
      const size = result.parquetBytes ?? 0;
      this.#parquetBytes += size - (segment.parquetBytes ?? 0);
      if (segment.parquetBytes === undefined && size > 0) this.#files++;
      segment.parquetBytes = size;
      if (final) {
        await used(number);
        await remove(segment);
        this.#segments.delete(number);
      }
    } catch (cause) {
      this.#failed++;
      this.#failure = failureText(cause);
      segment.failures++;
      segment.retryTime = now + Math.min(LONGEST_RETRY_SECONDS, 2 ** segment.failures);
    }
  }
}

/** Removes a segment's write-ahead files, the decisions first: without them the others are known to be left-overs. */
async function remove({ files }: Segment): Promise<void> {
  await unlink(files.decisions);
  for (const path of [files.feedback, files.seal])
    await unlink(path).catch((cause: unknown) => {
      if (!(cause instanceof Error && "code" in cause && cause.code === "ENOENT")) throw cause;
    });
}
