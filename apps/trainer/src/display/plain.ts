import type { TimingRow } from "@longview/formats";
import type { IterationMetrics } from "@longview/policy-gradient";
import { Pace } from "./display.ts";
import type { Display } from "./display.ts";
import { formatDuration, formatLimit, formatNumber } from "./format.ts";

/** What the value of an iteration is: its episodes' mean return where some ended, and the reward of a decision. */
export function describeValue(metrics: IterationMetrics): string {
  const reward = `reward a decision ${formatNumber(metrics.rewardPerDecision)}`;
  return metrics.episodeReturn === null ? reward : `return ${formatNumber(metrics.episodeReturn)}  ${reward}`;
}

/** Each constraint against its limit, with its multiplier. */
export function describeConstraints(metrics: IterationMetrics): string[] {
  return Object.entries(metrics.constraints).map(([name, constraint]) => {
    const cost = constraint.cost === null ? "–" : formatNumber(constraint.cost);
    const sign = constraint.cost !== null && constraint.cost > constraint.limit ? ">" : "≤";
    const limit = formatLimit(constraint.limit);
    return `${name} ${cost} ${sign} ${limit} (multiplier ${formatNumber(constraint.multiplier)})`;
  });
}

/** Plain lines, for logs and pipes. */
export class PlainDisplay implements Display {
  readonly #write: (line: string) => void;
  readonly #every: number;
  #pace = new Pace(0, 0);
  #stage = { name: "", total: 0, nextShare: 0.25 };

  constructor(write: (line: string) => void, every: number) {
    this.#write = write;
    this.#every = every;
  }

  line(text: string): void {
    this.#write(text);
  }

  beginTraining(done: number, total: number): void {
    this.#pace = new Pace(done, total);
  }

  iteration(metrics: IterationMetrics, timing: TimingRow): void {
    this.#pace.add(timing);
    const last = metrics.steps >= this.#pace.total;
    if (metrics.iteration % this.#every !== 0 && !last) return;
    const share = Math.floor((100 * Math.min(metrics.steps, this.#pace.total)) / this.#pace.total);
    this.#write(
      [
        `iteration ${metrics.iteration}`,
        `${formatNumber(metrics.steps)}/${formatNumber(this.#pace.total)} decisions (${share} %)`,
        describeValue(metrics),
        ...describeConstraints(metrics),
        `${formatNumber(Math.round(timing.decisionsPerSecond))} decisions/s`,
        `${formatDuration(this.#pace.secondsLeft)} left`,
      ].join("  "),
    );
  }

  endTraining(): void {}

  beginStage(name: string, total: number): void {
    this.#stage = { name, total, nextShare: 0.25 };
    this.#write(`${name} …`);
  }

  stageProgress(done: number): void {
    const { name, total, nextShare } = this.#stage;
    if (done >= total || done / total < nextShare) return;
    this.#stage.nextShare = Math.floor((4 * done) / total) / 4 + 0.25;
    this.#write(`${name}: ${done} of ${total}`);
  }

  endStage(): void {}
  close(): void {}
}
