export { recsimDefinitions } from "./definitions.ts";
export { RecsimEnvironment, type SlateObservation } from "./recsim-environment.ts";
export {
  InterestEvolution,
  interestEvolutionOptions,
  type InterestEvolutionOptions,
  type InterestEvolutionTruth,
} from "./interest-evolution.ts";
export {
  InterestExploration,
  interestExplorationOptions,
  type InterestExplorationOptions,
  type InterestExplorationTruth,
} from "./interest-exploration.ts";
export {
  LongTermSatisfaction,
  longTermSatisfactionOptions,
  longTermSatisfactionTensionOptions,
  type LongTermSatisfactionOptions,
  type LongTermSatisfactionTruth,
} from "./long-term-satisfaction.ts";
export {
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
} from "./policies.ts";
export { runWholeEpisodes, type EpisodeStatistics } from "./whole-episodes.ts";
