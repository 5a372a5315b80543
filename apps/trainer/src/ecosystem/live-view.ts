import cliProgress from "cli-progress";
import { BAR_OPTIONS } from "../display/bar-options.ts";
import pc from "picocolors";
import { formatNumber } from "../display/format.ts";
import { LIVE_SERIES, liveMeans } from "./live-series.ts";
import { sparkline } from "./sparkline.ts";
import type { SimulationOrder } from "./work.ts";

type Shown = Pick<SimulationOrder, "live" | "days" | "worlds" | "policies" | "id">;

const REDRAW_MILLISECONDS = 200;
const SPARKLINE_WIDTH = 40;
const BAR_WIDTH = 30;

/** What a person watching is told while worlds run. */
export interface LiveView {
  /** So many worlds are done. */
  worldDone(count: number): void;
  /** Takes whatever moves off the screen. */
  close(): void;
}

/** The lines of the moving view, as they stand. */
export function liveLines({ live, days, worlds, policies, id }: Shown): string[] {
  const total = days * worlds * policies.length;
  const share = Atomics.load(live.daysDone, 0) / total;
  const full = Math.round(share * BAR_WIDTH);
  const series = LIVE_SERIES.map(({ label }, at) => ({ label, values: liveMeans(live, at, days) }));
  const day = series[0]!.values.length;
  const count = `${worlds} world${worlds === 1 ? "" : "s"}`;
  return [
    `${pc.bold(policies[0]!.name)} in ${id}, ${count}: day ${day} of ${days}`,
    `${pc.green("█".repeat(full))}${pc.dim("░".repeat(BAR_WIDTH - full))} ${Math.floor(100 * share)} % of all days`,
    ...series.map(({ label, values }) => {
      const latest = values.at(-1);
      const line = sparkline(values, SPARKLINE_WIDTH).padEnd(SPARKLINE_WIDTH);
      return `  ${label.padEnd(17)} ${pc.cyan(line)} ${latest === undefined ? "–" : formatNumber(latest)}`;
    }),
  ];
}

/** A line of what the worlds that are done looked like on their last day. */
export function plainLine({ live, days, worlds }: Shown, done: number): string {
  const figures = LIVE_SERIES.map(({ label }, at) => {
    const latest = liveMeans(live, at, days).at(-1);
    return `${label} ${latest === undefined ? "–" : formatNumber(latest)}`;
  });
  return `${done} of ${worlds} worlds, last day: ${figures.join(", ")}`;
}

/** Sparklines on a terminal, a line a world elsewhere, nothing where only the result is wanted. */
export function openLiveView(shown: Shown, json: boolean): LiveView {
  if (json) return { worldDone() {}, close() {} };
  if (!process.stdout.isTTY)
    return {
      worldDone: (count) => process.stdout.write(`${plainLine(shown, count)}\n`),
      close() {},
    };
  return new TerminalView(shown);
}

class TerminalView implements LiveView {
  readonly #shown: Shown;
  readonly #bars = new cliProgress.MultiBar(BAR_OPTIONS);
  readonly #rows: ReturnType<cliProgress.MultiBar["create"]>[];
  readonly #timer: NodeJS.Timeout;
  #open = true;

  constructor(shown: Shown) {
    this.#shown = shown;
    this.#rows = liveLines(shown).map((text) => this.#bars.create(1, 0, { text }));
    this.#timer = setInterval(() => this.#draw(), REDRAW_MILLISECONDS);
  }

  worldDone(): void {
    this.#draw();
  }

  close(): void {
    this.#open = false;
    clearInterval(this.#timer);
    this.#bars.stop();
  }

  #draw(): void {
    if (!this.#open) return;
    for (const [at, text] of liveLines(this.#shown).entries()) this.#rows[at]!.update(0, { text });
  }
}
