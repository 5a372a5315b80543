import { meanTerms } from "../bandit/term-forms.ts";
import type { EstimatorTerms } from "../terms.ts";
import { discountedReturns } from "./step-columns.ts";
import type { TrajectoryLog } from "./trajectory-log.ts";

/** Value of the logging policy itself: the mean discounted return. Every trajectory counts, also one that returned 0. */
export function loggedReturn(log: TrajectoryLog): EstimatorTerms {
  return meanTerms(discountedReturns(log));
}
