import { poissonLimits } from "@longview/statistics";

/** Effective outcomes on a side from which an asymptotic interval covers by itself. */
const ENOUGH = 20;

/** What {@link fewOutcomeBounds} looks at. */
export interface FewOutcomes {
  /** Influence of each independent unit on the estimate; their mean is 0. */
  readonly influence: Float64Array;
  /** By how much one outcome can raise the sum of influences: the heaviest that could have happened. 0: nothing can. */
  readonly heaviestGain: number;
  /** By how much one outcome can lower it. */
  readonly heaviestLoss: number;
}

/**
 * How far a mean may lie from its estimate where few outcomes carry it: offsets, lower ≤ 0 ≤ upper, or undefined where there are
 * enough.
 *
 * Outcomes that raise the estimate and outcomes that lower it are two counts. Each is measured in outcomes as heavy as the heaviest
 * that could have happened, so that a side on which nothing happened is not taken for one on which nothing can. Their exact Poisson
 * limits are combined as variances recovered from limits.
 *
 * @see Fay & Feuer (1997), "Confidence intervals for directly standardized rates"; Zou & Donner (2008), "Construction of confidence
 * limits about effect measures: a general approach"
 */
export function fewOutcomeBounds(
  { influence, heaviestGain, heaviestLoss }: FewOutcomes,
  confidence: number,
): [number, number] | undefined {
  let gain = 0;
  let loss = 0;
  for (const value of influence)
    if (value > 0) gain += value * value;
    else loss += value * value;
  const gains = heaviestGain > 0 ? gain / heaviestGain ** 2 : Infinity;
  const losses = heaviestLoss > 0 ? loss / heaviestLoss ** 2 : Infinity;
  if (Math.min(gains, losses) >= ENOUGH) return undefined;
  const fromGains = offsetsOf(gains, heaviestGain, confidence);
  const fromLosses = offsetsOf(losses, heaviestLoss, confidence);
  const units = influence.length;
  return [
    -Math.hypot(fromGains.below, fromLosses.above) / units,
    Math.hypot(fromGains.above, fromLosses.below) / units,
  ];
}

/** How far the sum of so many effective outcomes of this weight may lie below and above what it was. */
function offsetsOf(
  count: number,
  heaviest: number,
  confidence: number,
): { readonly below: number; readonly above: number } {
  if (count === Infinity) return { below: 0, above: 0 };
  const [least, most] = poissonLimits(count, confidence);
  return { below: (count - least) * heaviest, above: (most - count) * heaviest };
}
