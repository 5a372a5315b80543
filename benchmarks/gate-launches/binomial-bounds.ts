/** `P(X ≤ successes)` of a binomial count. */
function cumulative(successes: number, trials: number, p: number): number {
  if (p <= 0) return 1;
  if (p >= 1) return successes >= trials ? 1 : 0;
  let log = trials * Math.log1p(-p);
  let sum = Math.exp(log);
  for (let k = 1; k <= successes; k++) {
    log += Math.log((trials - k + 1) / k) + Math.log(p) - Math.log1p(-p);
    sum += Math.exp(log);
  }
  return Math.min(1, sum);
}

/** Exact two-sided bounds of a share. @see Clopper & Pearson (1934) */
export function binomialBounds(successes: number, trials: number, confidence = 0.95): [number, number] {
  const tail = (1 - confidence) / 2;
  const root = (above: (p: number) => boolean): number => {
    let low = 0;
    let high = 1;
    for (let step = 0; step < 60; step++) {
      const middle = (low + high) / 2;
      if (above(middle)) high = middle;
      else low = middle;
    }
    return (low + high) / 2;
  };
  const lower = successes === 0 ? 0 : root((p) => 1 - cumulative(successes - 1, trials, p) > tail);
  const upper = successes === trials ? 1 : root((p) => cumulative(successes, trials, p) < tail);
  return [lower, upper];
}
