import { decisionPlace } from "./decision-id.ts";
import type { FeedbackJournal } from "./feedback-journal.ts";
import { encodeFeedback } from "./feedback-record.ts";
import type { LogDescription } from "./log-description.ts";
import { windowEnd } from "./attribution-window.ts";
import type { Segment } from "./segment.ts";
import type { SegmentStore } from "./segment-store.ts";
import type { FeedbackReport, FeedbackResult } from "./served-decision.ts";

type Values = readonly (readonly [name: number, value: number])[];

/** Decides what a report joins, and hands it to the journal. */
export class FeedbackDesk {
  readonly counts: Record<FeedbackResult, number> = { joined: 0, late: 0, duplicate: 0, unknown: 0 };
  readonly #journal: FeedbackJournal;
  readonly #store: SegmentStore;
  readonly #attributionSeconds: number;

  constructor(journal: FeedbackJournal, store: SegmentStore, attributionSeconds: number) {
    this.#journal = journal;
    this.#store = store;
    this.#attributionSeconds = attributionSeconds;
  }

  /** @throws RangeError before any report is taken */
  async take(
    reports: readonly FeedbackReport[],
    description: LogDescription,
    now: number,
  ): Promise<readonly FeedbackResult[]> {
    const values = reports.map((report) => ({
      objectives: numbered("objectives", report.objectives, description.objectives),
      costs: numbered("costs", report.costs, description.costs),
    }));
    const writes: Promise<void>[] = [];
    const results = reports.map((report, k): FeedbackResult => {
      const { result, segment, index } = this.#place(report, description.log_id, now);
      if (result === "joined") {
        const { terminated, truncated } = report;
        const record = encodeFeedback({ index, terminated, truncated, ...values[k]! });
        writes.push(
          this.#journal.append(segment, record).catch((cause: unknown) => {
            segment.withdraw(index);
            throw cause;
          }),
        );
      } else writes.push(this.#journal.append("apart", apartLine(report, result, now)));
      return result;
    });
    await Promise.all(writes);
    for (const result of results) this.counts[result]++;
    return results;
  }

  settled(): Promise<void> {
    return this.#journal.settled();
  }

  #place(
    report: FeedbackReport,
    logId: string,
    now: number,
  ):
    | { result: "joined"; segment: Segment; index: number }
    | { result: Exclude<FeedbackResult, "joined">; segment?: undefined; index?: undefined } {
    const place = decisionPlace(logId, report.decisionId);
    if (place === undefined) return { result: "unknown" };
    const found = this.#store.find(place.segment);
    if (typeof found === "string") return { result: found === "done" ? "late" : "unknown" };
    if (place.index >= found.decisions) return { result: "unknown" };
    if (now >= windowEnd(found.secondOf(place.index), this.#attributionSeconds)) return { result: "late" };
    if (!found.report(place.index)) return { result: "duplicate" };
    return { result: "joined", segment: found, index: place.index };
  }
}

/** Values by the names' numbers. @throws RangeError */
function numbered(
  column: "objectives" | "costs",
  values: Readonly<Record<string, number>> | undefined,
  names: readonly string[],
): Values {
  return Object.entries(values ?? {}).map(([name, value]) => {
    const number = names.indexOf(name);
    if (number < 0)
      throw new RangeError(
        `${column}.${name.slice(0, 80)} is not among the log's: ${names.join(", ") || "none"}`,
      );
    if (!Number.isFinite(value))
      throw new RangeError(`${column}.${name} is ${value}; allowed: a finite number`);
    return [number, value];
  });
}

function apartLine(report: FeedbackReport, result: FeedbackResult, now: number): Uint8Array {
  const { decisionId, objectives, costs, terminated, truncated } = report;
  const line = { time: now, result, decision_id: decisionId, objectives, costs, terminated, truncated };
  return Buffer.from(`${JSON.stringify(line)}\n`);
}
