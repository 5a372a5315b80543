import { poissonLimits } from "@longview/statistics";

/** Effective outcomes on a side, counted in the heaviest, from which an asymptotic interval covers by itself. */
const ENOUGH = 20;

/** What moves an estimate to one side. */
export interface OutcomeSide {
  /** By how much one outcome can move the sum of influences at most: the heaviest that could have happened. 0: nothing can. */
  readonly heaviest: number;
  /**
   * What all outcomes of this side moved it by together, where each is known to be at most the heaviest. Without it they are taken to
   * be the heaviest, which makes limits wider.
   */
  readonly total?: number;
}

/** What {@link fewOutcomeBounds} looks at. */
export interface FewOutcomes {
  /** Influence of each independent unit on the estimate; their mean is 0. */
  readonly influence: Float64Array;
  /** Outcomes that raise the estimate. */
  readonly gains: OutcomeSide;
  /** Outcomes that lower it. */
  readonly losses: OutcomeSide;
}

/**
 * How far a mean may lie from its estimate where few outcomes carry it: offsets, lower ≤ 0 ≤ upper, or undefined where there are
 * enough.
 *
 * Outcomes that raise the estimate and outcomes that lower it are two sums of Poisson counts with weights. The limits of each are
 * Fay and Feuer's: gamma quantiles with the sum's mean and variance, for the upper one with one more outcome, as heavy as the heaviest
 * that could have happened. So a side on which nothing happened is not taken for one on which nothing can. Both sides are combined as
 * variances recovered from limits.
 *
 * @see Fay & Feuer (1997), "Confidence intervals for directly standardized rates"; Zou & Donner (2008), "Construction of confidence
 * limits about effect measures: a general approach"
 */
export function fewOutcomeBounds(
  { influence, gains, losses }: FewOutcomes,
  confidence: number,
): [number, number] | undefined {
  let gained = 0;
  let lost = 0;
  for (const value of influence)
    if (value > 0) gained += value * value;
    else lost += value * value;
  if (enough(gained, gains) && enough(lost, losses)) return undefined;
  const fromGains = offsetsOf(gained, gains, confidence);
  const fromLosses = offsetsOf(lost, losses, confidence);
  const units = influence.length;
  return [
    -Math.hypot(fromGains.below, fromLosses.above) / units,
    Math.hypot(fromGains.above, fromLosses.below) / units,
  ];
}

const enough = (variance: number, { heaviest }: OutcomeSide): boolean =>
  !(heaviest > 0) || variance >= ENOUGH * heaviest ** 2;

/** How far a side's sum may lie below and above what it was. */
function offsetsOf(
  variance: number,
  { heaviest, total = variance / heaviest }: OutcomeSide,
  confidence: number,
): { readonly below: number; readonly above: number } {
  if (!(heaviest > 0)) return { below: 0, above: 0 };
  const more = total + heaviest;
  const wider = variance + heaviest ** 2;
  // Outcomes of at most the heaviest have a shape of 1 or more.
  const above = poissonLimits(Math.max(0, more ** 2 / wider - 1), confidence)[1] * (wider / more) - total;
  const below =
    total > 0 && variance > 0
      ? total - poissonLimits(total ** 2 / variance, confidence)[0] * (variance / total)
      : 0;
  return { below, above };
}
