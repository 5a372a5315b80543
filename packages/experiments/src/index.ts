export { CONTROL, OUTSIDE, TREATMENT, type AssignmentRows, type Design } from "./designs/design.ts";
export { createDesign, DesignSpec, type DesignSpecInput, type ExperimentDesign } from "./designs/registry.ts";
export type { BudgetSplitDesign, SplitBudgets } from "./designs/budget-split.ts";
export type { CoDivertedDesign } from "./designs/co-diverted.ts";
export type { SwitchbackDesign } from "./designs/switchback.ts";
export type { TwoSidedDesign } from "./designs/two-sided.ts";
export type { ArmSummary, EffectEstimate, EstimateOptions } from "./estimators/estimate.ts";
export { ratioEffect, type ArmEffect, type RatioInput } from "./estimators/ratio.ts";
export { differenceInMeans, type DifferenceInput } from "./estimators/difference-in-means.ts";
export { cupedEffect, type CupedEffect, type CupedInput } from "./estimators/cuped.ts";
export { switchbackEffect, type SwitchbackInput, type SwitchbackOptions } from "./estimators/switchback.ts";
export {
  multipleRandomisationEffects,
  type MultipleRandomisationEffects,
  type PairInput,
} from "./estimators/multiple-randomisation.ts";
export {
  differencesInQ,
  type DifferencesInQEstimate,
  type DifferencesInQInput,
  type DifferencesInQOptions,
} from "./estimators/differences-in-q.ts";
export {
  DifferenceMonitor,
  EffectMonitor,
  type DifferenceMonitorOptions,
  type EffectMonitorOptions,
  type MonitorLook,
  type MonitorVerdict,
} from "./monitoring/effect-monitor.ts";
export { sampleRatioScan, type SampleRatioScan } from "./monitoring/sample-ratio-scan.ts";
export {
  meanFieldEffects,
  meanFieldState,
  type ListingMarket,
  type MeanFieldEffects,
  type MeanFieldState,
  type TreatedShares,
} from "./market/mean-field-market.ts";
export { ListingChain, type ChainEffects, type ListingChainInput } from "./market/listing-chain.ts";
export {
  simulateListings,
  type SimulatedListings,
  type SimulateListingsOptions,
} from "./market/simulate-listings.ts";
