import cliProgress from "cli-progress";
import type { TimingRow } from "@longview/formats";
import type { IterationMetrics } from "@longview/policy-gradient";
import pc from "picocolors";
import { BAR_OPTIONS } from "./bar-options.ts";
import { Pace } from "./display.ts";
import type { Display } from "./display.ts";
import { formatDuration, formatLimit, formatNumber } from "./format.ts";
import { describeValue } from "./plain.ts";

type Bar = ReturnType<cliProgress.MultiBar["create"]>;

function drawBar(share: number, width: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width);
  return pc.green("█".repeat(full)) + pc.dim("░".repeat(width - full));
}

/** A live display: a bar, and below it the value and each constraint against its limit. */
export class TerminalDisplay implements Display {
  #bars: cliProgress.MultiBar | undefined;
  #rows: Bar[] = [];
  #pace = new Pace(0, 0);
  #stage = { name: "", total: 0 };

  line(text: string): void {
    this.close();
    process.stdout.write(`${text}\n`);
  }

  beginTraining(done: number, total: number): void {
    this.#pace = new Pace(done, total);
    this.#show([`${drawBar(done / total, 30)}  ${formatNumber(done)}/${formatNumber(total)} decisions`]);
  }

  iteration(metrics: IterationMetrics, timing: TimingRow): void {
    this.#pace.add(timing);
    const { total } = this.#pace;
    const share = Math.min(1, metrics.steps / total);
    const lines = [
      `${drawBar(share, 30)} ${pc.bold(`${Math.floor(share * 100)} %`)}  ${formatNumber(metrics.steps)}/${formatNumber(total)} decisions` +
        `  ${formatNumber(Math.round(this.#pace.recent))}/s  ${pc.bold(formatDuration(this.#pace.secondsLeft))} left`,
      `  value       ${describeValue(metrics)}`,
    ];
    for (const [name, constraint] of Object.entries(metrics.constraints)) {
      const { cost, limit } = constraint;
      const paint = cost !== null && cost > limit ? pc.red : pc.green;
      const measured = paint(cost === null ? "–" : formatNumber(cost));
      const sign = cost !== null && cost > limit ? ">" : "≤";
      lines.push(
        `  constraint  ${name} ${measured} ${sign} ${formatLimit(limit)}  ${pc.dim(`multiplier ${formatNumber(constraint.multiplier)}`)}`,
      );
    }
    this.#show(lines);
  }

  endTraining(): void {
    this.close();
  }

  beginStage(name: string, total: number): void {
    this.close();
    this.#stage = { name, total };
    this.stageProgress(0);
  }

  stageProgress(done: number): void {
    const { name, total } = this.#stage;
    this.#show([`${drawBar(total === 0 ? 1 : done / total, 30)} ${name}: ${done} of ${total}`]);
  }

  endStage(): void {
    this.close();
  }

  close(): void {
    this.#bars?.stop();
    this.#bars = undefined;
    this.#rows = [];
  }

  #show(lines: readonly string[]): void {
    this.#bars ??= new cliProgress.MultiBar(BAR_OPTIONS);
    for (const [index, text] of lines.entries()) {
      const row = this.#rows[index];
      if (row === undefined) this.#rows.push(this.#bars.create(1, 0, { text }));
      else row.update(0, { text });
    }
  }
}
