import * as z from "zod";
import { parameter, wholeParameter } from "../laws/parameter.ts";
import { horizonOption } from "../recsim/common-options.ts";

/** What one of SARDINE's ids sets, where they differ. */
export interface SardineDefaults {
  readonly slots: number;
  readonly items: number;
  readonly relevanceOffset: number;
  readonly relevanceSlope: number;
  readonly slotDiscount: number;
  readonly interestMemory: number;
  readonly boredomThreshold: number;
  readonly horizon: number;
}

/** Schema of a SARDINE world's options with the defaults of one id. */
export function sardineOptions(defaults: SardineDefaults) {
  return z
    .strictObject({
      slots: wholeParameter(1, 64, defaults.slots, "Items of a slate, K."),
      items: wholeParameter(2, 10_000, defaults.items, "Items of the catalogue, all of them candidates."),
      topics: wholeParameter(4, 64, 10, "Topics."),
      catalogueSeed: wholeParameter(
        0,
        4_294_967_295,
        0,
        "Seed of the catalogue; a reset does not change it.",
      ),
      topicsPerUser: wholeParameter(2, 62, 4, "Topics that a user likes, give or take one."),
      relevanceOffset: parameter(-1, 1, defaults.relevanceOffset, "Cosine similarity of relevance one half."),
      relevanceSlope: parameter(0, 1000, defaults.relevanceSlope, "Slope of the relevance."),
      attractiveness: parameter(0, 1, 1, "Click probability of a relevant item in the first slot."),
      slotDiscount: parameter(0, 1, defaults.slotDiscount, "Factor of it from one slot to the next."),
      diversityThreshold: wholeParameter(1, 64, 4, "Items of one topic that make a slate monotonous."),
      diversityPenalty: parameter(1, 1e6, 1, "A monotonous slate's clicks are divided by this; 1: off."),
      interestMemory: parameter(0, 1, defaults.interestMemory, "Share of the interests left after a click."),
      driftRule: z
        .enum(["sardine", "clicked-items"])
        .default("sardine")
        .describe(
          "sardine: towards one number in every topic, as the code; clicked-items: towards their mean.",
        ),
      boredomThreshold: wholeParameter(
        1,
        1000,
        defaults.boredomThreshold,
        "Recent clicks on a topic that bore; above recentClicks: off.",
      ),
      boredomWindow: wholeParameter(1, 1000, 5, "Steps that a click is recent and that boredom lasts."),
      recentClicks: wholeParameter(1, 1000, 10, "Clicks remembered at most."),
      boredomKind: z
        .enum(["churn", "loss-of-interest"])
        .default("churn")
        .describe("While a topic bores: no interest in anything, or none in that topic."),
      ...horizonOption(defaults.horizon),
    })
    .refine((options) => options.slots <= options.items, { error: "slots must be <= items", path: ["slots"] })
    .refine((options) => options.topicsPerUser <= options.topics - 2, {
      error: "topicsPerUser must be <= topics - 2",
      path: ["topicsPerUser"],
    });
}

const single = {
  slots: 1,
  items: 1000,
  relevanceOffset: 0.65,
  relevanceSlope: 100,
  slotDiscount: 0.85,
  horizon: 100,
};

/** Options of `sardine/SingleItem-BoredInf-v0`: one item, boredom, drifting interests. */
export const singleItemBoredInfOptions = sardineOptions({
  ...single,
  interestMemory: 0.95,
  boredomThreshold: 5,
});
/** Options of `sardine/SlateTopK-Bored-v0`: ten of 1,000 items, boredom, constant interests. */
export const slateTopKBoredOptions = sardineOptions({
  ...single,
  slots: 10,
  interestMemory: 1,
  boredomThreshold: 5,
});
/** Options of `sardine/SlateRerank-Static-v0`: the order of ten items, no boredom, ten steps. */
export const slateRerankStaticOptions = sardineOptions({
  slots: 10,
  items: 10,
  relevanceOffset: 0.3,
  relevanceSlope: 5,
  slotDiscount: 0.7,
  interestMemory: 1,
  boredomThreshold: 11,
  horizon: 10,
});
export type SardineOptions = z.infer<ReturnType<typeof sardineOptions>>;
