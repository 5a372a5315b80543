import { OffPolicyEvaluationError } from "../error.ts";

/** An estimate between two bounds. */
export interface Interval {
  /** The estimate. */
  readonly value: number;
  /** −∞ where nothing bounds it. */
  readonly lower: number;
  /** ∞ where nothing bounds it. */
  readonly upper: number;
  /** Probability of coverage that is aimed at (or guaranteed, see the method's page). */
  readonly confidence: number;
  /** Name of the method, as reports print it. */
  readonly method: string;
}

/** What most intervals take. */
export interface IntervalOptions {
  /** Probability of coverage, in (0, 1). @defaultValue 0.95 */
  readonly confidence?: number;
  /** Which units belong together (one number a unit, such as a user's): they are resampled and counted as one. */
  readonly clusters?: ArrayLike<number>;
}

/** The confidence of options, or a `BAD_OPTION` error. */
export function confidenceOf(where: string, options: { readonly confidence?: number }): number {
  const { confidence = 0.95 } = options;
  // Its two-sided quantile must not round to the median or to infinity.
  const quantile = 0.5 + confidence / 2;
  if (!(quantile > 0.5 && quantile < 1))
    throw new OffPolicyEvaluationError(
      "BAD_OPTION",
      `${where}: confidence must be between 0 and 1, got ${confidence}`,
    );
  return confidence;
}

/** Refuses a range that is not two finite numbers in order. */
export function checkRange(
  where: string,
  range: readonly [number, number] | undefined,
): asserts range is readonly [number, number] {
  if (range === undefined)
    throw new OffPolicyEvaluationError(
      "BAD_OPTION",
      `${where}: range is required: the bounds known beforehand; the sample's own extremes are not valid`,
    );
  if (!(Number.isFinite(range[0]) && Number.isFinite(range[1]) && range[0] < range[1]))
    throw new OffPolicyEvaluationError(
      "BAD_OPTION",
      `${where}: range must be two finite numbers in order, got [${range[0]}, ${range[1]}]`,
    );
}

/** Refuses values outside [lower, upper] or not finite, naming the first. */
export function checkWithin(
  where: string,
  what: string,
  values: ArrayLike<number>,
  lower = -Infinity,
  upper = Infinity,
): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value) || value < lower || value > upper)
      throw new OffPolicyEvaluationError(
        "BAD_VALUE",
        `${where}: ${what} ${i} must be finite and from ${lower} to ${upper}, got ${value}`,
      );
  }
}

/** Refuses arrays of different lengths, and empty ones. */
export function checkLengths(where: string, arrays: Readonly<Record<string, ArrayLike<number>>>): number {
  const [first, ...others] = Object.entries(arrays);
  const length = first?.[1].length ?? 0;
  if (length === 0) throw new OffPolicyEvaluationError("EMPTY", `${where}: ${first?.[0]} has no rows`);
  for (const [name, array] of others)
    if (array.length !== length)
      throw new OffPolicyEvaluationError(
        "BAD_LENGTH",
        `${where}: ${name} must have ${length} entries as ${first![0]}, got ${array.length}`,
      );
  return length;
}
