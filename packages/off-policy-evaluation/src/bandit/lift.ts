import { OffPolicyEvaluationError } from "../error.ts";
import {
  checkFinite,
  checkLength,
  checkProbabilities,
  checkPropensities,
  checkRows,
  checkSupport,
  weightsOf,
} from "../log/checks.ts";
import type { EstimatorTerms } from "../terms.ts";

/** What {@link pairedLift} reads: one entry a decision. */
export interface LiftInput {
  /** Observed reward; finite. */
  readonly reward: Float64Array;
  /** Logging policy's probability of the logged action, in (0, 1]. */
  readonly propensity: Float64Array;
  /** Candidate's probability of the logged action, in [0, 1]. */
  readonly candidateProbability: Float64Array;
  /** Incumbent's probability of the logged action, in [0, 1]; the propensities themselves where the incumbent logged. */
  readonly incumbentProbability: Float64Array;
  /** Reward model, for the doubly robust form. */
  readonly model?: {
    /** Candidate's model value less the incumbent's: Σₐ (π_c − π_i) q; finite. */
    readonly directDifference: Float64Array;
    /** q(x, aᵢ); finite. */
    readonly predictedReward: Float64Array;
  };
}

/** Options of {@link pairedLift}. */
export interface LiftOptions {
  /**
   * Constant taken from every reward. Any number leaves the estimate unbiased, since the difference of the weights has
   * mean 0; "optimal" takes the one that minimises the variance, `Σ d² r / Σ d²`, which the terms carry along, so that a
   * resample chooses it anew. @defaultValue "optimal"
   */
  readonly baseline?: "optimal" | number;
}

/**
 * Paired lift of a candidate over the incumbent (Δ-OPE): `mean(d (r − b))` with `d = (π_c − π_i) / μ`.
 *
 * One weight for the difference, in place of two estimates that are subtracted: what the policies share cancels row by
 * row, so close policies have a lift far surer than the value of either. Equal policies have a lift of exactly 0, and so
 * has every resample of them.
 *
 * With a model it is doubly robust: `mean(Σₐ (π_c − π_i) q + d (r − q − b))`.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when either policy has probability 0 on every row; `EMPTY`,
 * `BAD_LENGTH`, `BAD_VALUE`
 * @see Jeunen & Ustimenko (2024), "Δ-OPE: Off-Policy Estimation with Pairs of Policies"
 */
export function pairedLift(input: LiftInput, options: LiftOptions = {}): EstimatorTerms {
  const { reward, propensity, candidateProbability, incumbentProbability, model } = input;
  const rowCount = reward.length;
  checkRows("log", rowCount);
  checkLength("propensity", propensity, rowCount, "one a reward");
  checkLength("candidateProbability", candidateProbability, rowCount, "one a reward");
  checkLength("incumbentProbability", incumbentProbability, rowCount, "one a reward");
  checkFinite("reward", reward);
  checkPropensities("propensity", propensity);
  checkProbabilities("candidateProbability", candidateProbability);
  checkProbabilities("incumbentProbability", incumbentProbability);
  checkSupport("paired lift, candidate", candidateProbability);
  checkSupport("paired lift, incumbent", incumbentProbability);
  if (model) {
    checkLength("directDifference", model.directDifference, rowCount, "one a reward");
    checkLength("predictedReward", model.predictedReward, rowCount, "one a reward");
    checkFinite("directDifference", model.directDifference);
    checkFinite("predictedReward", model.predictedReward);
  }
  const baseline = options.baseline ?? "optimal";
  if (baseline !== "optimal" && !Number.isFinite(baseline))
    throw new OffPolicyEvaluationError(
      "BAD_OPTION",
      `baseline is ${baseline}: it must be "optimal" or finite`,
    );

  const candidateWeight = weightsOf("propensity", candidateProbability, propensity);
  const incumbentWeight = weightsOf("propensity", incumbentProbability, propensity);
  const optimal = baseline === "optimal";
  const shift = optimal ? 0 : baseline;
  const estimate = new Float64Array(rowCount);
  const difference = new Float64Array(rowCount);
  const cross = new Float64Array(optimal ? rowCount : 0);
  const square = new Float64Array(optimal ? rowCount : 0);
  for (let i = 0; i < rowCount; i++) {
    const d = candidateWeight[i]! - incumbentWeight[i]!;
    const direct = model ? model.directDifference[i]! : 0;
    const residual = reward[i]! - shift - (model ? model.predictedReward[i]! : 0);
    const term = direct + d * residual;
    estimate[i] = term;
    difference[i] = d;
    if (optimal) {
      cross[i] = d * term;
      square[i] = d * d;
    }
  }
  if (!optimal)
    return {
      columns: [estimate],
      value: (means) => means[0]!,
      gradientInto: (out) => {
        out[0] = 1;
      },
    };
  return {
    columns: [estimate, difference, cross, square],
    value: (means) => (means[3]! > 0 ? means[0]! - (means[2]! / means[3]!) * means[1]! : means[0]!),
    gradientInto: (out, means) => {
      out.fill(0);
      out[0] = 1;
      if (!(means[3]! > 0)) return;
      out[1] = -means[2]! / means[3]!;
      out[2] = -means[1]! / means[3]!;
      out[3] = (means[2]! * means[1]!) / (means[3]! * means[3]!);
    },
  };
}
