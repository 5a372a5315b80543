/**
 * Variance of the mean of a series of mean 0, from sums of `batches` consecutive stretches of nearly equal length:
 * `B / (B − 1) · Σ S_b² / n²`. Right for any dependence that ends within a stretch.
 *
 * @param values - at least one a batch, in order of time
 */
export function batchVariance(values: Float64Array, batches: number): number {
  const n = values.length;
  let squares = 0;
  for (let batch = 0; batch < batches; batch++) {
    const end = Math.floor(((batch + 1) * n) / batches);
    let sum = 0;
    for (let i = Math.floor((batch * n) / batches); i < end; i++) sum += values[i]!;
    squares += sum * sum;
  }
  return (squares * batches) / (batches - 1) / (n * n);
}
