export {
  STAGES,
  COALITIONS,
  IDEAL,
  STAGE_CAUSES,
  STAGE_OWNERS,
  levelCoalitionsInto,
  itemCoalitionsInto,
  type Stage,
  type StageLevels,
} from "./stages.ts";
export { stageSharesInto } from "./shapley.ts";
export {
  ALL_VISIBLE,
  cellNumber,
  cellOf,
  type CellSums,
  type GapAxes,
  type GapEvidence,
} from "./evidence.ts";
export { type CatalogueItem } from "./catalogue-item.ts";
export {
  CellAccumulator,
  collectEvidence,
  groupOf,
  type CollectOptions,
  type GapSource,
  type NeedRecord,
} from "./source.ts";
export { groupMean, type GroupMean } from "./group-mean.ts";
export { demandDispersion, gammaInterval, shrinkDemand, type ShrunkDemand } from "./shrink-demand.ts";
export { shrinkMeans, type ShrunkMeans } from "./shrink-means.ts";
export { causeOf, type GapCause, type StageLoss } from "./cause.ts";
export { buildAtlas, type AtlasCell, type AtlasOptions, type GapAtlas, type WithInterval } from "./atlas.ts";
export {
  supplyPrices,
  type InfeasibleSupply,
  type SupplyPrices,
  type SupplyProblem,
  type UnitPrice,
} from "./supply-prices.ts";
export { type LogDecision, type LoggedDecisions } from "./log-decisions.ts";
export { collectLogEvidence, type LogEvidence, type LogEvidenceOptions } from "./log-evidence.ts";
export { briefText, gapBriefs, type BriefOptions, type ExistingItem, type GapBrief } from "./brief.ts";
export { missingTraits, type MissingTrait } from "./missing-traits.ts";
export { topicPrices, type ServedSupply, type TopicPrice, type TopicPriceOptions } from "./topic-prices.ts";
