import * as z from "zod";
import { parameter, wholeParameter } from "../laws/parameter.ts";

/** Options of `ecoagent-v0`; the defaults are those of the published experiment (Zhan et al. 2021, their code). */
export const ecoagentOptions = z
  .strictObject({
    users: wholeParameter(1, 100_000, 50, "Users of one world; rowCount is a multiple of it."),
    creators: wholeParameter(1, 1000, 10, "Creators at the start of an episode."),
    topics: wholeParameter(2, 255, 10, "Topics; a document has one."),
    candidates: wholeParameter(1, 1024, 10, "Documents that all users of a world choose among in a step."),
    slots: wholeParameter(1, 64, 1, "Documents recommended to a user in a step."),
    noClickWeight: parameter(
      0,
      1e6,
      0,
      "Weight of choosing nothing beside e^⟨preference, topic⟩; 0: users always choose.",
    ),
    qualitySensitivity: parameter(0, 1, 0.3, "Share of a document's quality in the user's reward."),
    userTopicInfluence: parameter(0, 10, 0.2, "How far a reward moves the user's preferences."),
    rewardDeviation: parameter(
      1e-6,
      10,
      0.05,
      "Standard deviation of the reward's noise, before it is cut to [−1, 1].",
    ),
    userInitialSatisfaction: parameter(0, 1e6, 10, "Satisfaction of a user at the start."),
    userSatisfactionDecay: parameter(0, 1, 1, "Share of a user's satisfaction that a step keeps."),
    userViabilityThreshold: parameter(-1e6, 1e6, 0, "A user leaves below this satisfaction."),
    creatorInitialSatisfaction: parameter(1e-6, 1e6, 5, "Satisfaction of a creator at the start."),
    creatorSatisfactionDecay: parameter(0, 1, 1, "Share of a creator's satisfaction that a step keeps."),
    creatorViabilityThreshold: parameter(
      0,
      1e3,
      0,
      "A creator leaves when her (saturated) satisfaction is not above this.",
    ),
    noRecommendationPenalty: parameter(
      0,
      1e6,
      1,
      "Satisfaction a creator loses in a step without recommendation.",
    ),
    smallRecommendationReward: parameter(
      0,
      1e3,
      0.5,
      "Satisfaction a recommendation gives to a creator of the first half.",
    ),
    largeRecommendationReward: parameter(
      0,
      1e3,
      2,
      "Satisfaction a recommendation gives to a creator of the second half.",
    ),
    clickReward: parameter(
      0,
      1e3,
      0.1,
      "Satisfaction a click gives to its creator, beside the user's reward.",
    ),
    creatorTopicInfluence: parameter(
      0,
      10,
      0.2,
      "How far clicks move a creator's preferences, over her satisfaction before the step.",
    ),
    newDocumentMargin: parameter(
      1e-2,
      1e6,
      20,
      "A document is made for each multiple of this that the (saturated) satisfaction crosses.",
    ),
    saturation: z
      .boolean()
      .default(false)
      .describe("Whether creators feel log(1 + satisfaction) in place of satisfaction."),
    initialDocuments: wholeParameter(
      1,
      100_000,
      20,
      "Documents of a creator at the start; at least candidates, so that one creator can fill them.",
    ),
    qualityMeanBound: parameter(
      0,
      1,
      0.8,
      "A creator's mean quality is uniform between minus this and this.",
    ),
    qualityDeviation: parameter(
      1e-6,
      10,
      0.1,
      "Standard deviation of a document's quality, before it is cut to [−1, 1].",
    ),
    horizon: wholeParameter(1, 1_000_000, 20, "Steps after which an episode is truncated."),
  })
  .refine((options) => options.slots <= options.candidates, {
    error: "slots must be <= candidates",
    path: ["slots"],
  })
  .refine((options) => options.candidates <= options.initialDocuments, {
    error: "initialDocuments must be >= candidates",
    path: ["initialDocuments"],
  });
export type EcoagentOptions = z.infer<typeof ecoagentOptions>;

/**
 * Documents that a creator can have at the end of an episode at most: all users recommended and pleased at every step.
 * A reward is at most 4.
 */
export function documentCapacity(options: EcoagentOptions): number {
  const { users, slots, horizon, newDocumentMargin: margin } = options;
  const recommendation = Math.max(options.smallRecommendationReward, options.largeRecommendationReward);
  const gain = users * (slots * recommendation + options.clickReward + 4);
  const step = options.saturation ? Math.log1p(gain) : gain;
  return options.initialDocuments + horizon * (Math.floor(step / margin) + 1);
}
