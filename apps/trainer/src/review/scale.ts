/** The least and the most that an axis shows. */
export type Domain = readonly [number, number];

/** Where a number lies on an axis, in per cent of its length. */
export const percentOf = ([least, most]: Domain, value: number): number =>
  (100 * (value - least)) / (most - least);

/** Round numbers inside an axis, about `count` of them. */
export function roundTicks([least, most]: Domain, count: number): number[] {
  const rough = (most - least) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5].find((each) => each * power >= rough) ?? 10);
  const ticks: number[] = [];
  for (let index = Math.ceil(least / step); index * step <= most; index++) ticks.push(index * step);
  return ticks;
}

/**
 * An axis that holds every point and the anchors, and all but the longest intervals: one segment that is hardly known must
 * not flatten the others.
 *
 * @param bounds - ends of intervals; those far outside are cut off, and drawn as arrows
 */
export function domainOf(
  points: readonly number[],
  bounds: readonly number[],
  anchors: readonly number[],
): Domain {
  const kept = [...points, ...anchors];
  let least = Math.min(...kept);
  let most = Math.max(...kept);
  const sorted = bounds.toSorted((a, b) => a - b);
  if (sorted.length > 0) {
    const tail = Math.floor(sorted.length * 0.04);
    least = Math.min(least, sorted[tail]!);
    most = Math.max(most, sorted[sorted.length - 1 - tail]!);
  }
  const margin = (most - least) * 0.05 || Math.abs(most) * 0.1 || 1;
  return [least - margin, most + margin];
}
