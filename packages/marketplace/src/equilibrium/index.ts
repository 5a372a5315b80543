export {
  bestResponseDynamics,
  betterResponses,
  deviate,
  exploitability,
  potentialViolation,
  priceOfAnarchy,
  profileCount,
  pureEquilibria,
  strategyOf,
  type BetterResponse,
  type DynamicsResult,
  type NormalFormGame,
} from "./normal-form-game.ts";
export {
  enumerateContentGame,
  type Content,
  type ContentGame,
  type EnumeratedContentGame,
} from "./content-game.ts";
export { genreSplitExponent, singleGenre, type PlanarMarket, type SingleGenre } from "./genre-split.ts";
export {
  meanQuality,
  qualityDistribution,
  qualityQuantile,
  type QualityCompetition,
} from "./quality-competition.ts";
