import { sortedQuantile } from "@longview/statistics";
import type { EstimatorTerms } from "../../src/index.ts";

/** MT19937 seeded by `init_genrand`, as NumPy's `RandomState(seed)`: 32-bit outputs. */
export function mersenneTwister(seed: number): () => number {
  const state = new Uint32Array(624);
  state[0] = seed;
  for (let i = 1; i < 624; i++) {
    const last = state[i - 1]!;
    state[i] = Math.imul(1812433253, last ^ (last >>> 30)) + i;
  }
  let at = 624;
  const twist = (): void => {
    for (let i = 0; i < 624; i++) {
      const y = (state[i]! & 0x80000000) | (state[(i + 1) % 624]! & 0x7fffffff);
      state[i] = state[(i + 397) % 624]! ^ (y >>> 1) ^ ((y & 1) === 1 ? 0x9908b0df : 0);
    }
    at = 0;
  };
  return () => {
    if (at === 624) twist();
    let y = state[at++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  };
}

/** Row numbers of every replicate, drawn as the goldens' README says: masked rejection on 32-bit outputs. */
export function resampledRows(rowCount: number, replicates: number, seed = 12345): Int32Array {
  const next = mersenneTwister(seed);
  let mask = rowCount - 1;
  for (const shift of [1, 2, 4, 8, 16]) mask |= mask >> shift;
  return Int32Array.from({ length: rowCount * replicates }, () => {
    for (;;) {
      const row = next() & mask;
      if (row < rowCount) return row;
    }
  });
}

/** Mean of the replicates and their percentiles at 2.5 and 97.5. */
export interface BootstrapSummary {
  readonly mean: number;
  readonly lower: number;
  readonly upper: number;
}

/** The estimate in every replicate, all columns resampled, summed up. */
export function resampledTerms(terms: EstimatorTerms, rows: Int32Array): BootstrapSummary {
  const count = terms.columns[0]!.length;
  const values = new Float64Array(rows.length / count);
  const means = new Float64Array(terms.columns.length);
  for (let b = 0; b < values.length; b++) {
    means.fill(0);
    for (let i = b * count; i < (b + 1) * count; i++)
      terms.columns.forEach((column, k) => {
        means[k] = means[k]! + column[rows[i]!]! / count;
      });
    values[b] = terms.value(means);
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  values.sort();
  return { mean, lower: sortedQuantile(values, 0.025), upper: sortedQuantile(values, 0.975) };
}

/**
 * The defective per-row terms of a self-normalised estimate: the normalisers stay at the means of the whole log, whatever is
 * resampled. Of an estimate without normalisers they are its own.
 */
export function frozenTerms(terms: EstimatorTerms, normalisers: readonly number[]): EstimatorTerms {
  const count = terms.columns[0]!.length;
  const whole = terms.columns.map((column) => column.reduce((sum, value) => sum + value, 0) / count);
  const column = Float64Array.from({ length: count }, (_, i) =>
    terms.value(terms.columns.map((values, k) => (normalisers.includes(k) ? whole[k]! : values[i]!))),
  );
  return { columns: [column], value: (means) => means[0]!, gradientInto: (out) => void (out[0] = 1) };
}
