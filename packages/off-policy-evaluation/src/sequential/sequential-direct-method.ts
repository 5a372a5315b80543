import { meanTerms } from "../bandit/term-forms.ts";
import type { EstimatorTerms } from "../terms.ts";
import type { ModelledTrajectoryLog } from "./trajectory-log.ts";

/**
 * Direct method: the mean over trajectories of the model's value of the first state, `mean(V(s₀))`.
 *
 * As good as the model, and its terms know nothing of the model's error. Fit the model by fitted Q evaluation, such as
 * {@link tabularFittedQEvaluation}.
 *
 * @see Le, Voloshin & Yue (2019), "Batch Policy Learning under Constraints" (fitted Q evaluation)
 */
export function sequentialDirectMethod(log: ModelledTrajectoryLog): EstimatorTerms {
  return meanTerms(
    Float64Array.from({ length: log.trajectoryCount }, (_, i) => log.stateValue[log.offset[i]!]!),
  );
}
