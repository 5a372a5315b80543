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
