import type { TimingRow } from "@longview/formats";
import type { IterationMetrics } from "@longview/policy-gradient";

/** What a command tells the person watching. */
export interface Display {
  /** One line that stays. */
  line(text: string): void;
  /** Training begins (or continues) at so many decisions of so many. */
  beginTraining(done: number, total: number): void;
  iteration(metrics: IterationMetrics, timing: TimingRow): void;
  endTraining(): void;
  /** A stage of so many parts, such as the worlds of an evaluation. */
  beginStage(name: string, total: number): void;
  stageProgress(done: number): void;
  endStage(): void;
  /** Takes whatever moves off the screen. */
  close(): void;
}

/** Says nothing: what `--json` shows before its result. */
export const silentDisplay: Display = {
  line() {},
  beginTraining() {},
  iteration() {},
  endTraining() {},
  beginStage() {},
  stageProgress() {},
  endStage() {},
  close() {},
};

/** Time left, from the decisions and seconds of this session alone. */
export class Pace {
  readonly total: number;
  #first: number;
  #seconds = 0;
  #done: number;
  /** Decisions a second lately: an average that forgets over about ten iterations. */
  recent = 0;

  constructor(done: number, total: number) {
    this.#first = done;
    this.#done = done;
    this.total = total;
  }

  add(timing: TimingRow): void {
    this.#seconds += timing.seconds;
    this.#done = timing.steps;
    this.recent =
      this.recent === 0 ? timing.decisionsPerSecond : 0.9 * this.recent + 0.1 * timing.decisionsPerSecond;
  }

  get secondsLeft(): number {
    const made = this.#done - this.#first;
    return made > 0
      ? (this.#seconds * Math.max(0, this.total - this.#done)) / made
      : Number.POSITIVE_INFINITY;
  }
}
