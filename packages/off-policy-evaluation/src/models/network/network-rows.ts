import type { Standardization } from "../design.ts";
import type { CheckedRows } from "../model-rows.ts";

/** Features of some rows on a fold's scale, as float32. */
export function scaledFeatures(
  rows: CheckedRows,
  { center, inverseScale }: Standardization,
  chosen: { readonly rows: ArrayLike<number>; readonly length: number },
): Float32Array {
  const { featureCount: width, features } = rows;
  const out = new Float32Array(chosen.length * width);
  for (let i = 0; i < chosen.rows.length; i++) {
    const start = chosen.rows[i]! * width;
    for (let f = 0; f < width; f++)
      out[i * width + f] = (features[start + f]! - center[f]!) * inverseScale[f]!;
  }
  return out;
}

/** Entries of some rows; what is beyond them is 0. */
export function pickedIntegers(
  values: Int32Array,
  chosen: { readonly rows: ArrayLike<number>; readonly length: number },
): Int32Array {
  const out = new Int32Array(chosen.length);
  for (let i = 0; i < chosen.rows.length; i++) out[i] = values[chosen.rows[i]!]!;
  return out;
}
