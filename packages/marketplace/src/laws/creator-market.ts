/** Least and largest attraction of an item: forecasts from yesterday's market do not reach further. */
const LEAST_ATTRACTION = 0.05;
const LARGEST_ATTRACTION = 5;
/** Steepest slope that a market is believed to have. */
const STEEPEST = 10;

/**
 * How much an item attracts beside the average item of its topic: `1 + γ_q · (q − q̄) + γ_b · (b − b̄)`, within [0.05, 5].
 *
 * @param quality - q − q̄
 * @param bait - b − b̄
 */
export function attraction(quality: number, bait: number, qualitySlope: number, baitSlope: number): number {
  const linear = 1 + qualitySlope * quality + baitSlope * bait;
  return Math.min(LARGEST_ATTRACTION, Math.max(LEAST_ATTRACTION, linear));
}

/** Whether {@link attraction} answers to quality and clickbait, and is not at a bound. */
export function isWithinAttraction(value: number): boolean {
  return value > LEAST_ATTRACTION && value < LARGEST_ATTRACTION;
}

/** Share of a topic's demand: `own / (own + others)`, a Tullock contest in attraction; others >= 0, own > 0. */
export function contestShare(own: number, others: number): number {
  return own / (own + others);
}

/** Derivative of {@link contestShare} by `own`: `others / (own + others)²`. */
export function contestSlope(own: number, others: number): number {
  const all = own + others;
  return others / (all * all);
}

/** Places in the sums of {@link marketSlopesInto}, over items: of squares and products of deviations from the mean. */
export const DEVIATION = {
  quality: 0,
  bait: 1,
  both: 2,
  qualityCredit: 3,
  baitCredit: 4,
  length: 5,
} as const;

/**
 * Slopes of credit in quality and clickbait by least squares with a ridge of one item's worth: solves
 * `[S_qq + λ, S_qb; S_qb, S_bb + λ] γ = [S_qy, S_by]`, each slope within ± 10.
 *
 * @param out - γ_q and γ_b are written at `offset` and `offset + 1`
 * @param sums - see {@link DEVIATION}
 * @param ridge - λ, > 0
 */
export function marketSlopesInto(out: Float64Array, offset: number, sums: Float64Array, ridge: number): void {
  const quality = sums[DEVIATION.quality]! + ridge;
  const bait = sums[DEVIATION.bait]! + ridge;
  const both = sums[DEVIATION.both]!;
  const determinant = quality * bait - both * both;
  const first = sums[DEVIATION.qualityCredit]!;
  const second = sums[DEVIATION.baitCredit]!;
  out[offset] = bounded((bait * first - both * second) / determinant);
  out[offset + 1] = bounded((quality * second - both * first) / determinant);
}

function bounded(slope: number): number {
  return Math.min(STEEPEST, Math.max(-STEEPEST, slope));
}
