import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { PolicyFeatures } from "@longview/formats/policy-features";
import { jsonText } from "@longview/formats/write-atomic";
import { Converter } from "./converter.ts";
import { DecisionJournal, type Durability } from "./decision-journal.ts";
import { decisionId } from "./decision-id.ts";
import { FeedbackJournal } from "./feedback-journal.ts";
import { FeedbackDesk } from "./feedback-desk.ts";
import { lockFolder, type FolderLock } from "./folder-lock.ts";
import {
  newDescription,
  readDescription,
  withMetrics,
  withPolicies,
  writeDescription,
  type LogDescription,
  type MetricNames,
} from "./log-description.ts";
import { failureText, WRITE_AHEAD_FOLDER } from "./log-folder.ts";
import type { ServedLogStatistics } from "./log-statistics.ts";
import { recoverLog, type RecoveredLog } from "./recovery.ts";
import { Segment } from "./segment.ts";
import { SegmentStore } from "./segment-store.ts";
import {
  decisionProblem,
  type FeedbackReport,
  type FeedbackResult,
  type ServedDecision,
} from "./served-decision.ts";

/** How a server's decision log is kept. */
export interface ServedLogOptions extends MetricNames {
  /** How long feedback is waited for; rounded up to whole seconds of the decision. */
  readonly attributionSeconds: number;
  /** A segment takes no more decisions when it has this size. */
  readonly rotateBytes: number;
  /** A segment takes no more decisions when its first is this old. */
  readonly rotateSeconds: number;
  /** What an acknowledged decision survives: the end of the process, or of the machine's power too. */
  readonly durability: Durability;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** How often the log looks for what is due, in milliseconds; 0 leaves it to `maintain`. @defaultValue 1000 */
  readonly maintenanceMilliseconds?: number;
}

/** Decisions on their way into the log. */
export interface AppendedDecisions {
  /** One id a decision. */
  readonly ids: readonly string[];
  /** Resolves when the decisions are in the write-ahead file, and only then may they be answered; rejects when not. */
  readonly written: Promise<void>;
}

/** A server's decision log: what is acknowledged is in its Parquet files exactly once, whatever happens. */
export interface ServedLog {
  /** The names that rows have now. */
  readonly metrics: MetricNames;
  readonly statistics: ServedLogStatistics;
  /**
   * Takes decisions and gives them their ids.
   *
   * @throws RangeError for a decision that breaks the log's contract; no decision of the call is taken
   * @throws Error when the log is closed, or too much waits for the disk
   */
  append(decisions: readonly ServedDecision[]): AppendedDecisions;
  /**
   * Takes reports; resolves when they are on the disk, those that join nothing in `feedback-apart.jsonl`.
   *
   * @throws RangeError for a metric that the log does not know or a number that is not finite; no report is taken
   */
  feedback(reports: readonly FeedbackReport[]): Promise<readonly FeedbackResult[]>;
  /** Adds names of metrics; rows without a value have 0. */
  addMetrics(names: MetricNames): Promise<void>;
  /**
   * Notes by which features policies decide, before they do: a row's numbers are in their order.
   *
   * @throws RangeError where a policy of that id had others
   */
  addPolicies(features: PolicyFeatures): Promise<void>;
  /** Seals, converts and removes what is due; resolves when that is done. Happens by itself as well. */
  maintain(): Promise<void>;
  /** Takes nothing more, seals and converts; open windows stay in the write-ahead files. */
  close(): Promise<void>;
}

/**
 * Opens the decision log in `folder`, which is made if it is missing, and puts in order what the last process left.
 *
 * @throws RangeError when another process has it open, or it is no decision log
 * @example
 * const log = await openServedLog("log", { objectives: ["click"], costs: [], attributionSeconds: 3600,
 *   rotateBytes: 64e6, rotateSeconds: 300, durability: "process", now: () => Date.now() / 1000 });
 * const { ids, written } = log.append([decision]);
 * await written;
 */
export async function openServedLog(folder: string, options: ServedLogOptions): Promise<ServedLog> {
  try {
    mkdirSync(join(folder, WRITE_AHEAD_FOLDER), { recursive: true });
  } catch (cause) {
    throw new RangeError(
      `${folder}: cannot hold a decision log (${failureText(cause)}); a folder is needed`,
      {
        cause,
      },
    );
  }
  const lock = lockFolder(folder);
  try {
    const known = readDescription(folder);
    const recovered = recoverLog(folder);
    const described = withMetrics(known ?? newDescription(), options);
    if (described.objectives.length === 0)
      throw new RangeError("decision log: objectives names none; at least one is needed");
    const description = {
      ...described,
      last_segment: Math.max(described.last_segment, recovered.lastSegment),
    };
    await writeDescription(folder, description);
    return new OpenServedLog(folder, options, lock, description, recovered);
  } catch (cause) {
    lock.release();
    throw cause;
  }
}

class OpenServedLog implements ServedLog {
  readonly #folder: string;
  readonly #options: ServedLogOptions;
  readonly #lock: FolderLock;
  readonly #journal: DecisionJournal;
  readonly #store: SegmentStore;
  readonly #desk: FeedbackDesk;
  readonly #timer: NodeJS.Timeout | undefined;
  #description: LogDescription;
  #describing: Promise<void> = Promise.resolve();
  #current: Segment | undefined;
  #nextSegment: number;
  #decisions = 0;
  #time = Number.NEGATIVE_INFINITY;
  #closing: Promise<void> | undefined;

