import { checkCount, checkDistributions, checkIndices, checkLength, checkSupport } from "../log/checks.ts";
import type { NumberTable } from "../log/checks.ts";
import { OffPolicyEvaluationError } from "../error.ts";
import { ModelledBanditLog, type TabledBanditInput, banditLogFromTables } from "../log/bandit-log.ts";
import type { EstimatorTerms } from "../terms.ts";
import { correctedByResidual } from "./corrected-by-residual.ts";

/** What {@link offPolicyConjunctEffect} reads. `propensity` is not used: clusters have their own. */
export interface ConjunctEffectInput extends Omit<TabledBanditInput, "propensity"> {
  /** μ(a|x), [rows · actionCount]: each row a distribution. */
  readonly loggingProbabilities: NumberTable;
  /** Cluster of each action, [actionCount], in [0, clusterCount). */
  readonly cluster: Int32Array;
  readonly clusterCount: number;
}

/**
 * Off-policy evaluation by the conjunct effect model (OffCEM):
 * `mean(w(x, c) (r − q(x, a)) + Σₐ π q)` with `w(x, c) = π(c|x) / μ(c|x)`, the weight of the logged action's cluster.
 *
 * Unbiased where the model is right about the differences between actions of one cluster (local correctness), however
 * wrong about the clusters themselves; and where every cluster that the target enters has support. With one action a
 * cluster it is doubly robust; with one cluster the direct method plus the mean residual.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every weight is 0; `EMPTY`, `BAD_LENGTH`, `BAD_VALUE`
 * @see Saito, Ren & Joachims (2023), "Off-Policy Evaluation for Large Action Spaces via Conjunct Effect Modeling"
 */
export function offPolicyConjunctEffect(input: ConjunctEffectInput): EstimatorTerms {
  const { action, actionCount, cluster, clusterCount, loggingProbabilities, targetProbabilities } = input;
  const rowCount = input.reward.length;
  checkCount("clusterCount", clusterCount);
  checkLength("cluster", cluster, actionCount, "one an action");
  checkIndices("cluster", cluster, clusterCount);
  checkLength("loggingProbabilities", loggingProbabilities, rowCount * actionCount, "rows · actionCount");
  checkDistributions("loggingProbabilities", loggingProbabilities, actionCount);
  const modelled = banditLogFromTables({ ...input, propensity: new Float64Array(rowCount).fill(1) });
  const target = new Float64Array(rowCount);
  const logging = new Float64Array(rowCount);
  for (let i = 0; i < rowCount; i++) {
    const logged = cluster[action[i]!]!;
    for (let a = 0; a < actionCount; a++) {
      if (cluster[a] !== logged) continue;
      target[i] = target[i]! + targetProbabilities[i * actionCount + a]!;
      logging[i] = logging[i]! + loggingProbabilities[i * actionCount + a]!;
    }
    if (!(loggingProbabilities[i * actionCount + action[i]!]! > 0))
      throw new OffPolicyEvaluationError(
        "BAD_VALUE",
        `loggingProbabilities row ${i}: the logged action ${action[i]} has probability 0, so it cannot have been logged`,
      );
    // Sums of probabilities may pass 1 by rounding.
    logging[i] = Math.min(1, logging[i]!);
  }
  checkSupport("off-policy conjunct effect", target);
  const log = new ModelledBanditLog({
    reward: input.reward,
    propensity: logging,
    actionProbability: target,
    directValue: modelled.directValue,
    predictedReward: modelled.predictedReward,
  });
  return correctedByResidual("off-policy conjunct effect", log, (weight) => weight);
}
