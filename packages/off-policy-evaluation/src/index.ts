export { columnMeans, estimateValue, influenceValues, type EstimatorTerms } from "./terms.ts";
export {
  OFF_POLICY_EVALUATION_ERROR_CODES,
  OffPolicyEvaluationError,
  type OffPolicyEvaluationErrorCode,
} from "./error.ts";
