import { defineEnvironment } from "@longview/environment";
import { InterestEvolution, interestEvolutionOptions } from "./interest-evolution.ts";
import { InterestExploration, interestExplorationOptions } from "./interest-exploration.ts";
import {
  LongTermSatisfaction,
  longTermSatisfactionOptions,
  longTermSatisfactionTensionOptions,
} from "./long-term-satisfaction.ts";

const satisfaction = "recsim/long-term-satisfaction-v0";
const tension = "recsim/long-term-satisfaction-tension-v0";

/** The RecSim presets, exact to the published code. See docs/presets.md. */
export const recsimDefinitions = [
  defineEnvironment({
    id: "recsim/interest-evolution-v0",
    summary: "RecSim's interest evolution (SlateQ): watched topics shift interests, quality buys time",
    optionsSchema: interestEvolutionOptions,
    make: (options, rowCount) => new InterestEvolution(options, rowCount),
  }),
  defineEnvironment({
    id: "recsim/interest-exploration-v0",
    summary: "RecSim's interest exploration: hidden user types, observed document quality",
    optionsSchema: interestExplorationOptions,
    make: (options, rowCount) => new InterestExploration(options, rowCount),
  }),
  defineEnvironment({
    id: satisfaction,
    summary: "RecSim's long-term satisfaction (choc and kale), where clickbait still pays in the long run",
    optionsSchema: longTermSatisfactionOptions,
    make: (options, rowCount) => new LongTermSatisfaction(satisfaction, options, rowCount),
  }),
  defineEnvironment({
    id: tension,
    summary: "Choc and kale with sensitivity 0.1, where clickbait loses in the long run",
    optionsSchema: longTermSatisfactionTensionOptions,
    make: (options, rowCount) => new LongTermSatisfaction(tension, options, rowCount),
  }),
] as const;
