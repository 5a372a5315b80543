/** The middle value; the mean of the two middle ones when their number is even. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** `repeats` times `work()`, which returns how much it did; amounts per second of this process's CPU time. */
export function ratesPerCpuSecond(repeats: number, work: () => number): number[] {
  return Array.from({ length: repeats }, () => {
    const before = process.cpuUsage();
    const amount = work();
    const used = process.cpuUsage(before);
    return amount / ((used.user + used.system) / 1e6);
  });
}

/** Amounts per second: by the wall clock, and by the processor time of the process that did the work. */
export interface Rate {
  readonly wall: number;
  readonly cpu: number;
}

/** Times work that returns how much it did. */
export async function timed(work: () => Promise<number>): Promise<Rate> {
  const used = process.cpuUsage();
  const began = performance.now();
  const amount = await work();
  const { user, system } = process.cpuUsage(used);
  return { wall: amount / ((performance.now() - began) / 1000), cpu: amount / ((user + system) / 1e6) };
}

/** The median of each clock. */
export function medianRate(rates: readonly Rate[]): Rate {
  return { wall: median(rates.map(({ wall }) => wall)), cpu: median(rates.map(({ cpu }) => cpu)) };
}

/**
 * Runs competitors in turn, A B A B …, so that a machine's moods fall on all of them alike.
 *
 * @returns the median rates of each
 */
export async function interleave<Name extends string>(
  rounds: number,
  competitors: Readonly<Record<Name, () => Promise<Rate>>>,
): Promise<(name: Name) => Rate> {
  const rates = new Map<Name, Rate[]>();
  for (let round = 0; round < rounds; round++)
    for (const name in competitors) rates.set(name, [...(rates.get(name) ?? []), await competitors[name]()]);
  return (name) => medianRate(rates.get(name) ?? []);
}

/** The value after `--name` among `args`, as a positive number. */
export function numberOption(args: readonly string[], name: string, fallback: number): number {
  const at = args.indexOf(`--${name}`);
  if (at < 0) return fallback;
  const value = Number(args[at + 1]);
  if (!(value > 0)) throw new RangeError(`--${name} needs a number > 0, got ${args[at + 1] ?? "nothing"}`);
  return value;
}

/** The text after `--name` among `args`. */
export function textOption(args: readonly string[], name: string): string | undefined {
  const at = args.indexOf(`--${name}`);
  return at < 0 ? undefined : args[at + 1];
}
