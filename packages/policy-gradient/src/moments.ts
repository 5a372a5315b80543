/** Running mean and variance of a vector, in float64: count, means, sums of squared deviations. Plain data. */
export interface Moments {
  count: number;
  readonly mean: Float64Array;
  readonly squares: Float64Array;
}

/** Moments of nothing yet. */
export function emptyMoments(size: number): Moments {
  return { count: 0, mean: new Float64Array(size), squares: new Float64Array(size) };
}

/** Adds one row of `values` (Welford's update). */
export function addToMoments(moments: Moments, values: ArrayLike<number>, start: number): void {
  moments.count += 1;
  for (let i = 0; i < moments.mean.length; i++) {
    const deviation = values[start + i]! - moments.mean[i]!;
    moments.mean[i]! += deviation / moments.count;
    moments.squares[i]! += deviation * (values[start + i]! - moments.mean[i]!);
  }
}

/** Adds all of `other` to `into` (Chan, Golub & LeVeque 1979). Merge in a fixed order for the same bits. */
export function mergeMoments(into: Moments, other: Readonly<Moments>): void {
  if (other.count === 0) return;
  const count = into.count + other.count;
  for (let i = 0; i < into.mean.length; i++) {
    const difference = other.mean[i]! - into.mean[i]!;
    into.mean[i]! += (difference * other.count) / count;
    into.squares[i]! += other.squares[i]! + (difference * difference * into.count * other.count) / count;
  }
  into.count = count;
}

/** Population standard deviation of element `i`; 1 before there are two values. */
export function momentsDeviation(moments: Readonly<Moments>, i: number): number {
  return moments.count < 2 ? 1 : Math.sqrt(moments.squares[i]! / moments.count);
}
