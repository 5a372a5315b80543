import type { LaunchBlock } from "./launch-log.ts";

/** How long the log's sessions are; undefined where it does not say which decisions follow each other. */
export interface SessionLengthFacts {
  /** Sessions that begin in the log. */
  readonly count: number;
  /** Decisions a session. */
  readonly meanLength: number;
  /** Share of decisions at or beyond the horizon, which the estimand leaves out or takes for decisions by themselves. */
  readonly shareBeyond: number;
}

/** Counts sessions by their first decisions, in one pass and without remembering any. */
export class SessionLengths {
  readonly #horizon: number;
  #rows = 0;
  #first = 0;
  #beyond = 0;

  constructor(horizon: number) {
    this.#horizon = horizon;
  }

  add({ session, step }: LaunchBlock): void {
    if (session === undefined || step === undefined) return;
    this.#rows += step.length;
    for (const at of step) {
      if (at === 0) this.#first++;
      if (at >= this.#horizon) this.#beyond++;
    }
  }

  facts(): SessionLengthFacts | undefined {
    if (this.#rows === 0) return undefined;
    // A log that is cut out of longer sessions may hold no first decision.
    const count = Math.max(1, this.#first);
    return { count, meanLength: this.#rows / count, shareBeyond: this.#beyond / this.#rows };
  }
}
