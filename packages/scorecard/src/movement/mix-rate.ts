import { ScorecardError } from "../error.ts";
import type { SegmentSums } from "../metric.ts";

/** How a segment moved a ratio. */
export interface SegmentMovement {
  /** Share of the denominator before and after. */
  readonly share: readonly [number, number];
  /** The segment's own ratio before and after; null where it had no denominator. */
  readonly rate: readonly [number | null, number | null];
  /** By being more or less of the whole: `Δshare · (mean rate − mean of the whole)`. */
  readonly mix: number;
  /** By its own change: `mean share · Δrate`. */
  readonly change: number;
}

/** A ratio's movement, taken apart: `after − before = mix + rate` exactly. */
export interface MixRate {
  readonly before: number;
  readonly after: number;
  readonly mix: number;
  readonly rate: number;
  readonly segments: readonly SegmentMovement[];
}

/**
 * Takes the change of a ratio apart into what came from the mix of segments and what from their own rates, symmetrically in time
 * and without a remainder: `R₁ − R₀ = Σ Δp · (r₀ + r₁)/2 + Σ (p₀ + p₁)/2 · Δr`.
 *
 * A segment that is in one window only moves the mix alone: its missing rate is taken as the one it has. The whole's mean is taken
 * off each segment's mix, which changes no sum and makes a segment's part 0 when it is like the whole.
 *
 * @throws ScorecardError `BAD_LENGTH`, or `BAD_VALUE` where a window has nothing to divide by
 * @see Kitagawa (1955), "Components of a difference between two rates"
 */
export function mixRate(before: SegmentSums, after: SegmentSums): MixRate {
  const count = Math.max(before.numerator.length, after.numerator.length);
  const totals = [before, after].map(({ numerator, denominator }) => {
    if (numerator.length !== denominator.length)
      throw new ScorecardError(
        "BAD_LENGTH",
        `mixRate: ${numerator.length} numerators and ${denominator.length} denominators, need as many`,
      );
    return { above: sum(numerator), below: sum(denominator) };
  });
  const [first, second] = totals;
  if (!(first!.below > 0 && second!.below > 0))
    throw new ScorecardError(
      "BAD_VALUE",
      `mixRate: denominators add up to ${first!.below} and ${second!.below}, allowed: above 0`,
    );
  const whole = [first!.above / first!.below, second!.above / second!.below] as const;
  const mean = (whole[0] + whole[1]) / 2;
  const segments = Array.from({ length: count }, (_, s): SegmentMovement => {
    const below = [before.denominator[s] ?? 0, after.denominator[s] ?? 0] as const;
    const share = [below[0] / first!.below, below[1] / second!.below] as const;
    const rate = [
      below[0] > 0 ? before.numerator[s]! / below[0] : null,
      below[1] > 0 ? after.numerator[s]! / below[1] : null,
    ] as const;
    const from = rate[0] ?? rate[1] ?? 0;
    const to = rate[1] ?? rate[0] ?? 0;
    return {
      share,
      rate,
      mix: (share[1] - share[0]) * ((from + to) / 2 - mean),
      change: ((share[0] + share[1]) / 2) * (to - from),
    };
  });
  return {
    before: whole[0],
    after: whole[1],
    mix: sum(segments.map(({ mix }) => mix)),
    rate: sum(segments.map(({ change }) => change)),
    segments,
  };
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}
