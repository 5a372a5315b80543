import { availableParallelism, cpus, loadavg } from "node:os";

/** One measured figure, printed as one line of JSON. */
export interface BenchmarkRow {
  readonly name: string;
  /** `null`: not measured, `note` says why. */
  readonly measured: number | null;
  readonly unit: string;
  /** What the figure is held against, with its own value where that is a number. */
  readonly comparedWith: string;
  /** Ours over theirs; above 1 is better for speeds. `null` when nothing was compared. */
  readonly ratio: number | null;
  /** The bar that was written down beforehand. `null`: the figure has none. */
  readonly bar: string | null;
  readonly met: boolean | null;
  readonly note?: string;
}

/** What the figures were measured on, so that they are compared with their like. */
export function machine(): string {
  const [first] = cpus();
  const load = loadavg()[0]!.toFixed(1);
  return `${first?.model.trim() ?? "unknown processor"}, ${availableParallelism()} cores, Node ${process.versions.node}, load ${load}`;
}

/** Prints rows of the benchmark `name` and remembers whether every bar was met. */
export class Report {
  readonly #command: string;
  #missed = 0;

  constructor(name: string, options: readonly string[]) {
    this.#command = ["npm run bench --", name, ...options].join(" ");
  }

  add(row: BenchmarkRow): void {
    if (row.met === false) this.#missed++;
    const rounded = {
      ...row,
      measured: row.measured === null ? null : significant(row.measured),
      ratio: row.ratio === null ? null : significant(row.ratio),
    };
    process.stdout.write(`${JSON.stringify({ ...rounded, command: this.#command, machine: machine() })}\n`);
  }

  /** 0 when every bar was met, else 1. */
  get exitCode(): number {
    return this.#missed === 0 ? 0 : 1;
  }
}

function significant(value: number): number {
  return Number(value.toPrecision(5));
}
