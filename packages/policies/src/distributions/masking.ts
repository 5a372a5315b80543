/**
 * Copies one row of float32 scores to float64, with −Infinity where the mask is 0.
 *
 * @param out - its length is the row's
 * @param mask - rows as long as `out`; null allows everything
 */
export function maskedRowInto(
  out: Float64Array,
  scores: Readonly<Float32Array>,
  row: number,
  mask: Readonly<Uint8Array> | null,
  maskRow: number,
): void {
  const start = row * out.length;
  const maskStart = maskRow * out.length;
  for (let i = 0; i < out.length; i++) {
    out[i] = mask !== null && mask[maskStart + i] === 0 ? -Infinity : scores[start + i]!;
  }
}
