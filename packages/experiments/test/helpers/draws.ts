import { foldIn, normalQuantile, rootKey, uniform, type RandomKey } from "@longview/statistics";

/** Key of one replication of a named study. */
export function replication(name: string, index: number): RandomKey {
  return foldIn(rootKey(name), index);
}

/** Standard normal draws, one an entity. */
export function normals(key: RandomKey, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => normalQuantile(uniform(key, i, 0)));
}

/** Arms by a coin each. */
export function coins(key: RandomKey, count: number, share = 0.5): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => Number(uniform(key, i, 2) < share));
}

/** Mean and variance (denominator n − 1). */
export function moments(values: ArrayLike<number>): { mean: number; variance: number } {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  const mean = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - mean) ** 2;
  return { mean, variance: squares / (values.length - 1) };
}
