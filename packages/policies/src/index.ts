export { policySettings, type PolicySettings } from "./policy-settings.ts";
export {
  logSumExp,
  sampleCategorical,
  categoricalLogProbability,
  categoricalEntropy,
  greedyCategorical,
} from "./distributions/categorical.ts";
export {
  sampleDiagonalGaussianInto,
  diagonalGaussianLogProbability,
  diagonalGaussianEntropy,
} from "./distributions/diagonal-gaussian.ts";
export {
  samplePlackettLuceInto,
  greedyPlackettLuceInto,
  plackettLucePositionLogProbabilitiesInto,
  plackettLuceLogProbability,
  plackettLucePrefixLogProbabilitiesInto,
  plackettLuceEntropyAlong,
} from "./distributions/plackett-luce.ts";
export { maskedRowInto } from "./distributions/masking.ts";
export {
  policyShape,
  maskEntry,
  type PolicyShape,
  type ObservationEntry,
  type DistributionName,
} from "./policy-shape.ts";
export {
  createActionSampler,
  type ActionSampler,
  type ActionMode,
  type SampleRequest,
  type DistributionOutputs,
} from "./action-sampler.ts";
export type { NormaliserState, PolicyState } from "./policy-state.ts";
export {
  createPolicyModel,
  type PolicyModel,
  type PolicyModelOptions,
  type PolicyLayout,
  type NormaliserTensors,
} from "./policy-model.ts";
export {
  createPolicyInference,
  inferenceProgram,
  type PolicyInference,
  type PolicyInferenceOptions,
} from "./policy-inference.ts";
export { exportPolicy, exportPolicyOnnx, type ExportPolicyOptions } from "./export-policy.ts";
export {
  distributionTensors,
  MASKED_SCORE,
  type DistributionTensors,
} from "./distributions/distribution-tensors.ts";
export type { NetworkOutputs } from "./networks/network.ts";
export { mixedProbability, combinedShare } from "./uniform-mixing.ts";
export {
  slateLength,
  sampleChoice,
  greedyChoice,
  uniformChoiceProbability,
  choiceLogProbability,
  mixedChoiceProbability,
  type ChoiceGroup,
  type ChoiceProbability,
} from "./choice-groups.ts";
export type { DecisionTable, LoggedDecision, PolicyReading } from "./decision-reader.ts";
export { createDecisionScorer, type DecisionScorer, type PolicyGraph } from "./decision-scorer.ts";
export { SlateDraws, type DrawnAmong, type DrawnSlate, type Preference } from "./slate-draws.ts";
export {
  greedyPolicyId,
  parseRandomKey,
  parseServedPolicyId,
  randomKeyText,
  replayDecision,
  servedPolicyId,
  type ReplayedDecision,
} from "./replay-decision.ts";
export { openBundlePolicy, type BundlePolicy } from "./bundle-scorer.ts";
export { checkGolden, type CheckedGraph, type GoldenCheck } from "./golden-check.ts";
export { bundleFeatures } from "./bundle-features.ts";
