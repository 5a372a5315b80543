import { deriveKey, rootKey, shuffleInto, type RandomKey } from "@longview/statistics";
import { OffPolicyEvaluationError } from "../error.ts";
import { meanTerms } from "../bandit/term-forms.ts";
import type { EstimatorTerms } from "../terms.ts";
import { marginalWeights } from "./marginal-ratios.ts";
import { correctedValues } from "./sequential-doubly-robust.ts";
import { tabularFittedQEvaluation, withTabularValues } from "./tabular-fitted-q-evaluation.ts";
import { marginalRatiosOf, tabularStateRatios } from "./tabular-marginal-ratios.ts";
import type { TabularTrajectoryLog } from "./tabular-trajectory-log.ts";

/** Options of {@link doubleReinforcementLearning}. */
export interface DoubleReinforcementLearningOptions {
  /** Folds of trajectories, from 2 to their number. @defaultValue 2 */
  readonly folds?: number;
  /** Key of the split. @defaultValue a fixed one */
  readonly key?: RandomKey;
}

/**
 * Double reinforcement learning with tables: {@link marginalizedDoublyRobust}, where each trajectory is scored by ratios
 * and values that were learned from the other folds.
 *
 * Each reward and value counts with its discount γᵗ. Efficient, and its terms need no correction for what was estimated:
 * errors of ratios and values multiply. Give other models' ratios and values to {@link marginalizedDoublyRobust}.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when the weights of a step are all 0; `BAD_OPTION`
 * @see Kallus & Uehara (2020), "Double Reinforcement Learning for Efficient Off-Policy Evaluation in Markov Decision
 * Processes"
 */
export function doubleReinforcementLearning(
  log: TabularTrajectoryLog,
  options: DoubleReinforcementLearningOptions = {},
): EstimatorTerms {
  const { folds = 2, key = deriveKey(rootKey(0), "double reinforcement learning") } = options;
  const n = log.trajectoryCount;
  if (!(Number.isSafeInteger(folds) && folds >= 2 && folds <= n))
    throw new OffPolicyEvaluationError(
      "BAD_OPTION",
      `folds is ${folds}: it must be a whole number from 2 to the number of trajectories, ${n}`,
    );
  const order = Int32Array.from({ length: n }, (_, i) => i);
  shuffleInto(order, key);
  const foldOf = new Int32Array(n);
  order.forEach((trajectory, place) => {
    foldOf[trajectory] = place % folds;
  });
  const column = new Float64Array(n);
  for (let fold = 0; fold < folds; fold++) {
    const include = Uint8Array.from(foldOf, (other) => (other === fold ? 0 : 1));
    const ratios = marginalRatiosOf(log, tabularStateRatios(log, { include }), "state-action");
    const weight = marginalWeights("double reinforcement learning", log, ratios);
    const modelled = withTabularValues(log, tabularFittedQEvaluation(log, { include }));
    correctedValues(modelled, weight).forEach((value, i) => {
      if (foldOf[i] === fold) column[i] = value;
    });
  }
  return meanTerms(column);
}
