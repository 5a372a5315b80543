/** Gini coefficient of non-negative values: `Σ (2i − n − 1) xᵢ / (n Σ x)` over sorted values; 0 for none. */
export function gini(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  let total = 0;
  let weighted = 0;
  for (let i = 0; i < sorted.length; i++) {
    total += sorted[i]!;
    weighted += (2 * (i + 1) - sorted.length - 1) * sorted[i]!;
  }
  return total > 0 ? weighted / (sorted.length * total) : 0;
}
