import * as z from "zod";
import { arrivalOptions } from "../laws/arrival.ts";
import { choiceOptions } from "../laws/choice.ts";
import { classifierOptions } from "../laws/classifier.ts";
import { advertisingOptions } from "../laws/campaigns.ts";
import { agencyOptions } from "../laws/creator-strategy.ts";
import { delaysOptions } from "../laws/delays.ts";
import { followingOptions } from "../laws/following.ts";
import { integrityOptions } from "../laws/integrity.ts";
import { leversOptions } from "../laws/levers.ts";
import { seasonalityOptions } from "../laws/seasonality.ts";
import { shocksOptions } from "../laws/shocks.ts";
import { COST_NAMES, costsOptions } from "../laws/costs.ts";
import { creatorsOptions } from "../laws/creators.ts";
import { enjoymentOptions } from "../laws/enjoyment.ts";
import { feedbackOptions } from "../laws/feedback.ts";
import { interestsOptions } from "../laws/interests.ts";
import { itemsOptions } from "../laws/items.ts";
import { OBJECTIVE_NAMES, objectivesOptions } from "../laws/objectives.ts";
import { parameter, wholeParameter } from "../laws/parameter.ts";
import { retentionOptions } from "../laws/retention.ts";
import { retrievalOptions } from "../laws/retrieval.ts";
import { satiationOptions } from "../laws/satiation.ts";
import { satisfactionOptions } from "../laws/satisfaction.ts";
import { sessionOptions } from "../laws/session.ts";

/** What both worlds have. */
const shape = {
  days: wholeParameter(1, 3650, 60, "Length of a world; then every trajectory is truncated [days]"),
  stepsPerDay: wholeParameter(1, 96, 4, "Steps of a day; a user in session gets one page a step [steps/day]"),
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
};

interface Checked {
  readonly slots: number;
  readonly candidates: number;
  readonly items: { readonly capacity: number };
  readonly retrieval: Readonly<Record<"topic" | "fresh" | "popular" | "newCreator", number>> & {
    readonly followed?: number;
  };
  readonly advertising?: { readonly enabled: boolean; readonly firstPosition: number };
}

/** What must hold between options. */
function checkTogether(
  { slots, candidates, items, retrieval, advertising }: Checked,
  context: z.core.$RefinementCtx,
): void {
  const refuse = (path: string[], message: string): void =>
    context.addIssue({ code: "custom", path, message });
  if (slots > candidates) refuse(["slots"], "must be <= candidates");
  const { topic, fresh, popular, newCreator, followed } = retrieval;
  const sum = topic + fresh + popular + newCreator + (followed ?? 0);
  if (sum > candidates) {
    const more = followed === undefined ? "" : ` + followed ${followed}`;
    const keys = followed === undefined ? ".popular and .newCreator" : ".popular, .newCreator and .followed";
    refuse(
      ["retrieval"],
      `the quotas topic ${topic} + fresh ${fresh} + popular ${popular} + newCreator ${newCreator}${more} = ${sum} must sum to <= candidates, which is ${candidates}; set retrieval.topic, .fresh, ${keys} lower, or candidates higher`,
    );
  }
  if (advertising?.enabled === true && advertising.firstPosition >= slots)
    refuse(["advertising", "firstPosition"], `must be < slots, which is ${slots}`);
  if (candidates > items.capacity) refuse(["items", "capacity"], "must be >= candidates");
}

/** Options of `marketplace/content-v0`: every parameter of the world, bounded, with its default and unit. */
export const contentMarketplaceOptions = z.strictObject(shape).superRefine(checkTogether);

/** All options, defaults filled in. */
export type ContentMarketplaceOptions = z.infer<typeof contentMarketplaceOptions>;
/** Options as a user writes them: everything may be left out. */
export type ContentMarketplaceInput = z.input<typeof contentMarketplaceOptions>;

/** Options of `marketplace/content-v1`: those of v0 and every mechanism's. */
export const wholeMarketplaceOptions = z
  .strictObject({
    ...shape,
    objectives: objectivesOptions
      .extend({ revenueWeight: parameter(0, 100, 5, "Weight of revenue in the reward [1/money]") })
      .prefault({})
      .describe("Objectives and reward"),
    retrieval: retrievalOptions
      .extend({
        topic: wholeParameter(
          0,
          1000,
          7,
          "Candidates from topics of the user's observed history [candidates]",
        ),
        followed: wholeParameter(0, 1000, 2, "Candidates from creators whom the user follows [candidates]"),
      })
      .prefault({})
      .describe("Candidate retrieval"),
    advertising: advertisingOptions.prefault({}).describe("Advertisers, auctions, sponsored positions"),
    agency: agencyOptions.prefault({}).describe("Creators as agents, and their payouts"),
    integrity: integrityOptions.prefault({}).describe("Reports, review, enforcement, appeals, adversaries"),
    following: followingOptions.prefault({}).describe("Following creators"),
    delays: delaysOptions.prefault({}).describe("Delayed feedback"),
    seasonality: seasonalityOptions.prefault({}).describe("Seasons of the week and the year"),
    shocks: shocksOptions.prefault([]).describe("Shocks, by day"),
    levers: leversOptions.prefault({}).describe("Levers of the platform"),
    actionMode: z
      .enum(["slate", "ranker-weights", "platform-levers"])
      .default("slate")
      .describe(
        "slate: what is on each page; ranker-weights: seven weights of a ranker, for each page; platform-levers: the levers, once a day, a row a world",
      ),
    usersPerWorld: wholeParameter(
      1,
      1_000_000,
      64,
      "platform-levers: user slots of every row's world [users]",
    ),
  })
  .superRefine(checkTogether);

/** What the engine runs on: all options of v1. */
export type EngineOptions = z.infer<typeof wholeMarketplaceOptions>;
/** Options of v1 as a user writes them. */
export type WholeMarketplaceInput = z.input<typeof wholeMarketplaceOptions>;

/** Every mechanism that v0 does not have, switched off: with these, v1 is v0. */
export const MECHANISMS_OFF = {
  advertising: { enabled: false },
  agency: { enabled: false },
  integrity: { enabled: false },
  following: { enabled: false },
  delays: { enabled: false },
  seasonality: { enabled: false },
  shocks: [],
  levers: { adLoad: 0, integrityThreshold: 1 },
} as const satisfies WholeMarketplaceInput;

/** The engine's options of a v0 world. */
export function engineOptionsOf(options: ContentMarketplaceOptions): EngineOptions {
  return wholeMarketplaceOptions.parse({
    ...options,
    retrieval: { ...options.retrieval, followed: 0 },
    ...MECHANISMS_OFF,
  });
}

/** Names of a world's objectives: with advertising, revenue is one. */
export function objectiveNamesOf({ advertising }: EngineOptions): readonly string[] {
  return advertising.enabled ? [...OBJECTIVE_NAMES, "revenue"] : OBJECTIVE_NAMES;
}

/** Names of a world's costs: with advertising, the share of sponsored positions is one. */
export function costNamesOf({ advertising }: EngineOptions): readonly string[] {
  return advertising.enabled ? [...COST_NAMES, "adLoad"] : COST_NAMES;
}
