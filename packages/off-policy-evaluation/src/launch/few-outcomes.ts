import { poissonLimits } from "@longview/statistics";

/** Effective outcomes on a side from which the default interval covers by itself. */
const ENOUGH = 20;

/** What {@link fewOutcomeBounds} looks at; one entry a unit. */
export interface LiftOutcomes {
  /** Influence of each unit on the lift. */
  readonly influence: Float64Array;
  /** Candidate's weight less the incumbent's. */
  readonly difference: Float64Array;
  /** Largest distance of an outcome in the log from the baseline. */
  readonly reach: number;
}

/**
 * How far a lift may lie from its estimate where few outcomes carry it: offsets, lower ≤ 0 ≤ upper, or undefined where there are
 * enough.
 *
 * Outcomes that speak for the candidate and outcomes that speak against it are two counts. Each is measured in outcomes as heavy as
 * the heaviest that could have happened (the largest weight difference of its sign, with the largest outcome of the log), so that a
 * side on which nothing happened is not taken for one on which nothing can. Their exact Poisson limits are combined as variances
 * recovered from limits.
 *
 * @see Fay & Feuer (1997), "Confidence intervals for directly standardized rates"; Zou & Donner (2008), "Construction of confidence
 * limits about effect measures: a general approach"
 */
export function fewOutcomeBounds(
  { influence, difference, reach }: LiftOutcomes,
  confidence: number,
): [number, number] | undefined {
  let gain = 0;
  let loss = 0;
  let heaviestGain = 0;
  let heaviestLoss = 0;
  influence.forEach((value, u) => {
    if (value > 0) gain += value * value;
    else loss += value * value;
    heaviestGain = Math.max(heaviestGain, difference[u]! * reach);
    heaviestLoss = Math.max(heaviestLoss, -difference[u]! * reach);
  });
  if (!(heaviestGain > 0 && heaviestLoss > 0)) return undefined;
  const gains = gain / heaviestGain ** 2;
  const losses = loss / heaviestLoss ** 2;
  if (Math.min(gains, losses) >= ENOUGH) return undefined;
  const [leastGains, mostGains] = poissonLimits(gains, confidence);
  const [leastLosses, mostLosses] = poissonLimits(losses, confidence);
  const units = influence.length;
  return [
    -Math.hypot((gains - leastGains) * heaviestGain, (mostLosses - losses) * heaviestLoss) / units,
    Math.hypot((mostGains - gains) * heaviestGain, (losses - leastLosses) * heaviestLoss) / units,
  ];
}
