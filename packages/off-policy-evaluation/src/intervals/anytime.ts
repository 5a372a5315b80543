import { NonNegativeMeanSequence } from "@longview/statistics";
import { OffPolicyEvaluationError } from "../error.ts";
import type { Envelope } from "./envelope.ts";
import { confidenceOf, type Interval } from "./interval.ts";

/**
 * Off-policy confidence sequence: bounds that hold at every time at once, so that data may be looked at after every row and a
 * launch decided at the first look that shows it. No bound on the weights is needed.
 *
 * Rows are added in the order in which they happened. α/2 a side. One pass, constant memory.
 *
 * @see Karampatziakis, Mineiro & Ramdas (2021), "Off-policy confidence sequences"
 * @see Waudby-Smith et al. (2022), "Anytime-valid off-policy inference for contextual bandits"
 * @example
 * const sequence = new AnytimeSequence();
 * for (const day of days) {
 *   sequence.add(valueEnvelope(day.weights, day.rewards, [0, 1]));
 *   if (sequence.interval({ confidence: 0.95 }).lower > threshold) break;
 * }
 */
export class AnytimeSequence {
  readonly #lower: NonNegativeMeanSequence;
  readonly #upper: NonNegativeMeanSequence;
  #frame: { lowerOffset: number; upperOffset: number; scale: number } | undefined;

  /** @param rho - tuning of the mixture, > 0. @defaultValue 1 */
  constructor(rho = 1) {
    this.#lower = new NonNegativeMeanSequence(rho);
    this.#upper = new NonNegativeMeanSequence(rho);
  }

  /** Rows seen. */
  get count(): number {
    return this.#lower.count;
  }

  /**
   * Adds rows.
   *
   * @throws OffPolicyEvaluationError `BAD_OPTION` when the reward range changed on the way
   */
  add(envelope: Envelope): this {
    const { lowerOffset, upperOffset, scale } = envelope;
    const frame = (this.#frame ??= { lowerOffset, upperOffset, scale });
    if (frame.lowerOffset !== lowerOffset || frame.upperOffset !== upperOffset || frame.scale !== scale)
      throw new OffPolicyEvaluationError(
        "BAD_OPTION",
        "AnytimeSequence.add: every part must have the same reward range",
      );
    for (let i = 0; i < envelope.lower.length; i++) {
      this.#lower.add(envelope.lower[i]! / scale);
      this.#upper.add(envelope.upper[i]! / scale);
    }
    return this;
  }

  /**
   * The bounds now. The value is the mean of the lower terms (IPS), put between them.
   *
   * @throws OffPolicyEvaluationError `EMPTY` before any row
   */
  interval(options: { readonly confidence?: number } = {}): Interval {
    const confidence = confidenceOf("AnytimeSequence.interval", options);
    const frame = this.#frame;
    if (frame === undefined)
      throw new OffPolicyEvaluationError("EMPTY", "AnytimeSequence.interval: no rows were added");
    const oneSided = 0.5 + confidence / 2;
    const { lowerOffset, upperOffset, scale } = frame;
    // The terms' means cannot exceed the distance between the two offsets.
    const largest = (upperOffset - lowerOffset) / scale;
    const lower = lowerOffset + scale * this.#lower.lowerBound(oneSided, largest);
    const upper = upperOffset - scale * this.#upper.lowerBound(oneSided, largest);
    return {
      value: Math.min(upper, Math.max(lower, lowerOffset + (scale * this.#lower.sum) / this.#lower.count)),
      lower,
      upper,
      confidence,
      method: "anytime",
    };
  }

  /** One-sided lower bound at the whole α: the one that a launch gate watches. */
  lowerBound(confidence: number): number {
    confidenceOf("AnytimeSequence.lowerBound", { confidence });
    const frame = this.#frame;
    if (frame === undefined)
      throw new OffPolicyEvaluationError("EMPTY", "AnytimeSequence.lowerBound: no rows were added");
    const largest = (frame.upperOffset - frame.lowerOffset) / frame.scale;
    return frame.lowerOffset + frame.scale * this.#lower.lowerBound(confidence, largest);
  }
}
