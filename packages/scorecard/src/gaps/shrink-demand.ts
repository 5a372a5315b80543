import { poissonLimits } from "@longview/statistics";
import { ScorecardError } from "../error.ts";

/** Demand of cells after shrinkage. */
export interface ShrunkDemand {
  /** Posterior mean of each cell's count. */
  readonly mean: Float64Array;
  /** Posterior variance of each cell's expected count. */
  readonly variance: Float64Array;
  /** Squared coefficient of variation of the cells around the product of their margins, τ² = 1 / a. */
  readonly spread: number;
}

/**
 * Hierarchical Gamma–Poisson shrinkage of a table of counts towards the product of its margins.
 *
 * The count of row i and column j is Poisson around `E_ij λ_ij`, overdispersed by φ, with `E_ij = y_i. y_.j / y_..` and
 * `λ_ij ~ Gamma(a, rate a)` of mean 1. So `λ_ij | y ~ Gamma(a + y/φ, rate a + E/φ)`: rare cells go to what their row and column
 * say, frequent ones stay. The spread τ² = 1/a is fitted by moments, from `E[(y − E)² / E] = φ + E τ²`:
 * `τ² = max(0, (Σ (y − E)² / E − φ (n − p)) / (Σ E · (n − p) / n))` with n cells and p = rows + columns − 1 fitted margins.
 *
 * The margins are estimates too: their relative variance `φ (1/y_i. + 1/y_.j − 1/y_..)` is added as far as a cell leans on them,
 * by the factor `(∂ log mean / ∂ log E)² = 1 / (1 + E τ²/φ)²`.
 *
 * @param counts - y, row-major, ≥ 0 and of positive sum; need not be whole
 * @param dispersion - φ > 0, the variance of a count over its mean; 1 for Poisson
 * @throws {ScorecardError} for counts or a dispersion outside those ranges
 * @see Clayton & Kaldor (1987), "Empirical Bayes Estimates of Age-Standardized Relative Risks"; DuMouchel (1999)
 */
export function shrinkDemand(
  counts: Readonly<Float64Array>,
  columns: number,
  dispersion: number,
): ShrunkDemand {
  const rows = counts.length / columns;
  if (!Number.isSafeInteger(rows) || rows < 1)
    throw new ScorecardError("BAD_LENGTH", `demand: ${counts.length} counts do not fill rows of ${columns}`);
  if (!(dispersion > 0 && dispersion < Infinity))
    throw new ScorecardError("BAD_OPTION", `demand: dispersion must be > 0 and finite, got ${dispersion}`);
  const rowSums = new Float64Array(rows);
  const columnSums = new Float64Array(columns);
  let total = 0;
  for (let k = 0; k < counts.length; k++) {
    const count = counts[k]!;
    if (!(count >= 0 && count < Infinity))
      throw new ScorecardError("BAD_VALUE", `demand: count ${k} must be >= 0 and finite, got ${count}`);
    const row = Math.floor(k / columns);
    rowSums[row] = rowSums[row]! + count;
    columnSums[k % columns] = columnSums[k % columns]! + count;
    total += count;
  }
  if (total === 0)
    throw new ScorecardError("BAD_VALUE", "demand: every count is 0; at least one must be above it");
  const expected = Float64Array.from(
    counts,
    (_, k) => (rowSums[Math.floor(k / columns)]! * columnSums[k % columns]!) / total,
  );
  const spread = fittedSpread(counts, expected, {
    dispersion,
    usedRows: rowSums.filter((sum) => sum > 0).length,
    usedColumns: columnSums.filter((sum) => sum > 0).length,
  });
  const mean = new Float64Array(counts.length);
  const variance = new Float64Array(counts.length);
  for (let k = 0; k < counts.length; k++) {
    // λ's posterior, multiplied through by τ² so that τ² = 0 needs no limit.
    const rate = 1 + (expected[k]! * spread) / dispersion;
    const ratio = (1 + (counts[k]! * spread) / dispersion) / rate;
    mean[k] = expected[k]! * ratio;
    const row = rowSums[Math.floor(k / columns)]!;
    const column = columnSums[k % columns]!;
    const ofMargins = expected[k]! > 0 ? Math.max(0, dispersion * (1 / row + 1 / column - 1 / total)) : 0;
    variance[k] = (expected[k]! * expected[k]! * ratio * spread) / rate + (mean[k]! / rate) ** 2 * ofMargins;
  }
  return { mean, variance, spread };
}

function fittedSpread(
  counts: Readonly<Float64Array>,
  expected: Readonly<Float64Array>,
  table: { readonly dispersion: number; readonly usedRows: number; readonly usedColumns: number },
): number {
  const { dispersion, usedRows, usedColumns } = table;
  const cells = usedRows * usedColumns;
  const free = cells - (usedRows + usedColumns - 1);
  if (free <= 0) return 0;
  let statistic = 0;
  let total = 0;
  for (let k = 0; k < counts.length; k++) {
    if (expected[k] === 0) continue;
    statistic += (counts[k]! - expected[k]!) ** 2 / expected[k]!;
    total += expected[k]!;
  }
  return Math.max(0, (statistic - dispersion * free) / ((total * free) / cells));
}

/** Central interval of a Gamma distribution of this mean and variance; its upper bound is wider where `mean² < variance`. */
export function gammaInterval(mean: number, variance: number, confidence: number): [number, number] {
  if (variance === 0) return [mean, mean];
  const shape = (mean * mean) / variance;
  // The limits of a Poisson mean from a count are quantiles of Gamma(count) and of Gamma(count + 1).
  const [low] = poissonLimits(shape, confidence);
  const [, high] = poissonLimits(Math.max(0, shape - 1), confidence);
  return [(low * mean) / shape, (high * mean) / shape];
}

/**
 * Variance of a cell's count over its mean, pooled over cells, from independent groups of users: `Σ_c G/(G−1) Σ_g (w_cg − w̄_c)² /
 * Σ_c Σ_g w_cg`. 1 where each user decides once; more where users come back; less where a decision wants several topics at once.
 *
 * @param cells - demand by group of each cell, not all 0
 */
export function demandDispersion(cells: Iterable<Readonly<Float64Array>>): number {
  let variance = 0;
  let total = 0;
  for (const weights of cells) {
    const groups = weights.length;
    let sum = 0;
    for (const weight of weights) sum += weight;
    const mean = sum / groups;
    let squares = 0;
    for (const weight of weights) squares += (weight - mean) ** 2;
    variance += (squares * groups) / (groups - 1);
    total += sum;
  }
  return variance / total;
}
