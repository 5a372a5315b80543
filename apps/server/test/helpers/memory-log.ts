import type { DecisionSink } from "../../src/decision-sink.ts";
import type { AppendedDecisions, ServedDecision, ServedLogStatistics } from "../../src/decision-log/index.ts";

/** A decision log that keeps rows in memory, for tests of the routes. */
export class MemoryLog implements DecisionSink {
  readonly rows: ServedDecision[] = [];
  readonly reports: unknown[] = [];
  readonly #done = new Set<string>();
  /** Makes every append fail. */
  broken = false;
  /** What an append waits for. */
  gate: Promise<void> = Promise.resolve();
  closed = false;

  append(decisions: readonly ServedDecision[]): AppendedDecisions {
    if (this.broken) throw new Error("/var/log: no space left");
    const ids = decisions.map(
      (decision) => `log-${this.rows.push({ ...decision, features: decision.features.slice() }) - 1}`,
    );
    return { ids, written: this.gate };
  }

  async feedback(
    reports: readonly { readonly decisionId: string }[],
  ): Promise<readonly ("joined" | "late" | "duplicate" | "unknown")[]> {
    if (this.broken) throw new Error("/var/log: no space left");
    this.reports.push(...reports);
    return reports.map(({ decisionId }) => {
      if (!(Number(decisionId.replace("log-", "")) < this.rows.length)) return "unknown";
      if (this.#done.has(decisionId)) return "duplicate";
      this.#done.add(decisionId);
      return "joined";
    });
  }

  async addMetrics(): Promise<void> {
    if (this.broken) throw new Error("/var/log: no space left");
  }

  async addPolicies(): Promise<void> {}

  get statistics(): ServedLogStatistics {
    return {
      decisions: this.rows.length,
      openSegments: 0,
      files: 0,
      bytes: 0,
      waitingBytes: 0,
      conversions: { done: 0, failed: 0, failure: undefined },
      unreadableSegments: 0,
      failure: undefined,
      feedback: { joined: this.#done.size, late: 0, duplicate: 0, unknown: 0 },
    };
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}
