import type { ModelledBanditLog } from "../log/bandit-log.ts";
import type { EstimatorTerms } from "../terms.ts";
import { meanTerms } from "./term-forms.ts";

/**
 * Direct method (DM): the mean of the reward model's value of the target policy, `mean(Σₐ π(a|x) q(x, a))`.
 *
 * As biased as the model. The spread of its terms is that of the contexts alone: an interval made from it leaves out
 * the model's own error, and is far too narrow. It needs no overlap, so it does not refuse for want of it.
 */
export function directMethod(log: ModelledBanditLog): EstimatorTerms {
  return meanTerms(log.directValue);
}
