export { columnMeans, estimateValue, influenceValues, type EstimatorTerms } from "./terms.ts";
export {
  OFF_POLICY_EVALUATION_ERROR_CODES,
  OffPolicyEvaluationError,
  type OffPolicyEvaluationErrorCode,
} from "./error.ts";
export type { NumberTable } from "./log/checks.ts";
export {
  BanditLog,
  ModelledBanditLog,
  banditLogFromTables,
  modelColumnsInto,
  type ActionTables,
  type BanditLogInput,
  type ModelColumns,
  type ModelledBanditLogInput,
  type TabledBanditInput,
} from "./log/bandit-log.ts";
export { replay, type ReplayInput } from "./bandit/replay.ts";
export { inversePropensity } from "./bandit/inverse-propensity.ts";
export {
  clippedInversePropensity,
  type ClippedInversePropensityOptions,
} from "./bandit/clipped-inverse-propensity.ts";
export { selfNormalizedInversePropensity } from "./bandit/self-normalized-inverse-propensity.ts";
export { directMethod } from "./bandit/direct-method.ts";
export { doublyRobust, type DoublyRobustOptions } from "./bandit/doubly-robust.ts";
export { selfNormalizedDoublyRobust } from "./bandit/self-normalized-doubly-robust.ts";
export { switchDoublyRobust, type SwitchDoublyRobustOptions } from "./bandit/switch-doubly-robust.ts";
export { shrunkDoublyRobust, type ShrunkDoublyRobustOptions } from "./bandit/shrunk-doubly-robust.ts";
export {
  subGaussianInversePropensity,
  type SubGaussianOptions,
} from "./bandit/sub-gaussian-inverse-propensity.ts";
export { subGaussianDoublyRobust } from "./bandit/sub-gaussian-doubly-robust.ts";
export { moreRobustWeights } from "./bandit/more-robust-doubly-robust.ts";
export {
  balancedInversePropensity,
  weightsFromClassifier,
  type BalancedInput,
  type BalancedOptions,
} from "./bandit/balanced-inverse-propensity.ts";
export { embeddingWeights, type EmbeddingInput, type EmbeddingOptions } from "./bandit/embedding-weights.ts";
export {
  marginalizedInversePropensity,
  selfNormalizedMarginalizedInversePropensity,
} from "./bandit/marginalized-inverse-propensity.ts";
export {
  selectEmbedding,
  type EmbeddingSelection,
  type EmbeddingSelectionOptions,
  type EmbeddingSubset,
} from "./bandit/embedding-selection.ts";
export { offPolicyConjunctEffect, type ConjunctEffectInput } from "./bandit/off-policy-conjunct-effect.ts";
export {
  mixturePropensities,
  type BalancedLoggersInput,
  type ModelColumnsInput,
  type SeveralLoggersInput,
  type SeveralLoggersOptions,
} from "./bandit/several-loggers.ts";
export { naiveLoggers } from "./bandit/naive-loggers.ts";
export { balancedLoggers } from "./bandit/balanced-loggers.ts";
export { weightedLoggers } from "./bandit/weighted-loggers.ts";
export { pairedLift, type LiftInput, type LiftOptions } from "./bandit/lift.ts";
export { termsDifference } from "./bandit/terms-difference.ts";
export { estimateWidth, slope, type EstimateWidth, type SlopeChoice } from "./bandit/slope.ts";
export {
  meanSquaredErrorScore,
  type MeanSquaredErrorInput,
  type MeanSquaredErrorOptions,
} from "./bandit/mean-squared-error.ts";
export {
  TUNABLE_ESTIMATORS,
  TUNABLE_MODELLED_ESTIMATORS,
  tuned,
  type TriedParameter,
  type TunableEstimator,
  type TunedEstimate,
  type TuningMethod,
} from "./bandit/tuning.ts";
export {
  selfNormalizedStandardInversePropensity,
  slateWeights,
  standardInversePropensity,
  type StandardSlateInput,
} from "./slate/standard-inverse-propensity.ts";
export {
  independentInversePropensity,
  selfNormalizedIndependentInversePropensity,
  slotWeights,
  type IndependentSlateInput,
} from "./slate/independent-inverse-propensity.ts";
export {
  rewardInteractionInversePropensity,
  selfNormalizedRewardInteractionInversePropensity,
} from "./slate/reward-interaction-inverse-propensity.ts";
export { cascadeDoublyRobust, type ModelledCascadeInput } from "./slate/cascade-doubly-robust.ts";
export { prefixWeights, type CascadeSlateInput } from "./slate/cascade-log.ts";
export type { SlateRewards } from "./slate/slate-checks.ts";
export {
  factoredSlateWeights,
  pseudoInverse,
  selfNormalizedPseudoInverse,
  uniformRankingWeights,
  type FactoredSlateInput,
  type PseudoInverseInput,
  type UniformRankingInput,
} from "./slate/pseudo-inverse.ts";
export { KERNELS, type KernelName } from "./continuous/kernels.ts";
export {
  kernelWeights,
  type ContinuousInput,
  type KernelOptions,
  type ModelledContinuousInput,
} from "./continuous/continuous-log.ts";
export { kernelizedInversePropensity } from "./continuous/kernelized-inverse-propensity.ts";
export { kernelizedSelfNormalizedInversePropensity } from "./continuous/kernelized-self-normalized-inverse-propensity.ts";
export { kernelizedDoublyRobust } from "./continuous/kernelized-doubly-robust.ts";
export { type Interval, type IntervalOptions } from "./intervals/interval.ts";
export { studentInterval, standardErrorOf } from "./intervals/student.ts";
export {
  hoeffdingInterval,
  empiricalBernsteinInterval,
  bettingInterval,
  type BoundedIntervalOptions,
} from "./intervals/concentration.ts";
export {
  bootstrapInterval,
  bootstrapIntervalFromSums,
  accelerationOf,
  type BootstrapInterval,
  type BootstrapIntervalOptions,
} from "./intervals/bootstrap.ts";
export {
  CressieReadSums,
  cressieReadInterval,
  empiricalLikelihoodValue,
  type CressieReadOptions,
  type WeightRangeOptions,
} from "./intervals/cressie-read.ts";
export { valueEnvelope, liftEnvelope, type Envelope } from "./intervals/envelope.ts";
export { AnytimeSequence } from "./intervals/anytime.ts";
export { highConfidenceLowerBound, type HighConfidenceOptions } from "./intervals/high-confidence.ts";
export {
  defaultInterval,
  type DefaultInterval,
  type DefaultIntervalOptions,
} from "./intervals/default-interval.ts";
export { paretoTail, type ParetoTail } from "./diagnostics/pareto-tail.ts";
export {
  BANDIT_ESTIMATORS,
  SHRINKAGES,
  SMOOTHINGS,
  WEIGHT_LIMITS,
  type BanditEstimator,
} from "./bandit/registry.ts";
export { weightDiagnostics, type WeightDiagnostics } from "./diagnostics/weights.ts";
export { supportDeficit, type SupportDeficit, type SupportInput } from "./diagnostics/support.ts";
export {
  calibration,
  type Calibration,
  type CalibrationBin,
  type CalibrationOptions,
} from "./diagnostics/calibration.ts";
export { compareGroups, type GroupComparison, type GroupMean } from "./diagnostics/groups.ts";
export { rewardDrift, type RewardDrift } from "./diagnostics/drift.ts";
export {
  sampleRatioByDay,
  type DailySampleRatio,
  type SampleRatioByDay,
} from "./diagnostics/sample-ratio.ts";
export {
  positionEffects,
  type PositionEffect,
  type PositionEffects,
} from "./diagnostics/position-effects.ts";
export {
  estimatorAgreement,
  type EstimatorAgreement,
  type NamedTerms,
  type PairAgreement,
} from "./diagnostics/agreement.ts";
export {
  ModelledTrajectoryLog,
  TrajectoryLog,
  trajectoryLogFromTables,
  type ModelledTrajectoryLogInput,
  type TabledTrajectoryInput,
  type TrajectoryLogInput,
} from "./sequential/trajectory-log.ts";
export { loggedReturn } from "./sequential/logged-return.ts";
export { trajectoryImportanceSampling } from "./sequential/trajectory-importance-sampling.ts";
export { selfNormalizedTrajectoryImportanceSampling } from "./sequential/self-normalized-trajectory-importance-sampling.ts";
export { perDecisionImportanceSampling } from "./sequential/per-decision-importance-sampling.ts";
export {
  selfNormalizedPerDecisionImportanceSampling,
  type SelfNormalizedPerDecisionOptions,
} from "./sequential/self-normalized-per-decision-importance-sampling.ts";
export { sequentialDirectMethod } from "./sequential/sequential-direct-method.ts";
export { sequentialDoublyRobust } from "./sequential/sequential-doubly-robust.ts";
export { weightedDoublyRobust } from "./sequential/weighted-doubly-robust.ts";
export { magic, magicBlend, type MagicBlend, type MagicOptions } from "./sequential/magic.ts";
export type { MarginalizedOptions, MarginalRatios } from "./sequential/marginal-ratios.ts";
export { marginalizedImportanceSampling } from "./sequential/marginalized-importance-sampling.ts";
export { selfNormalizedMarginalizedImportanceSampling } from "./sequential/self-normalized-marginalized-importance-sampling.ts";
export { marginalizedDoublyRobust } from "./sequential/marginalized-doubly-robust.ts";
export { selfNormalizedMarginalizedDoublyRobust } from "./sequential/self-normalized-marginalized-doubly-robust.ts";
export { TabularTrajectoryLog, type TabularTrajectoryInput } from "./sequential/tabular-trajectory-log.ts";
export {
  marginalRatiosOf,
  tabularMarginalRatios,
  tabularStateRatios,
  type TabularFitOptions,
  type TabularStateRatios,
} from "./sequential/tabular-marginal-ratios.ts";
export {
  tabularFittedQEvaluation,
  withTabularValues,
  type TabularFittedQEvaluationOptions,
  type TabularValues,
} from "./sequential/tabular-fitted-q-evaluation.ts";
export {
  doubleReinforcementLearning,
  type DoubleReinforcementLearningOptions,
} from "./sequential/double-reinforcement-learning.ts";
export {
  bestDice,
  bestDiceRatios,
  type BestDiceOptions,
  type BestDiceRatios,
} from "./sequential/best-dice.ts";
export {
  perDecisionCressieRead,
  type PerDecisionCressieReadOptions,
} from "./sequential/per-decision-cressie-read.ts";
export {
  returnCumulative,
  type ModelledCumulative,
  type ReturnCumulativeOptions,
} from "./distribution/return-cumulative.ts";
export { returnMean, type ReturnMomentOptions } from "./distribution/return-mean.ts";
export { returnVariance } from "./distribution/return-variance.ts";
export { returnQuantile, returnQuartiles } from "./distribution/return-quantile.ts";
export { returnTailMean } from "./distribution/return-tail-mean.ts";
export {
  selectEstimator,
  type EstimatorSelection,
  type SelectionCandidate,
  type SelectionInput,
  type SelectionOptions,
} from "./bandit/policy-adaptive-selection.ts";
export { SEQUENTIAL_ESTIMATORS, type SequentialEstimator } from "./sequential/registry.ts";
export { WeightSums } from "./diagnostics/weight-sums.ts";
export { collectLoggedBandit, type LoggedBandit } from "./logged-data/logged-bandit.ts";
export {
  candidateTableText,
  parseCandidateTable,
  type CandidateTable,
} from "./logged-data/candidate-table.ts";
export {
  itemFrequencyTable,
  tableActionProbability,
  tableDistributions,
  uniformActionProbability,
  type LoggedActions,
} from "./logged-data/candidate-probabilities.ts";
export { type LoggedPolicy } from "./logged-data/logged-policy.ts";
export { columnPolicy, loggingPolicy, tablePolicy, uniformPolicy } from "./logged-data/simple-policies.ts";
export { launchLogFromReader, type LaunchLogOptions } from "./logged-data/launch-log-from-reader.ts";
export { rankedPositions } from "./logged-data/ranked-positions.ts";
export { encodeFeatures, type EncodedFeatures } from "./logged-data/encode-features.ts";
export { type LaunchBlock, type LaunchLog } from "./launch/launch-log.ts";
export { judgeLaunch, type LaunchContext } from "./launch/judge-launch.ts";
export {
  evidencePlan,
  gatherEvidence,
  type EvidencePlan,
  type LaunchEvidence,
} from "./launch/gather-evidence.ts";
export { estimateLaunch, type EstimatePlan, type LaunchEstimate } from "./launch/estimate-launch.ts";
export { metricEffects, metricEstimates } from "./launch/metric-effects.ts";
export { formatNumber, pValueText } from "./launch/format-number.ts";
export { decide, type Decision } from "./launch/decide.ts";
export { verdictFlips, type Flip } from "./launch/verdict-flips.ts";
export { losesWithinMargin } from "./launch/words.ts";
export { checkEstimatorNames, estimatorTable, type EstimatorTable } from "./launch/estimator-rows.ts";
export { UnitSums, type UnitSumsOptions } from "./launch/unit-sums.ts";
export { LARGEST_ROWS_IN_MEMORY } from "./launch/launch-rows.ts";
export {
  BanditStream,
  type BanditPiece,
  type BanditStreamOptions,
  type BanditStreamResults,
} from "./streaming/bandit-stream.ts";
