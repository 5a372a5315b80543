import * as z from "zod";
import { parameter, wholeParameter } from "./parameter.ts";

/** Where a candidate may come from, in the order in which candidates are listed. */
export const RETRIEVAL_SOURCES = ["topic", "fresh", "popular", "newCreator", "random"] as const;

/** Options of candidate retrieval: quotas of each source. What they leave of the candidates is filled at random. */
export const retrievalOptions = z.strictObject({
  topic: wholeParameter(0, 1000, 9, "Candidates from topics of the user's observed history [candidates]"),
  fresh: wholeParameter(0, 1000, 3, "Candidates from the newest items [candidates]"),
  popular: wholeParameter(0, 1000, 3, "Candidates from the most viewed items of late [candidates]"),
  newCreator: wholeParameter(0, 1000, 3, "Candidates from new creators [candidates]"),
  freshDays: parameter(0.1, 100, 2, "An item is fresh for so long [days]"),
  popularPool: wholeParameter(1, 10000, 40, "How many items count as popular [items]"),
  smoothing: parameter(0.001, 100, 0.3, "Views that every topic is credited with beforehand [views]"),
});
export type RetrievalOptions = z.infer<typeof retrievalOptions>;

/**
 * Running sums of `weights[offset + t] + smoothing` over topics, for {@link drawnTopic}.
 *
 * @param out - length `topics`
 */
export function cumulativeTopicsInto(
  out: Float64Array,
  weights: Float64Array,
  offset: number,
  options: RetrievalOptions,
): void {
  let sum = 0;
  for (let topic = 0; topic < out.length; topic++) {
    sum += weights[offset + topic]! + options.smoothing;
    out[topic] = sum;
  }
}

/** Topic at which the draw `uniforms[draw]` lands: chances proportional to the steps of `cumulative`. */
export function drawnTopic(cumulative: Float64Array, uniforms: Float64Array, draw: number): number {
  const last = cumulative.length - 1;
  const mark = uniforms[draw]! * cumulative[last]!;
  let topic = 0;
  while (topic < last && mark >= cumulative[topic]!) topic++;
  return topic;
}
