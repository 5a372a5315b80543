import * as z from "zod";
import { arrivalOptions } from "../laws/arrival.ts";
import { choiceOptions } from "../laws/choice.ts";
import { classifierOptions } from "../laws/classifier.ts";
import { costsOptions } from "../laws/costs.ts";
import { creatorsOptions } from "../laws/creators.ts";
import { enjoymentOptions } from "../laws/enjoyment.ts";
import { feedbackOptions } from "../laws/feedback.ts";
import { interestsOptions } from "../laws/interests.ts";
import { itemsOptions } from "../laws/items.ts";
import { objectivesOptions } from "../laws/objectives.ts";
import { parameter, wholeParameter } from "../laws/parameter.ts";
import { retentionOptions } from "../laws/retention.ts";
import { retrievalOptions } from "../laws/retrieval.ts";
import { satiationOptions } from "../laws/satiation.ts";
import { satisfactionOptions } from "../laws/satisfaction.ts";
import { sessionOptions } from "../laws/session.ts";

/** Options of `marketplace/content-v0`: every parameter of the world, bounded, with its default and unit. */
export const contentMarketplaceOptions = z
  .strictObject({
    days: wholeParameter(1, 3650, 60, "Length of a world; then every trajectory is truncated [days]"),
    stepsPerDay: wholeParameter(
      1,
      96,
      4,
      "Steps of a day; a user in session gets one page a step [steps/day]",
    ),
    slots: wholeParameter(1, 50, 5, "Items on a page [items]"),
    candidates: wholeParameter(2, 500, 20, "Candidates among which a page is chosen [items]"),
    topics: wholeParameter(2, 64, 8, "Topics [topics]"),
    referencePages: parameter(
      0.01,
      96,
      1.6,
      "Pages a user slot is expected to see in a day; scales a creator's fair share of impressions [pages/day]",
    ),
    catalogue: z
      .string()
      .min(1)
      .optional()
      .describe(
        "Path of a KuaiRand-style CSV (or .csv.gz) from which authors, topics, lengths and dates are taken",
      ),
    interests: interestsOptions.prefault({}).describe("Topic interests of users"),
    satiation: satiationOptions.prefault({}).describe("Satiation with topics"),
    enjoyment: enjoymentOptions.prefault({}).describe("Enjoyment and completion of a view"),
    satisfaction: satisfactionOptions.prefault({}).describe("Satisfaction, trust and fatigue"),
    session: sessionOptions.prefault({}).describe("Sessions"),
    retention: retentionOptions.prefault({}).describe("Churn and return"),
    arrival: arrivalOptions.prefault({}).describe("Newcomers and differences between users"),
    choice: choiceOptions.prefault({}).describe("Choice model"),
    feedback: feedbackOptions.prefault({}).describe("Likes, hides, reports"),
    creators: creatorsOptions.prefault({}).describe("Creators"),
    items: itemsOptions.prefault({}).describe("Items"),
    classifier: classifierOptions.prefault({}).describe("Integrity classifier"),
    retrieval: retrievalOptions.prefault({}).describe("Candidate retrieval"),
    objectives: objectivesOptions.prefault({}).describe("Objectives and reward"),
    costs: costsOptions.prefault({}).describe("Costs"),
  })
  .refine((options) => options.slots <= options.candidates, {
    path: ["slots"],
    message: "must be <= candidates",
  })
  .superRefine(({ retrieval, candidates }, context) => {
    const { topic, fresh, popular, newCreator } = retrieval;
    const sum = topic + fresh + popular + newCreator;
    if (sum > candidates)
      context.addIssue({
        code: "custom",
        path: ["retrieval"],
        message: `the quotas topic ${topic} + fresh ${fresh} + popular ${popular} + newCreator ${newCreator} = ${sum} must sum to <= candidates, which is ${candidates}; set retrieval.topic, .fresh, .popular and .newCreator lower, or candidates higher`,
      });
  })
  .refine((options) => options.candidates <= options.items.capacity, {
    path: ["items", "capacity"],
    message: "must be >= candidates",
  });

/** All options, defaults filled in. */
export type ContentMarketplaceOptions = z.infer<typeof contentMarketplaceOptions>;
/** Options as a user writes them: everything may be left out. */
export type ContentMarketplaceInput = z.input<typeof contentMarketplaceOptions>;
