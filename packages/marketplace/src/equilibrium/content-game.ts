import type { Payout } from "../laws/payouts.ts";
import { profileCount, strategyOf, type NormalFormGame } from "./normal-form-game.ts";

/** Something that a creator could make. */
export interface Content {
  /** Embedding; a user's score of it is the dot product. */
  readonly embedding: readonly number[];
  /** Cost of making it, in units of payout. */
  readonly cost: number;
}

/**
 * Creators compete for users who are shown the `topK` best-scored contents and choose one of them, or none, by softmax.
 *
 * @see Yao et al. (2023), "How Bad is Top-K Recommendation under Competing Content Creators?", section 2
 */
export interface ContentGame {
  /** Embedding of each user. */
  readonly users: readonly (readonly number[])[];
  /** What each creator can make; one of it is made. */
  readonly creators: readonly (readonly Content[])[];
  /** How many contents a user is shown, >= 1. */
  readonly topK: number;
  /** Noise of a user's choice τ, > 0; the outside option has score 0. */
  readonly temperature: number;
}

/** A content game written out, with the welfare of its users. */
export interface EnumeratedContentGame {
  readonly game: NormalFormGame;
  /** Welfare of the users by profile: `Σ_users τ · ln(1 + Σ_{top K} exp(score / τ))`, what each expects of the best choice. */
  readonly welfare: Float64Array;
  /** Sum of the creators' costs by profile. */
  readonly costs: Float64Array;
}

/**
 * Writes a content game out under a payout; a creator's utility is the payout minus the cost.
 *
 * With c the softmax chance of being chosen: `exposure` pays `Σ_users c`, `engagement` `Σ_users c · max(0, score)`, and
 * `welfare` the creator's marginal contribution `W(s) − W(s without i)`. Then the utility changes by as much as
 * `W − Σ costs` when a creator changes strategy: an exact potential.
 *
 * @throws RangeError when `topK` or `temperature` is out of range, or a creator has nothing to make
 */
export function enumerateContentGame(content: ContentGame, payout: Payout): EnumeratedContentGame {
  check(content);
  const { creators } = content;
  const strategyCounts = creators.map((options) => options.length);
  const size = profileCount(strategyCounts);
  const game = { strategyCounts, utilities: creators.map(() => new Float64Array(size)) };
  const welfare = new Float64Array(size);
  const costs = new Float64Array(size);
  const scores = content.users.map((user) =>
    creators.map((options) => options.map((made) => dot(user, made))),
  );
  for (let profile = 0; profile < size; profile++) {
    const shown = scores.map((ofUser) =>
      ofUser.map((ofCreator, creator) => ofCreator[strategyOf(game, profile, creator)]!),
    );
    welfare[profile] = welfareOf(shown, content);
    for (let creator = 0; creator < creators.length; creator++) {
      const { cost } = creators[creator]![strategyOf(game, profile, creator)]!;
      costs[profile] = costs[profile]! + cost;
      game.utilities[creator]![profile] = payoutOf(shown, creator, payout, content) - cost;
    }
  }
  return { game, welfare, costs };
}

function check({ topK, temperature, creators }: ContentGame): void {
  if (!(topK >= 1)) throw new RangeError(`content game: topK must be >= 1, got ${topK}`);
  if (!(temperature > 0)) throw new RangeError(`content game: temperature must be > 0, got ${temperature}`);
  const idle = creators.findIndex((options) => options.length === 0);
  if (idle >= 0) throw new RangeError(`content game: creator ${idle} has nothing to make`);
}

function dot(user: readonly number[], { embedding }: Content): number {
  return user.reduce((sum, value, i) => sum + value * embedding[i]!, 0);
}

/** Chances of being chosen, by creator: softmax over the top K and the outside option; ties go to the earlier creator. */
function chances(scores: readonly number[], { topK, temperature }: ContentGame): number[] {
  const order = scores.map((_, creator) => creator).toSorted((a, b) => scores[b]! - scores[a]! || a - b);
  const shown = new Set(order.slice(0, topK));
  const weights = scores.map((score, creator) => (shown.has(creator) ? Math.exp(score / temperature) : 0));
  const total = weights.reduce((sum, weight) => sum + weight, 1);
  return weights.map((weight) => weight / total);
}

function welfareOf(shown: readonly (readonly number[])[], { topK, temperature }: ContentGame): number {
  let welfare = 0;
  for (const scores of shown) {
    const best = scores.toSorted((a, b) => b - a).slice(0, topK);
    welfare += temperature * Math.log1p(best.reduce((sum, score) => sum + Math.exp(score / temperature), 0));
  }
  return welfare;
}

function payoutOf(
  shown: readonly (readonly number[])[],
  creator: number,
  payout: Payout,
  content: ContentGame,
): number {
  if (payout === "welfare")
    return (
      welfareOf(shown, content) -
      welfareOf(
        shown.map((scores) => scores.toSpliced(creator, 1)),
        content,
      )
    );
  let sum = 0;
  for (const scores of shown) {
    const chance = chances(scores, content)[creator]!;
    sum += payout === "exposure" ? chance : chance * Math.max(0, scores[creator]!);
  }
  return sum;
}
