import { fewOutcomeBounds } from "../intervals/few-outcomes.ts";
import type { Interval } from "../intervals/interval.ts";

/** What {@link guardedLift} looks at. */
export interface LiftOutcomes {
  /** Influence of each unit on the lift. */
  readonly influence: Float64Array;
  /** Candidate's weights less the incumbent's, summed over steps; one entry a unit. */
  readonly difference: Float64Array;
  /** Of single episodes, where a unit's or a session's may cancel: what the candidate's weight is larger by, and smaller. */
  readonly heaviestDifference: { readonly gain: number; readonly loss: number };
  /** What is taken from every outcome. */
  readonly baseline: number;
  readonly range: readonly [number, number];
  /** Length of an unweighted episode. */
  readonly length: number;
}

/** An interval of a lift, widened by exact Poisson limits where few outcomes carry it; see {@link fewOutcomeBounds}. */
export function guardedLift<Found extends Interval>(interval: Found, facts: LiftOutcomes): Found {
  const { influence, difference, heaviestDifference, baseline, range, length } = facts;
  const [a, b] = range;
  // The outcomes of a log do not say how far others may lie; their range does.
  const reach = Math.max(b - baseline, baseline - a);
  let { gain, loss } = heaviestDifference;
  for (const each of difference) {
    gain = Math.max(gain, each);
    loss = Math.max(loss, -each);
  }
  const bounds = fewOutcomeBounds(
    { influence, gains: { heaviest: gain * reach }, losses: { heaviest: loss * reach } },
    interval.confidence,
  );
  if (bounds === undefined) return interval;
  const largest = (b - a) * length;
  return {
    ...interval,
    lower: Math.max(-largest, Math.min(interval.lower, interval.value + bounds[0])),
    upper: Math.min(largest, Math.max(interval.upper, interval.value + bounds[1])),
  };
}
