import { studentQuantile } from "@longview/statistics";
import { OffPolicyEvaluationError } from "../error.ts";
import { checkOption } from "../log/checks.ts";
import { estimateValue, influenceValues, type EstimatorTerms } from "../terms.ts";

/** An estimate with the half-width of its interval. */
export interface EstimateWidth {
  readonly estimate: number;
  readonly halfWidth: number;
}

const CONSTANT = Math.sqrt(6) - 1;

/**
 * The estimate of `terms`, and how far chance moves it: `t₁₋δ(n − 1) · sd / √(n − 1)` of the units' influences.
 *
 * @param errorProbability - δ, in (0, 1)
 * @throws OffPolicyEvaluationError `NOT_COMPUTABLE` with fewer than two units; `BAD_OPTION`
 */
export function estimateWidth(terms: EstimatorTerms, errorProbability: number): EstimateWidth {
  checkOption("errorProbability", errorProbability, Number.MIN_VALUE, 1 - Number.EPSILON);
  const influence = influenceValues(terms);
  const count = influence.length;
  if (count < 2)
    throw new OffPolicyEvaluationError(
      "NOT_COMPUTABLE",
      `a choice by width needs at least 2 units, got ${count}`,
    );
  let squares = 0;
  for (let i = 0; i < count; i++) squares += influence[i]! * influence[i]!;
  const halfWidth =
    studentQuantile(1 - errorProbability, count - 1) * Math.sqrt(squares / count / (count - 1));
  return { estimate: estimateValue(terms), halfWidth };
}

/** Whether SLOPE goes on to `next` after the `accepted`: `|θⱼ − θ| <= width + (√6 − 1) widthⱼ` for each of them. */
export function slopeAccepts(next: EstimateWidth, accepted: readonly EstimateWidth[]): boolean {
  return accepted.every(
    ({ estimate, halfWidth }) => Math.abs(estimate - next.estimate) <= next.halfWidth + CONSTANT * halfWidth,
  );
}

/** What {@link slope} found. */
export interface SlopeChoice {
  /** Index of the chosen candidate: the last accepted. */
  readonly chosen: number;
  /** Indices accepted, from the widest interval on. */
  readonly accepted: readonly number[];
}

/**
 * SLOPE, a choice by Lepski's principle: goes from the widest interval (least biased) to the narrowest, and takes the last
 * candidate whose estimate agrees with all before it.
 *
 * Its mean squared error is within a constant factor of the best candidate's where the bias grows as the width shrinks.
 * Candidates of equal width keep their order.
 *
 * @throws OffPolicyEvaluationError `BAD_OPTION` without candidates; `BAD_VALUE` naming one that is not finite
 * @see Su, Srinath & Krishnamurthy (2020), "Adaptive Estimator Selection for Off-Policy Evaluation"
 */
export function slope(candidates: readonly EstimateWidth[]): SlopeChoice {
  if (candidates.length === 0)
    throw new OffPolicyEvaluationError("BAD_OPTION", "slope: at least one candidate is needed");
  candidates.forEach(({ estimate, halfWidth }, i) => {
    if (!(Number.isFinite(estimate) && Number.isFinite(halfWidth)))
      throw new OffPolicyEvaluationError(
        "BAD_VALUE",
        `slope: candidate ${i} is ${estimate} ± ${halfWidth}: both must be finite`,
      );
  });
  const order = candidates
    .map((_, i) => i)
    .sort((i, j) => candidates[j]!.halfWidth - candidates[i]!.halfWidth || i - j);
  const accepted: number[] = [];
  for (const index of order) {
    if (
      !slopeAccepts(
        candidates[index]!,
        accepted.map((i) => candidates[i]!),
      )
    )
      break;
    accepted.push(index);
  }
  return { chosen: accepted.at(-1)!, accepted };
}