  constructor(
    folder: string,
    options: ServedLogOptions,
    lock: FolderLock,
    description: LogDescription,
    recovered: RecoveredLog,
  ) {
    this.#folder = folder;
    this.#options = options;
    this.#lock = lock;
    this.#description = description;
    this.#nextSegment = description.last_segment + 1;
    for (const { lastTime } of recovered.segments) this.#time = Math.max(this.#time, lastTime);
    this.#journal = new DecisionJournal(options.durability);
    const feedback = new FeedbackJournal(options.durability, join(folder, "feedback-apart.jsonl"));
    this.#store = new SegmentStore(recovered, {
      converter: new Converter(),
      settled: () => feedback.settled(),
      attributionSeconds: options.attributionSeconds,
      description: () => this.#description,
      used: (segment) => this.#used(segment),
    });
    this.#desk = new FeedbackDesk(feedback, this.#store, options.attributionSeconds);
    const every = options.maintenanceMilliseconds ?? 1000;
    if (every > 0) {
      this.#timer = setInterval(() => void this.maintain(), every);
      this.#timer.unref();
    }
  }

  get metrics(): MetricNames {
    const { objectives, costs } = this.#description;
    return { objectives, costs };
  }

  get statistics(): ServedLogStatistics {
    return {
      decisions: this.#decisions,
      waitingBytes: this.#journal.waitingBytes,
      failure: this.#journal.failure,
      feedback: { ...this.#desk.counts },
      ...this.#store.statistics,
    };
  }

  append(decisions: readonly ServedDecision[]): AppendedDecisions {
    this.#requireOpen();
    if (decisions.length === 0) return { ids: [], written: Promise.resolve() };
    for (const decision of decisions) {
      const problem = decisionProblem(decision);
      if (problem !== undefined) throw new RangeError(`decision log: ${problem}`);
    }
    const now = this.#now();
    const segment = this.#segmentFor(now);
    const first = segment.decisions;
    const written = this.#journal.append(segment, decisions, now).then(() => {
      this.#decisions += decisions.length;
    });
    written.catch(() => {});
    const ids = decisions.map((_, k) => decisionId(this.#description.log_id, segment.number, first + k));
    return { ids, written };
  }

  async feedback(reports: readonly FeedbackReport[]): Promise<readonly FeedbackResult[]> {
    this.#requireOpen();
    return this.#desk.take(reports, this.#description, this.#now());
  }

  async addMetrics(names: MetricNames): Promise<void> {
    await this.#add((description) => withMetrics(description, names));
  }

  async addPolicies(features: PolicyFeatures): Promise<void> {
    await this.#add((description) => withPolicies(description, features));
  }

  async #add(change: (description: LogDescription) => LogDescription): Promise<void> {
    this.#requireOpen();
    if (jsonText(change(this.#description)) === jsonText(this.#description)) return;
    await this.#describe(change);
  }

  async maintain(): Promise<void> {
    const now = this.#now();
    const current = this.#current;
    if (current !== undefined && !this.#journal.isInPlace(current)) current.broken = true;
    if (current !== undefined && this.#isFull(current, now)) this.#seal(current);
    await this.#store.convertDue(now);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#current !== undefined) this.#seal(this.#current);
    await this.#desk.settled();
    await this.#store.close(this.#now());
    await this.#describing.catch(() => {});
    this.#lock.release();
  }

  /** Time does not run backward, even if the system's clock does. */
  #now(): number {
    this.#time = Math.max(this.#time, this.#options.now());
    return this.#time;
  }

  #requireOpen(): void {
    if (this.#closing !== undefined) throw new Error("decision log: it is closed");
  }

  #isFull(segment: Segment, now: number): boolean {
    return (
      segment.broken ||
      segment.bytes >= this.#options.rotateBytes ||
      (segment.firstSecond !== undefined && now >= segment.firstSecond + this.#options.rotateSeconds)
    );
  }

  #segmentFor(now: number): Segment {
    if (this.#current !== undefined && this.#isFull(this.#current, now)) this.#seal(this.#current);
    if (this.#current === undefined) {
      this.#current = new Segment(this.#folder, this.#nextSegment++);
      this.#store.add(this.#current);
    }
    return this.#current;
  }

  #seal(segment: Segment): void {
    this.#current = undefined;
    this.#store.sealing(segment, this.#journal.seal(segment));
  }

  /** Makes sure that the segment's number is not given again when its files are gone. */
  async #used(segment: number): Promise<void> {
    if (this.#description.last_segment >= segment) return;
    await this.#describe((description) => ({
      ...description,
      last_segment: Math.max(description.last_segment, segment, this.#nextSegment - 1),
    }));
  }

  /** Changes the description on the disk, then here; one change after the other. */
  #describe(change: (description: LogDescription) => LogDescription): Promise<void> {
    const done = this.#describing
      .catch(() => {})
      .then(async () => {
        const changed = change(this.#description);
        await writeDescription(this.#folder, changed);
        this.#description = changed;
      });
    this.#describing = done;
    return done;
  }
}
