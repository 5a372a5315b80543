import { OffPolicyEvaluationError } from "../error.ts";
import { checkLengths, checkRange, checkWithin } from "../intervals/interval.ts";

/** How much of what the target policy does was never tried. */
export interface SupportDeficit {
  /** Mean target probability, over rows, of actions that the logging policy does not take. */
  readonly deficit: number;
  /** Rows where any is missing. */
  readonly rowsWithDeficit: number;
  /** The largest missing mass of a row. */
  readonly largestRowDeficit: number;
  /** Actions that the target takes somewhere and the logging policy nowhere, ascending. */
  readonly actionsNeverLogged: readonly number[];
  /**
   * What the missing mass may add to an estimate of the covered part (IPS): `deficit · [least, most reward]`. The value lies in
   * estimate + this, sampling error aside.
   */
  readonly valueShift: readonly [number, number];
}

/** Input of {@link supportDeficit}. */
export interface SupportInput {
  /** Logging probabilities, row-major `[rows, actions]`. */
  readonly loggingProbabilities: ArrayLike<number>;
  /** Target probabilities, the same shape. */
  readonly targetProbabilities: ArrayLike<number>;
  readonly actionCount: number;
  /** Bounds of every reward. */
  readonly rewardRange: readonly [number, number];
  /** Probabilities up to this count as never. @defaultValue 0 */
  readonly floor?: number;
}

/**
 * Support deficit: target mass on actions without logging probability, and the worst it can do to the value.
 *
 * @throws OffPolicyEvaluationError `BAD_LENGTH`, `BAD_VALUE`, or `NO_SUPPORT` when nothing the target does was ever logged
 * @see Sachdeva, Su & Joachims (2020), "Off-policy bandits with deficient support"
 */
export function supportDeficit(input: SupportInput): SupportDeficit {
  const where = "supportDeficit";
  const { loggingProbabilities, targetProbabilities, actionCount, rewardRange, floor = 0 } = input;
  const size = checkLengths(where, { loggingProbabilities, targetProbabilities });
  checkRange(where, rewardRange);
  if (!(Number.isSafeInteger(actionCount) && actionCount >= 1 && size % actionCount === 0))
    throw new OffPolicyEvaluationError(
      "BAD_OPTION",
      `${where}: actionCount must divide the ${size} probabilities, got ${actionCount}`,
    );
  if (!(floor >= 0 && floor < 1))
    throw new OffPolicyEvaluationError(
      "BAD_OPTION",
      `${where}: floor must be from 0 to below 1, got ${floor}`,
    );
  checkWithin(where, "logging probability", loggingProbabilities, 0, 1 + 1e-9);
  checkWithin(where, "target probability", targetProbabilities, 0, 1 + 1e-9);
  const rows = size / actionCount;
  const logged = new Uint8Array(actionCount);
  const wanted = new Uint8Array(actionCount);
  let total = 0;
  let rowsWithDeficit = 0;
  let largest = 0;
  for (let i = 0, at = 0; i < rows; i++) {
    let missing = 0;
    for (let a = 0; a < actionCount; a++, at++) {
      const target = targetProbabilities[at]!;
      if (loggingProbabilities[at]! > floor) logged[a] = 1;
      else missing += target;
      if (target > 0) wanted[a] = 1;
    }
    total += missing;
    if (missing > 0) rowsWithDeficit++;
    largest = Math.max(largest, missing);
  }
  const deficit = total / rows;
  if (deficit >= 1 - 1e-9)
    throw new OffPolicyEvaluationError(
      "NO_SUPPORT",
      `${where}: the target policy does nothing that the logging policy ever does`,
    );
  return {
    deficit,
    rowsWithDeficit,
    largestRowDeficit: largest,
    actionsNeverLogged: Array.from(wanted.keys()).filter((a) => wanted[a] === 1 && logged[a] === 0),
    valueShift: [deficit * rewardRange[0], deficit * rewardRange[1]],
  };
}
