import {
  normalMixturePValue,
  normalMixtureRadius,
  normalMixtureTuning,
  RunningMoments,
  sampleRatioTest,
} from "@longview/statistics";
import { checkedConfidence, checkedCount } from "../checks.ts";
import { CONTROL, TREATMENT } from "../designs/design.ts";

/**
 * What a look says: `invalid` (the arms' counts do not fit their shares), `better`, `worse`, `equivalent` (inside the margin), or
 * `continue`. On all but the last the experiment may stop.
 */
export type MonitorVerdict = "invalid" | "better" | "worse" | "equivalent" | "continue";

/** One look at a running experiment. */
export interface MonitorLook {
  readonly verdict: MonitorVerdict;
  /** Treatment minus control so far. */
  readonly effect: number;
  /** Covers the effect at every look at once, with the monitor's confidence; infinite before enough units have come. */
  readonly interval: readonly [number, number];
  /** P-value of no effect that may be looked at any number of times. */
  readonly pValue: number;
  /** The same of the arms' counts: the sample-ratio test. */
  readonly sampleRatioPValue: number;
}

/** Options of {@link EffectMonitor}. */
export interface EffectMonitorOptions {
  /** Units in both arms at which the interval is to be narrowest, such as what the experiment was planned for. */
  readonly expectedUnits: number;
  /** @defaultValue 0.95 */
  readonly confidence?: number;
  /** Share of units in treatment, for the sample-ratio test. @defaultValue 0.5 */
  readonly treatmentShare?: number;
  /** Effects of at most this size count as none; 0 never says so. @defaultValue 0 */
  readonly equivalenceMargin?: number;
  /** Units each arm needs before anything is said of the effect: the interval holds for large samples. @defaultValue 100 */
  readonly minimumUnits?: number;
  /** Level of the sample-ratio test. @defaultValue 0.001 */
  readonly sampleRatioLevel?: number;
}

/**
 * Watches an experiment whose **new** units (each one outcome) arrive period by period, and says at any time whether it may stop:
 * peeking as often as one likes keeps the chance of a false `better` or `worse` below `1 − confidence`.
 *
 * The interval is the asymptotic normal-mixture confidence sequence of the difference in means. A unit must come once, in the period
 * in which its outcome is complete. Where the same users return every period, their differences are not new evidence: then plan the
 * number of looks and give each `simultaneousConfidence(confidence, looks)`, or watch pairs of switchback intervals with
 * {@link DifferenceMonitor}.
 *
 * @see Waudby-Smith et al. (2024), "Time-uniform central limit theory and asymptotic confidence sequences"; Karampatziakis, Mineiro &
 * Ramdas (2021), "Off-policy confidence sequences" (gated deployment)
 * @example
 * const monitor = new EffectMonitor({ expectedUnits: 20_000 });
 * monitor.add(outcomesOfToday, armsOfToday);
 * if (monitor.look().verdict !== "continue") stop();
 */
export class EffectMonitor {
  readonly #arms = [new RunningMoments(1), new RunningMoments(1)] as const;
  readonly #confidence: number;
  readonly #tuning: number;
  readonly #treatmentShare: number;
  readonly #margin: number;
  readonly #minimum: number;
  readonly #sampleRatioLevel: number;

