import { ScorecardError } from "../error.ts";
import type { GapAxes } from "./evidence.ts";
import { cellNumber } from "./evidence.ts";
import { supplyPrices } from "./supply-prices.ts";

/** What is served at present, and what it is worth to whom. */
export interface ServedSupply {
  /** Exposures by cell number. */
  readonly exposures: Readonly<Float64Array>;
  /** Mean utility of one exposure by cell number. */
  readonly worth: Readonly<Float64Array>;
  /** What the exposures span, in weeks. */
  readonly weeks: number;
}

/** What more of a topic would be worth. */
export interface TopicPrice {
  readonly topic: string;
  /** Exposures a week now. */
  readonly exposuresPerWeek: number;
  /** Utility of one more exposure that the topic could fill, everyone being served as well as the limits allow. */
  readonly pricePerExposure: number;
}

/** Options of {@link topicPrices}. */
export interface TopicPriceOptions {
  /** How far each topic's supply could stretch beyond what it fills now, as a share of it, > 0. @defaultValue 0.1 */
  readonly headroom?: number;
}

/**
 * Shadow prices of topics: {@link supplyPrices} with segments and contexts as users, their present exposures as demand, topics as
 * suppliers, and as capacity what a topic fills now and a little more. The highest price first.
 *
 * A price is 0 where the topic has more than anyone would miss. At a corner of the value the price is what one more brings.
 *
 * @throws {ScorecardError} for a headroom that is not above 0
 */
export async function topicPrices(
  axes: GapAxes,
  { exposures, worth, weeks }: ServedSupply,
  options: TopicPriceOptions = {},
): Promise<TopicPrice[]> {
  const { headroom = 0.1 } = options;
  if (!(headroom > 0 && headroom < Infinity))
    throw new ScorecardError("BAD_OPTION", `topic prices: headroom must be > 0, got ${headroom}`);
  const places: { segment: number; context: number }[] = [];
  for (let segment = 0; segment < axes.segments.length; segment++)
    for (let context = 0; context < axes.contexts.length; context++) places.push({ segment, context });
  const topics = Array.from(axes.topics.keys());
  const perWeek = (topic: number, place: { segment: number; context: number }): number =>
    exposures[cellNumber(axes, { topic, ...place })]! / weeks;
  const demandOf = (place: { segment: number; context: number }): number =>
    topics.reduce((sum, topic) => sum + perWeek(topic, place), 0);
  const served = places.filter((place) => demandOf(place) > 0);
  if (served.length === 0) return [];
  const filled = topics.map((topic) => places.reduce((sum, place) => sum + perWeek(topic, place), 0));
  const prices = await supplyPrices({
    demand: served.map(demandOf),
    utility: served.flatMap((place) => topics.map((topic) => worth[cellNumber(axes, { topic, ...place })]!)),
    viability: topics.map(() => 0),
    capacity: filled.map((each) => each * (1 + headroom)),
  });
  // What is served now fits into the capacities, so there is always an optimum.
  if (prices.status === "infeasible") throw new Error(`topic prices: ${prices.reason}`);
  return topics
    .map((topic): TopicPrice => ({
      topic: axes.topics[topic]!,
      exposuresPerWeek: filled[topic]!,
      pricePerExposure: Math.max(0, prices.capacityPrice[topic]!.more),
    }))
    .sort((one, other) => other.pricePerExposure - one.pricePerExposure);
}
