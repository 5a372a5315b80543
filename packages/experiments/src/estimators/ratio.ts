import { checkArms, checkColumn } from "../checks.ts";
import { CONTROL, TREATMENT } from "../designs/design.ts";
import { studentEstimate, type ArmSummary, type EffectEstimate, type EstimateOptions } from "./estimate.ts";

/** Input of {@link ratioEffect}: one entry a unit of randomisation. */
export interface RatioInput {
  /** Such as a user's clicks. */
  readonly numerator: ArrayLike<number>;
  /** Such as the same user's impressions; >= 0, and not 0 for a whole arm. */
  readonly denominator: ArrayLike<number>;
  readonly arm: ArrayLike<number>;
}

/** An effect with the arms it comes from and as a share of control. */
export interface ArmEffect extends EffectEstimate {
  readonly control: ArmSummary;
  readonly treatment: ArmSummary;
  /** `treatment / control − 1`, by the delta method; not a number where control's mean is 0. */
  readonly lift: number;
  readonly liftInterval: readonly [number, number];
}

interface Moments extends ArmSummary {
  /** Variance of the arm's ratio. */
  readonly variance: number;
}

/** Ratio of sums of one arm, and the variance of its linearisation `(N − R D) / mean D` (denominator n − 1). */
function armMoments(where: string, { numerator, denominator, arm }: RatioInput, wanted: number): Moments {
  let units = 0;
  let above = 0;
  let below = 0;
  for (let i = 0; i < arm.length; i++) {
    if (arm[i] !== wanted) continue;
    units++;
    above += numerator[i]!;
    below += denominator[i]!;
  }
  const name = wanted === TREATMENT ? "treatment" : "control";
  if (units < 2) throw new RangeError(`${where}: needs at least 2 units in ${name}, got ${units}`);
  if (!(below > 0))
    throw new RangeError(`${where}: denominators of ${name} must have a sum > 0, got ${below}`);
  const mean = above / below;
  let squares = 0;
  for (let i = 0; i < arm.length; i++)
    if (arm[i] === wanted) squares += (numerator[i]! - mean * denominator[i]!) ** 2;
  return { units, mean, variance: (squares * units) / (units - 1) / (below * below) };
}

/**
 * Effect on a ratio of sums, `ΣN₁/ΣD₁ − ΣN₀/ΣD₀`, with the delta method's variance and Welch–Satterthwaite degrees of freedom.
 *
 * The units must be those that were randomised: with users in arms and impressions in the denominator, one row is one user. With
 * denominators of 1 this is Welch's comparison of two means.
 *
 * @throws RangeError for columns of different lengths, values that are not finite, or an arm of less than 2 units
 * @see Deng, Knoblich & Lu (2018), "Applying the delta method in metric analytics"
 */
export function ratioEffect(input: RatioInput, options: EstimateOptions = {}): ArmEffect {
  return ratioEffectOf("ratioEffect", input, options);
}

/** {@link ratioEffect} that names its caller in errors. */
export function ratioEffectOf(where: string, input: RatioInput, options: EstimateOptions): ArmEffect {
  const rows = input.numerator.length;
  checkColumn(`${where}: numerator`, input.numerator, rows);
  checkColumn(`${where}: denominator`, input.denominator, rows);
  checkArms(`${where}: arm`, input.arm, rows);
  const control = armMoments(where, input, CONTROL);
  const treatment = armMoments(where, input, TREATMENT);
  const variance = control.variance + treatment.variance;
  const degreesOfFreedom =
    variance === 0
      ? control.units + treatment.units - 2
      : variance ** 2 /
        (control.variance ** 2 / (control.units - 1) + treatment.variance ** 2 / (treatment.units - 1));
  return withLift(
    where,
    studentEstimate(where, { effect: treatment.mean - control.mean, variance, degreesOfFreedom }, options),
    { control, treatment, options },
  );
}

/** Adds the arms and the relative lift, whose variance is `v₁/R₀² + R₁² v₀/R₀⁴`. */
function withLift(
  where: string,
  estimate: EffectEstimate,
  { control, treatment, options }: { control: Moments; treatment: Moments; options: EstimateOptions },
): ArmEffect {
  const lift = control.mean === 0 ? NaN : estimate.effect / control.mean;
  const variance =
    (treatment.variance + (treatment.mean / control.mean) ** 2 * control.variance) / control.mean ** 2;
  const liftInterval: readonly [number, number] = Number.isNaN(lift)
    ? [NaN, NaN]
    : studentEstimate(where, { effect: lift, variance, degreesOfFreedom: estimate.degreesOfFreedom }, options)
        .interval;
  return {
    ...estimate,
    control: { units: control.units, mean: control.mean },
    treatment: { units: treatment.units, mean: treatment.mean },
    lift,
    liftInterval,
  };
}
