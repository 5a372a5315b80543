export { candidateSchema, decisionLogRowSchema } from "./decision-log.ts";
export type { DecisionLogRow } from "./decision-log.ts";
export {
  costEstimateSchema,
  estimateSchema,
  evaluationSchema,
  policyEvaluationSchema,
} from "./evaluation.ts";
export type { CostEstimate, Estimate, Evaluation, PolicyEvaluation } from "./evaluation.ts";
export {
  featureDistributionSchema,
  featureReferenceSchema,
  REFERENCE_QUANTILES,
  type FeatureDistribution,
  type FeatureReference,
} from "./feature-reference.ts";
export { GOLDEN_REQUESTS, goldenSchema, goldenTensorSchema } from "./golden.ts";
export type { Golden, GoldenTensor } from "./golden.ts";
export { codeVersionSchema, fileHashSchema, lineageSchema } from "./lineage.ts";
export type { CodeVersion, FileHash, Lineage } from "./lineage.ts";
export {
  bundleSignatureSchema,
  graphTensorSchema,
  manifestConstraintSchema,
  manifestSchema,
} from "./manifest.ts";
export type { BundleDescription, BundleSignature, GraphTensor, Manifest } from "./manifest.ts";
export { metricsRowSchema, timingRowSchema } from "./metrics.ts";
export type { MetricsRow, TimingRow } from "./metrics.ts";
export { readBundleFile, readFeatureReference, readGolden } from "./bundle-files.ts";
export { fingerprintOf, generateSigningKeys, signManifest, type SigningKeys } from "./bundle-signature.ts";
export { readPolicyBundle, verifyBundle, writePolicyBundle } from "./policy-bundle.ts";
export type { PolicyBundleParts, VerifiedBundle, VerifyBundleOptions } from "./policy-bundle.ts";
export { PolicyBundleError } from "./policy-bundle-error.ts";
export {
  readPrivateKey,
  readPublicKey,
  writeSigningKeys,
  type SigningKeyFiles,
} from "./signing-key-files.ts";
export { sha256, sha256OfFile, sha256Schema } from "./sha256.ts";
export { jsonText, writeFileAtomic, writeFolderAtomic } from "./write-atomic.ts";
export {
  box,
  discrete,
  multiDiscrete,
  multiBinary,
  dict,
  tuple,
  slate,
  spaceToJson,
  spaceFromJson,
  spaceJsonSchema,
  type Space,
  type BoxSpace,
  type DiscreteSpace,
  type MultiDiscreteSpace,
  type MultiBinarySpace,
  type DictSpace,
  type TupleSpace,
  type SlateSpace,
  type BoxDataType,
  type BoxOptions,
  type NumberArray,
  type SpaceJson,
  type SpaceValue,
} from "./spaces.ts";
export {
  contains,
  explainMismatch,
  valueLength,
  valueSchema,
  valueToJson,
  valueFromJson,
  type ValueJson,
} from "./space-values.ts";
export {
  DECISION_LOG_ERROR_CODES,
  DecisionLogError,
  type DecisionLogErrorCode,
} from "./log-reading/decision-log-error.ts";
export {
  columnMappingSchema,
  parseColumnMapping,
  type ColumnMapping,
  type ColumnMappingInput,
} from "./log-reading/column-mapping.ts";
export { CONTRACT_RULES, type ContractRuleCode } from "./log-reading/contract-rules.ts";
export { type ContractViolation, type RowPlace } from "./log-reading/contract-audit.ts";
export {
  openDecisionLog,
  type DecisionLogReader,
  type DecisionLogReport,
  type OpenDecisionLogOptions,
} from "./log-reading/decision-log-reader.ts";
export { type DecisionLogChunk } from "./log-reading/log-chunks.ts";
export { OPEN_BANDIT_MAPPING, type LogLayout } from "./log-reading/log-layout.ts";
export { parseTextTable, type TextTable } from "./log-reading/delimited.ts";
export {
  GateSpecError,
  gateSpecSchema,
  parseGateSpec,
  STAKEHOLDERS,
  type GateSpec,
  type GateSpecInput,
  type Stakeholder,
} from "./gate-spec.ts";
export {
  VERDICTS,
  verdictSchema,
  type BoundedEstimate,
  type EstimatorRow,
  type LightState,
  type MetricEffect,
  type SegmentRow,
  type ValidityCheck,
  type Verdict,
  type VerdictName,
} from "./verdict.ts";
export {
  openDecisionLogWriter,
  type DecisionLogWriter,
  type DecisionLogWriterOptions,
} from "./log-writing/decision-log-writer.ts";
export {
  driftThresholdsSchema,
  featureDriftSchema,
  policyStatusSchema,
  recentDecisionSchema,
  serverStatusSchema,
  type DriftThresholds,
  type FeatureDrift,
  type PolicyStatus,
  type RecentDecision,
  type ServerStatus,
} from "./serving/status.ts";
export {
  openDecisionBlockWriter,
  type DecisionBlocks,
  type DecisionBlockWriter,
} from "./log-writing/decision-block-writer.ts";
export {
  candidateRowsSchema,
  MAXIMUM_BATCH,
  MAXIMUM_CANDIDATES,
  MAXIMUM_FEATURE,
  MAXIMUM_FEATURES,
  MAXIMUM_NAME,
  MAXIMUM_SLOTS,
  MAXIMUM_STEP,
  namedCandidatesSchema,
  rankAnswerSchema,
  rankBatchAnswerSchema,
  rankBatchRequestSchema,
  rankRequestSchema,
  type RankAnswer,
  type RankBatchAnswer,
  type RankBatchRequest,
  type RankRequest,
} from "./serving/rank.ts";
export {
  FEEDBACK_RESULTS,
  feedbackAnswerSchema,
  feedbackReportSchema,
  feedbackRequestSchema,
  MAXIMUM_FEEDBACK,
  type FeedbackAnswer,
  type FeedbackReport,
  type FeedbackRequest,
  type FeedbackResult,
} from "./serving/feedback.ts";
export {
  blocklistSchema,
  deployedPolicySchema,
  deploymentRequestSchema,
  deploymentSchema,
  livePolicySchema,
  type Blocklist,
  type DeployedPolicy,
  type Deployment,
  type DeploymentRequest,
} from "./serving/deployment.ts";
export {
  SERVING_ERRORS,
  servingErrorSchema,
  type ServingError,
  type ServingErrorCode,
} from "./serving/error.ts";
export { policyFeaturesSchema, type PolicyFeatureNames, type PolicyFeatures } from "./policy-features.ts";
