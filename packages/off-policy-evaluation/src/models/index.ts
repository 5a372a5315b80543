export type { FeatureTable, ModelRows } from "./model-rows.ts";
export type {
  CrossFittedRewardModel,
  NetworkOptions,
  RewardModelKind,
  RewardModelOptions,
  RewardRows,
} from "./reward-model.ts";
export { crossFitRewardModel } from "./cross-fit-reward-model.ts";
export {
  modelColumns,
  type DistributionOf,
  type ModelColumnsOptions,
  type PolicyModelColumns,
} from "./model-columns.ts";
export {
  estimatePropensities,
  type EstimatedPropensities,
  type PropensityOptions,
} from "./propensity/estimate-propensities.ts";
export {
  directMethodInterval,
  type DirectMethodInterval,
  type DirectMethodIntervalOptions,
} from "./direct-method-interval.ts";
export {
  fittedQEvaluation,
  type FeatureTrajectories,
  type FinalStates,
  type FittedQEvaluationOptions,
  type FittedQValues,
} from "./sequential/fitted-q-evaluation.ts";
