import { registerMarketplace } from "./register.ts";

registerMarketplace();

export { registerMarketplace };
export {
  CONTENT_MARKETPLACE_ID,
  WHOLE_MARKETPLACE_ID,
  contentMarketplaceDefinition,
  wholeMarketplaceDefinition,
  makeContentMarketplace,
  makeMarketplace,
  makeWholeMarketplace,
  MARKETPLACE_IDS,
  type MarketplaceId,
  type MakeContentMarketplaceOptions,
  type MakeWholeMarketplaceOptions,
} from "./content/definition.ts";
export { ContentMarketplace } from "./content/content-marketplace.ts";
export {
  contentMarketplaceOptions,
  wholeMarketplaceOptions,
  MECHANISMS_OFF,
  type ContentMarketplaceInput,
  type ContentMarketplaceOptions,
  type EngineOptions,
  type WholeMarketplaceInput,
} from "./content/options.ts";
export { candidateFeatureNames, contextFeatureNames, FEATURE_BOUND } from "./content/features.ts";
export { COST_NAMES, DEFAULT_COST_LIMITS } from "./laws/costs.ts";
export { OBJECTIVE_NAMES } from "./laws/objectives.ts";
export { RETRIEVAL_SOURCES } from "./laws/retrieval.ts";
export { greedyActor, writeTopSlate, type Actor, type ScoreInto } from "./baselines/actor.ts";
export { randomActor } from "./baselines/random.ts";
export { linearActor, popularActor } from "./baselines/linear.ts";
export { myopicActor } from "./baselines/myopic.ts";
export {
  heuristicActor,
  HEURISTIC_FEATURES,
  DEFAULT_HEURISTIC_WEIGHTS,
  type HeuristicWeights,
} from "./baselines/heuristic.ts";
export { oracleActor, DEFAULT_ORACLE_WEIGHTS, type OracleWeights } from "./baselines/oracle.ts";
export {
  simulateWorld,
  simulateFrom,
  type SimulateFromOptions,
  type SimulateWorldOptions,
  type WorldResult,
} from "./evaluation/simulate-world.ts";
export {
  comparePolicies,
  compareFrom,
  figuresOf,
  type ComparedFigure,
  type CompareFromOptions,
  type ComparePoliciesOptions,
  type MakeActor,
  type PolicyComparison,
} from "./evaluation/compare-policies.ts";
export { readEcosystem, type EcosystemDay } from "./evaluation/ecosystem.ts";
export { gini } from "./evaluation/gini.ts";
export {
  tuneHeuristic,
  tuneOracle,
  tuneWeights,
  penalisedValue,
  type TuneOptions,
  type TuneResult,
} from "./evaluation/tune.ts";
export {
  recsimDefinitions,
  RecsimEnvironment,
  type SlateObservation,
  InterestEvolution,
  interestEvolutionOptions,
  type InterestEvolutionOptions,
  type InterestEvolutionTruth,
  InterestExploration,
  interestExplorationOptions,
  type InterestExplorationOptions,
  type InterestExplorationTruth,
  LongTermSatisfaction,
  longTermSatisfactionOptions,
  longTermSatisfactionTensionOptions,
  type LongTermSatisfactionOptions,
  type LongTermSatisfactionTruth,
  randomSlates,
  mostInteresting,
  bestTopics,
  worstTopics,
  interestOverCost,
  highestQuality,
  highestLogit,
  mostClickbait,
  leastClickbait,
  type SlatePolicy,
  runWholeEpisodes,
  type EpisodeStatistics,
} from "./recsim/index.ts";
export { ContentBlocks, type ContentBlocksOptions } from "./content/content-blocks.ts";
export type { PageObservation, PageRows } from "./content/page-rows.ts";
export { stateHash } from "./content/state-bytes.ts";
export {
  HeadRanker,
  RANKER_HEADS,
  DEFAULT_RANKER_WEIGHTS,
  type RankerHead,
} from "./action-modes/ranker-heads.ts";
export { RankerWeightsMarketplace } from "./action-modes/ranker-weights.ts";
export { PlatformLeversMarketplace } from "./action-modes/platform-levers.ts";
export { PLATFORM_FEATURES } from "./action-modes/platform-features.ts";
export { LEVER_BOUNDS, LEVER_NAMES, type LeverName } from "./laws/levers.ts";
export { BASELINE_NAMES, namedActor, type BaselineName } from "./baselines/named-actor.ts";
export {
  simulateAtScale,
  type ScaleDay,
  type ScaleResult,
  type SimulateAtScaleOptions,
} from "./sharded/simulate-at-scale.ts";
export {
  sardineDefinitions,
  Sardine,
  type SardineTruth,
  type SardineCatalogue,
  drawSardineCatalogue,
  sardineCatalogue,
  sardineOptions,
  singleItemBoredInfOptions,
  slateTopKBoredOptions,
  slateRerankStaticOptions,
  type SardineDefaults,
  type SardineOptions,
  type SardineLaw,
  type SardineUsers,
  mostRelevant,
} from "./sardine/index.ts";
export {
  recogymDefinitions,
  RECOGYM_V0,
  RECOGYM_V1,
  RecogymClusters,
  RecogymLatent,
  recogymClusterOptions,
  recogymLatentOptions,
  type RecogymClusterOptions,
  type RecogymLatentOptions,
  drawClusterCatalogue,
  drawLatentCatalogue,
  flipProducts,
  type ClusterCatalogue,
  type LatentCatalogue,
  randomProducts,
  mostViewedProduct,
  mostClickableProduct,
  highestAffinityProduct,
  type ProductPolicy,
} from "./recogym/index.ts";
export {
  auctiongymDefinitions,
  SecondPriceAuctions,
  secondPriceOptions,
  type SecondPriceOptions,
  drawAuctionCatalogue,
  type AuctionCatalogue,
  type AuctionCatalogueShape,
  bestAdInto,
  secondPrice,
} from "./auctiongym/index.ts";
export { LifeNumbers, recordedLives } from "./evaluation/life-numbers.ts";
export { FEED_SEGMENTS, ScorecardFeed, type EcosystemSink } from "./evaluation/scorecard-feed.ts";
export {
  AGE_EDGES,
  DAILY_SERIES,
  EcosystemRecorder,
  MAP_DAYS,
  type DailySeries,
  type EcosystemRecording,
  type TopicAgeMap,
  type WatchedLives,
} from "./evaluation/ecosystem-recorder.ts";
export { watchWorld, type WatchedWorld, type WatchWorldOptions } from "./evaluation/watch-world.ts";
export {
  STAKEHOLDERS,
  stakeholderChanges,
  stakeholderValues,
  stakeholderWorlds,
  type Stakeholder,
  type StakeholderChange,
  type StakeholderValues,
  type StakeholderWorlds,
} from "./evaluation/stakeholders.ts";
export { BALANCED_POLICY, BLIND_POLICIES } from "./baselines/stakeholder-policies.ts";
export { featureScore } from "./baselines/feature-score.ts";
export { platformActor, type LeverSettings, type PlatformPolicy } from "./experiments/platform-policy.ts";
export type { Assignment, MarketplaceDesign } from "./experiments/assignment.ts";
export { MARKET_FEATURES, type MarketFeature } from "./experiments/market-features.ts";
export {
  runExperiment,
  type ExperimentOptions,
  type ExperimentPages,
  type ExperimentRun,
} from "./experiments/run-experiment.ts";
export {
  bySlot,
  looksByCreator,
  meanOutcome,
  UNIT_OF_DESIGN,
  type OutcomeUnit,
} from "./experiments/outcome-units.ts";
export { estimateEffects, weeklyLooks, type EstimateEffectsOptions } from "./experiments/estimate-effects.ts";
export {
  trueEffect,
  wholeMarkets,
  type TrueEffect,
  type WholeMarket,
  type WholeMarketOptions,
} from "./experiments/true-effect.ts";
export {
  ecoagentDefinitions,
  Ecoagent,
  ecoagentOptions,
  likedAndNeedy,
  mostLiked,
  type EcoagentOptions,
  type EcoagentTruth,
} from "./ecoagent/index.ts";
export {
  recsimngDefinitions,
  RecsimngEcosystem,
  recsimngEcosystemOptions,
  boostedSimilarity,
  effectiveNumber,
  runWorlds,
  TwoSidedEnvironment,
  uniformSlates,
  type RecsimngEcosystemOptions,
  type RecsimngEcosystemTruth,
  type TwoSidedPolicy,
  type WorldStatistics,
} from "./recsimng/index.ts";
export {
  rddlDefinitions,
  RddlEcosystem,
  rddlEcosystemOptions,
  generateInstance,
  parseInstance,
  readInstance,
  randomReturn,
  nearestItem,
  type InstanceSizes,
  type RddlInstance,
  type RddlEcosystemOptions,
  type RddlEcosystemTruth,
} from "./rddl/index.ts";
export {
  contentGapSource,
  GAP_CONTEXTS,
  GAP_SEGMENTS,
  type ContentGapOptions,
} from "./evaluation/gap-source.ts";
export { observationFeatureNames } from "./content/feature-names.ts";
