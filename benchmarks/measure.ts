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

/**
 * Runs competitors in turn, A B A B …, so that a machine's moods fall on all of them alike.
 *
 * @returns the figures of each, in the order of the rounds
 */
export async function interleave<Name extends string>(
  rounds: number,
  competitors: Readonly<Record<Name, () => number | Promise<number>>>,
): Promise<ReadonlyMap<Name, readonly number[]>> {
  const figures = new Map<Name, number[]>();
  for (let round = 0; round < rounds; round++)
    for (const name in competitors) {
      const figure = await competitors[name]();
      figures.set(name, [...(figures.get(name) ?? []), figure]);
    }
  return figures;
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
