/** Mean and standard error of independent values, times `scale`. */
export function estimate(values: Float64Array, scale = 1): { mean: number; error: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean: mean * scale, error: Math.sqrt(squares / (values.length - 1) / values.length) * scale };
}

/** Standard errors between two estimates; the second may be exact. */
export function standardErrors(
  ours: { mean: number; error: number },
  [mean, error]: readonly [mean: number, error: number],
): number {
  return Math.abs(ours.mean - mean) / Math.hypot(ours.error, error);
}
