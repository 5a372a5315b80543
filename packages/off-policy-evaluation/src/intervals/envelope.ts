import { OffPolicyEvaluationError } from "../error.ts";
import { checkLengths, checkRange, checkWithin } from "./interval.ts";

/**
 * A value between two means of non-negative terms: `value = lowerOffset + E[lower] = upperOffset − E[upper]`.
 *
 * The mean of non-negative terms can be bounded from below however large they may be, so a value can be bounded on both sides
 * without any bound on the weights: the upper bound comes from the reward that is missing.
 */
export interface Envelope {
  /** >= 0, one a unit. */
  readonly lower: Float64Array;
  readonly lowerOffset: number;
  /** >= 0, one a unit. */
  readonly upper: Float64Array;
  readonly upperOffset: number;
  /** Width of the reward range: the natural unit of both. */
  readonly scale: number;
  /** The weights in them, whose tail says how far a sample can be trusted. */
  readonly weights: Float64Array;
  /** The value is known without data: the lift of a policy over itself is 0. */
  readonly exact: boolean;
  /**
   * Of a policy's value: what outcomes are multiplied by, with mean 1, one a unit. They say by how much one more outcome could have
   * moved the estimate.
   */
  readonly multipliers?: Float64Array;
  /** Whether every outcome lies at an end of its range. @defaultValue false */
  readonly onlyExtremes?: boolean;
}

function checked(
  where: string,
  weights: Readonly<Record<string, ArrayLike<number>>>,
  rewards: ArrayLike<number>,
  range: readonly [number, number],
): number {
  const rows = checkLengths(where, { rewards, ...weights });
  checkRange(where, range);
  checkWithin(where, "reward", rewards, range[0], range[1]);
  for (const [name, values] of Object.entries(weights)) checkWithin(where, name, values, 0);
  return rows;
}

/**
 * Envelope of a policy's value: terms `w (r − a)` and `w (b − r)` for rewards in [a, b].
 *
 * @throws OffPolicyEvaluationError `BAD_LENGTH`, `BAD_VALUE`, or `NO_SUPPORT` when every weight is 0
 */
export function valueEnvelope(
  weights: ArrayLike<number>,
  rewards: ArrayLike<number>,
  rewardRange: readonly [number, number],
): Envelope {
  const rows = checked("valueEnvelope", { weights }, rewards, rewardRange);
  const [a, b] = rewardRange;
  const envelope = {
    lower: new Float64Array(rows),
    lowerOffset: a,
    upper: new Float64Array(rows),
    upperOffset: b,
    scale: b - a,
    weights: Float64Array.from(weights),
    exact: false,
    multipliers: Float64Array.from(weights),
    onlyExtremes: Array.from(rewards).every((reward) => reward === a || reward === b),
  };
  for (let i = 0; i < rows; i++) {
    envelope.lower[i] = weights[i]! * (rewards[i]! - a);
    envelope.upper[i] = weights[i]! * (b - rewards[i]!);
  }
  return supported("valueEnvelope", envelope);
}

/**
 * Envelope of the lift of a candidate over an incumbent, on the same rows: `w_c (r − a) + w_i (b − r)` has mean
 * `lift + (b − a)`, and its mirror `(b − a) − lift`.
 *
 * @param incumbentWeights - all 1 when the incumbent is the logged policy
 * @throws OffPolicyEvaluationError as {@link valueEnvelope}
 */
export function liftEnvelope(
  candidateWeights: ArrayLike<number>,
  incumbentWeights: ArrayLike<number>,
  rewards: ArrayLike<number>,
  rewardRange: readonly [number, number],
): Envelope {
  const rows = checked("liftEnvelope", { candidateWeights, incumbentWeights }, rewards, rewardRange);
  const [a, b] = rewardRange;
  const scale = b - a;
  const envelope = {
    lower: new Float64Array(rows),
    lowerOffset: -scale,
    upper: new Float64Array(rows),
    upperOffset: scale,
    scale,
    weights: new Float64Array(rows),
    exact: true,
  };
  for (let i = 0; i < rows; i++) {
    const won = rewards[i]! - a;
    const missed = b - rewards[i]!;
    envelope.lower[i] = candidateWeights[i]! * won + incumbentWeights[i]! * missed;
    envelope.upper[i] = candidateWeights[i]! * missed + incumbentWeights[i]! * won;
    if (candidateWeights[i] !== incumbentWeights[i]) envelope.exact = false;
    envelope.weights[i] = Math.max(candidateWeights[i]!, incumbentWeights[i]!);
  }
  return supported("liftEnvelope", envelope);
}

function supported(where: string, envelope: Envelope): Envelope {
  if (!envelope.weights.some((weight) => weight > 0))
    throw new OffPolicyEvaluationError(
      "NO_SUPPORT",
      `${where}: every weight is 0: the target policy never does what was logged`,
    );
  return envelope;
}
