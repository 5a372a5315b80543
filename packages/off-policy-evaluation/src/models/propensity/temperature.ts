import type { Design } from "../design.ts";
import { logitsInto, softmaxInPlace } from "./softmax-model.ts";

/** A row scored by a model that never saw it: the model and its marginal's coefficients. */
export interface ScoredRows {
  readonly rows: Int32Array;
  readonly coefficients: Float64Array;
  /** Coefficients of the marginal that the model departs from. */
  readonly center: Float64Array;
}

/** Largest factor: beyond it a model would be more certain than anything that it was shown. */
const LARGEST = 4;
const STEPS = 20;

/**
 * The factor τ in [0, 4] on a softmax model's departures from the marginal, `log m + τ (logit − log m)`, that makes the rows'
 * actions most likely, by Newton's method on one number. It is 1 where departures do not vary.
 *
 * A factor and no isotonic regression: it keeps every probability above 0, keeps a row's sum at 1 and the order of its actions, and
 * one number takes few rows to learn. At 0 nothing but the marginal is left, which is calibrated.
 *
 * @see Guo et al. (2017), "On Calibration of Modern Neural Networks", for temperature scaling
 */
export function departureFactor(design: Design, parts: readonly ScoredRows[]): number {
  let factor = 1;
  for (let step = 0; step < STEPS; step++) {
    const { slope, curvature } = derivatives(design, parts, factor);
    if (!(curvature > 1e-9)) return factor;
    const next = Math.min(LARGEST, Math.max(0, factor - slope / curvature));
    if (Math.abs(next - factor) < 1e-6) return next;
    factor = next;
  }
  return factor;
}

/** Coefficients whose departures from the marginal are `factor` times as large. */
export function scaledDepartures(
  coefficients: Float64Array,
  center: Float64Array,
  factor: number,
): Float64Array {
  return coefficients.map((value, k) => center[k]! + factor * (value - center[k]!));
}

/** First and second derivative of the rows' negative log-likelihood by the factor: mean minus logged departure, and its variance. */
function derivatives(
  design: Design,
  parts: readonly ScoredRows[],
  factor: number,
): { slope: number; curvature: number } {
  const { actionCount, action, featureCount } = design.rows;
  const base = new Float64Array(actionCount);
  const departure = new Float64Array(actionCount);
  const scratch = new Float64Array(featureCount);
  let slope = 0;
  let curvature = 0;
  for (const { rows, coefficients, center } of parts) {
    for (const row of rows) {
      logitsInto(base, 0, { design, row, coefficients: center, scratch });
      logitsInto(departure, 0, { design, row, coefficients, scratch });
      for (let a = 0; a < actionCount; a++) {
        departure[a] = departure[a]! - base[a]!;
        base[a] = base[a]! + factor * departure[a]!;
      }
      softmaxInPlace(base, 0, actionCount);
      let mean = 0;
      let square = 0;
      for (let a = 0; a < actionCount; a++) {
        mean += base[a]! * departure[a]!;
        square += base[a]! * departure[a]! * departure[a]!;
      }
      slope += mean - departure[action[row]!]!;
      curvature += square - mean * mean;
    }
  }
  return { slope, curvature };
}
