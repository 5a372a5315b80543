export { threefry2x32Into } from "./threefry.ts";
export { type RandomKey, rootKey, foldIn, foldInInto, deriveKey } from "./random-key.ts";
export { uniformsInto, uniform, shuffleInto } from "./random-draws.ts";
export { normalQuantile, normalQuantileInPlace } from "./normal-quantile.ts";
export { studentQuantile } from "./student-quantile.ts";
export { poissonLimits } from "./poisson-limits.ts";
export {
  meanInterval,
  meanUpperBound,
  bootstrapMeanInterval,
  type IntervalOptions,
  type BootstrapOptions,
} from "./intervals.ts";
export { RunningMoments } from "./running-moments.ts";
export { normalCumulative, chiSquaredUpperTail, studentTwoSidedTail } from "./tail-probabilities.ts";
export { sortedQuantile } from "./sample-quantile.ts";
export { bootstrapCountsInto } from "./bootstrap-counts.ts";
export { BootstrapSums, type BootstrapSumsOptions } from "./bootstrap-sums.ts";
export {
  hoeffdingMeanInterval,
  empiricalBernsteinMeanInterval,
  type BoundedMeanOptions,
} from "./concentration.ts";
export { adjustedPValues, simultaneousConfidence, CORRECTIONS, type Correction } from "./multiple-testing.ts";
export {
  empiricalBernsteinBetsInto,
  empiricalBernsteinLowerSequence,
  empiricalBernsteinSequence,
  hoeffdingSequence,
  UNIFORM_PRIOR,
  type BetPrior,
  type ConfidenceSequence,
  type MixtureOptions,
} from "./predictable-mixture.ts";
export {
  hedgedCapital,
  hedgedBettingSequence,
  hedgedBettingInterval,
  bettingLowerBound,
  type BettingOptions,
  type CapitalOptions,
  type HedgedCapital,
} from "./betting.ts";
export { gammaExponentialLogWealth, NonNegativeMeanSequence } from "./gamma-exponential.ts";
export { fitGeneralizedPareto, type GeneralizedParetoFit } from "./generalized-pareto.ts";
export { sampleRatioTest, type SampleRatioResult } from "./sample-ratio.ts";
export { empiricalLikelihoodStatistic, empiricalLikelihoodInterval } from "./empirical-likelihood.ts";
export {
  deviationSums,
  skewedMeanBounds,
  skewedMeanInterval,
  type DeviationSums,
} from "./skewed-mean-interval.ts";
export {
  expectedPopulationStability,
  populationStabilityIndex,
  type PopulationStabilityOptions,
} from "./population-stability.ts";
export {
  kolmogorovSmirnovDistance,
  kolmogorovSmirnovPValue,
  kolmogorovUpperTail,
} from "./kolmogorov-smirnov.ts";
export {
  gridKolmogorovSmirnov,
  quantileCell,
  quantileGrid,
  type QuantileGrid,
} from "./kolmogorov-smirnov-grid.ts";
export { normalMixturePValue, normalMixtureRadius, normalMixtureTuning } from "./normal-mixture.ts";