  constructor(options: EffectMonitorOptions) {
    const where = "EffectMonitor";
    this.#confidence = checkedConfidence(where, options.confidence);
    this.#tuning = normalMixtureTuning(
      checkedCount(`${where}: expectedUnits`, options.expectedUnits),
      this.#confidence,
    );
    this.#treatmentShare = options.treatmentShare ?? 0.5;
    if (!(this.#treatmentShare > 0 && this.#treatmentShare < 1))
      throw new RangeError(`${where}: treatmentShare must be between 0 and 1, got ${this.#treatmentShare}`);
    this.#margin = options.equivalenceMargin ?? 0;
    this.#minimum = checkedCount(`${where}: minimumUnits`, options.minimumUnits ?? 100, 2);
    this.#sampleRatioLevel = options.sampleRatioLevel ?? 0.001;
  }

  /**
   * Adds the units of one period; those outside the experiment are left out.
   *
   * @throws RangeError for an outcome that is not finite or columns of different lengths
   */
  add(outcome: ArrayLike<number>, arm: ArrayLike<number>): void {
    if (outcome.length !== arm.length)
      throw new RangeError(
        `EffectMonitor.add: needs one arm an outcome, got ${arm.length} for ${outcome.length}`,
      );
    const mask = new Uint8Array(arm.length);
    for (let i = 0; i < outcome.length; i++)
      if (!Number.isFinite(outcome[i]))
        throw new RangeError(`EffectMonitor.add: outcome ${i} must be finite, got ${outcome[i]}`);
    for (const side of [CONTROL, TREATMENT] as const) {
      for (let i = 0; i < arm.length; i++) mask[i] = arm[i] === side ? 1 : 0;
      this.#arms[side].update(outcome, outcome.length, mask);
    }
  }

  /** What all units so far say. */
  look(): MonitorLook {
    const [control, treatment] = this.#arms;
    const units = control.count + treatment.count;
    const sampleRatioPValue =
      units === 0
        ? 1
        : sampleRatioTest([control.count, treatment.count], [1 - this.#treatmentShare, this.#treatmentShare])
            .anytimePValue;
    const effect = treatment.mean[0]! - control.mean[0]!;
    const early = Math.min(control.count, treatment.count) < this.#minimum;
    const variance = early
      ? Infinity
      : control.variance() / (control.count - 1) + treatment.variance() / (treatment.count - 1);
    return judge({
      effect,
      variance,
      count: units,
      tuning: this.#tuning,
      confidence: this.#confidence,
      margin: this.#margin,
      sampleRatioPValue,
      invalid: sampleRatioPValue <= this.#sampleRatioLevel,
    });
  }
}

/** Options of {@link DifferenceMonitor}. */
export interface DifferenceMonitorOptions {
  /** Differences at which the interval is to be narrowest. */
  readonly expectedDifferences: number;
  /** @defaultValue 0.95 */
  readonly confidence?: number;
  /** Effects of at most this size count as none; 0 never says so. @defaultValue 0 */
  readonly equivalenceMargin?: number;
  /** Differences needed before anything is said. @defaultValue 20 */
  readonly minimumDifferences?: number;
}

/**
 * Watches a stream of differences, each of which has the effect as its mean given those before: pairs of switchback intervals whose
 * order is drawn anew, or clusters matched in pairs. Anytime-valid as {@link EffectMonitor}.
 */
export class DifferenceMonitor {
  readonly #moments = new RunningMoments(1);
  readonly #confidence: number;
  readonly #tuning: number;
  readonly #margin: number;
  readonly #minimum: number;
  readonly #value = new Float64Array(1);

  constructor(options: DifferenceMonitorOptions) {
    const where = "DifferenceMonitor";
    this.#confidence = checkedConfidence(where, options.confidence);
    this.#tuning = normalMixtureTuning(
      checkedCount(`${where}: expectedDifferences`, options.expectedDifferences),
      this.#confidence,
    );
    this.#margin = options.equivalenceMargin ?? 0;
    this.#minimum = checkedCount(`${where}: minimumDifferences`, options.minimumDifferences ?? 20, 2);
  }

  /** @throws RangeError for a difference that is not finite */
  add(difference: number): void {
    if (!Number.isFinite(difference))
      throw new RangeError(`DifferenceMonitor.add: difference must be finite, got ${difference}`);
    this.#value[0] = difference;
    this.#moments.update(this.#value, 1);
  }

  /** What all differences so far say. */
  look(): MonitorLook {
    const { count } = this.#moments;
    return judge({
      effect: this.#moments.mean[0]!,
      variance: count < this.#minimum ? Infinity : this.#moments.variance() / (count - 1),
      count,
      tuning: this.#tuning,
      confidence: this.#confidence,
      margin: this.#margin,
      sampleRatioPValue: 1,
      invalid: false,
    });
  }
}

interface Evidence {
  readonly effect: number;
  /** Of the effect; infinite where nothing can be said yet. */
  readonly variance: number;
  readonly count: number;
  readonly tuning: number;
  readonly confidence: number;
  readonly margin: number;
  readonly sampleRatioPValue: number;
  readonly invalid: boolean;
}

/** The look: the boundary for `count` terms of unit variance, times the standard deviation of one, over the count. */
function judge(evidence: Evidence): MonitorLook {
  const { effect, variance, count, tuning, confidence, margin, sampleRatioPValue, invalid } = evidence;
  const open = variance === Infinity;
  const deviation = Math.sqrt(variance * count);
  const half = open ? Infinity : (deviation * normalMixtureRadius(count, tuning, confidence)) / count;
  const interval: readonly [number, number] = [effect - half, effect + half];
  const pValue = open
    ? 1
    : deviation === 0
      ? Number(effect === 0)
      : normalMixturePValue((effect * count) / deviation, count, tuning);
  const verdict = invalid
    ? "invalid"
    : interval[0] > 0
      ? "better"
      : interval[1] < 0
        ? "worse"
        : margin > 0 && interval[0] >= -margin && interval[1] <= margin
          ? "equivalent"
          : "continue";
  return { verdict, effect, interval, pValue, sampleRatioPValue };
}
