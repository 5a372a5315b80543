import { OffPolicyEvaluationError } from "../error.ts";
import { checkFinite, checkLength, checkRows } from "../log/checks.ts";
import type { EstimatorTerms } from "../terms.ts";
import { product, ratioTerms } from "./term-forms.ts";

/** What {@link replay} reads: one entry a decision. */
export interface ReplayInput {
  /** Observed reward; finite. */
  readonly reward: Float64Array;
  /** Logged action. */
  readonly action: Int32Array;
  /** The action that the deterministic target policy takes in that context. */
  readonly targetAction: Int32Array;
}

/**
 * Replay, also called the rejection method: the mean reward of the decisions where the target would have done the same.
 *
 * `Σ 1[aᵢ = π(xᵢ)] rᵢ / Σ 1[aᵢ = π(xᵢ)]`. Consistent only where the logger chose uniformly at random, and only for a
 * deterministic target that does not learn.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when no decision matches; `EMPTY`, `BAD_LENGTH`, `BAD_VALUE`
 * @see Li, Chu, Langford & Wang (2011), "Unbiased Offline Evaluation of Contextual-bandit-based News Article
 * Recommendation Algorithms"
 */
export function replay(input: ReplayInput): EstimatorTerms {
  const { reward, action, targetAction } = input;
  checkRows("log", reward.length);
  checkLength("action", action, reward.length, "one a reward");
  checkLength("targetAction", targetAction, reward.length, "one a reward");
  checkFinite("reward", reward);
  const match = Float64Array.from(action, (logged, i) => (logged === targetAction[i] ? 1 : 0));
  if (!match.includes(1))
    throw new OffPolicyEvaluationError(
      "NO_SUPPORT",
      "replay: the target policy takes none of the logged actions",
    );
  return ratioTerms(product(match, reward), match);
}
