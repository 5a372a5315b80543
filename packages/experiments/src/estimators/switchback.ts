import { meanInterval } from "@longview/statistics";
import { checkArms, checkColumn } from "../checks.ts";
import { CONTROL, OUTSIDE, TREATMENT } from "../designs/design.ts";
import { studentEstimate, type EffectEstimate, type EstimateOptions } from "./estimate.ts";
import { groupSums, type GroupSums } from "./group-sums.ts";
import { longRunVariance } from "./long-run-variance.ts";
import { ratioEffectOf } from "./ratio.ts";

/** Input of {@link switchbackEffect}: one entry a period (an hour, a day) or a decision. */
export interface SwitchbackInput {
  readonly outcome: ArrayLike<number>;
  /** What the outcome is a mean over. @defaultValue 1 a row: the effect is on the mean of rows */
  readonly weight?: ArrayLike<number>;
  /** Interval of each row, as the design gives it. */
  readonly interval: ArrayLike<number>;
  readonly arm: ArrayLike<number>;
  /** 0 for rows within a washout, which are left out. @defaultValue all are kept */
  readonly kept?: ArrayLike<number>;
}

/** Options of {@link switchbackEffect}. */
export interface SwitchbackOptions extends EstimateOptions {
  /** The design's order. @defaultValue "independent" */
  readonly order?: "independent" | "paired";
  /**
   * Neighbouring intervals whose errors are taken to go together (Newey–West). Under independent arms the errors of different
   * intervals do not go together, however strongly outcomes do; with arms in a fixed alternation they do. @defaultValue 0
   */
  readonly lags?: number;
}

/**
 * Effect of switching the whole market: the difference of the arms' means over rows outside the washout.
 *
 * With `independent` order the interval is the delta method's on whole intervals, with `lags` Newey–West's; with `paired` order the
 * effect is the mean difference within pairs, and its interval Student's over pairs.
 *
 * @throws RangeError for columns of different lengths, an interval in two arms, or less than 2 intervals an arm (2 pairs)
 * @see Bojinov, Simchi-Levi & Zhao (2023); Hu & Wager (2022); Newey & West (1987)
 */
export function switchbackEffect(input: SwitchbackInput, options: SwitchbackOptions = {}): EffectEstimate {
  const where = "switchbackEffect";
  const { outcome, weight, interval, arm, kept } = input;
  const rows = outcome.length;
  checkColumn(`${where}: outcome`, outcome, rows);
  checkColumn(`${where}: interval`, interval, rows);
  checkArms(`${where}: arm`, arm, rows);
  if (weight !== undefined) checkColumn(`${where}: weight`, weight, rows);
  if (kept !== undefined) checkColumn(`${where}: kept`, kept, rows);
  const sums = groupSums(where, { group: interval, numerator: outcome, denominator: weight, arm, kept });
  if (options.order === "paired") return pairedEffect(where, sums, options);
  const plain = ratioEffectOf(where, sums, options);
  const { lags = 0 } = options;
  if (lags === 0) return plain;
  const { control, treatment } = plain;
  const errors: number[] = [];
  const mean = [0, 0];
  for (let k = 0; k < sums.arm.length; k++)
    if (sums.arm[k] !== OUTSIDE) mean[sums.arm[k]!]! += sums.denominator[k]!;
  const units = control.units + treatment.units;
  for (let k = 0; k < sums.arm.length; k++) {
    const side = sums.arm[k]!;
    if (side === OUTSIDE) continue;
    const ratio = side === TREATMENT ? treatment.mean : control.mean;
    const error = ((sums.numerator[k]! - ratio * sums.denominator[k]!) * units) / mean[side]!;
    errors.push(side === TREATMENT ? error : -error);
  }
  const variance = (longRunVariance(errors, lags) / units) * (units / (units - 2));
  return studentEstimate(where, { effect: plain.effect, variance, degreesOfFreedom: units - 2 }, options);
}

/** Mean difference within complete pairs of intervals 2k and 2k + 1. */
function pairedEffect(where: string, sums: GroupSums, options: EstimateOptions): EffectEstimate {
  const differences: number[] = [];
  for (let k = 0; k + 1 < sums.id.length; k++) {
    const id = sums.id[k]!;
    if (id % 2 !== 0 || sums.id[k + 1] !== id + 1) continue;
    const [first, second] = [sums.arm[k]!, sums.arm[k + 1]!];
    if (first + second !== CONTROL + TREATMENT)
      throw new RangeError(
        `${where}: intervals ${id} and ${id + 1} must be one of each arm, got arms ${first} and ${second}`,
      );
    const later = sums.numerator[k + 1]! / sums.denominator[k + 1]!;
    const earlier = sums.numerator[k]! / sums.denominator[k]!;
    differences.push(second === TREATMENT ? later - earlier : earlier - later);
  }
  if (differences.length < 2)
    throw new RangeError(`${where}: needs at least 2 complete pairs, got ${differences.length}`);
  const { mean, standardError } = meanInterval(differences);
  return studentEstimate(
    where,
    { effect: mean, variance: standardError ** 2, degreesOfFreedom: differences.length - 1 },
    options,
  );
}
