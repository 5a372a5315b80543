import { foldIn, threefry2x32Into, type RandomKey } from "@longview/statistics";
import type { InterestEvolution } from "./interest-evolution.ts";
import type { InterestExploration } from "./interest-exploration.ts";
import { firstDigit } from "./keyed-digits.ts";
import type { LongTermSatisfaction } from "./long-term-satisfaction.ts";
import type { RecsimEnvironment } from "./recsim-environment.ts";

/** Writes the slates of all rows into the world's `action`. */
export type SlatePolicy<World extends RecsimEnvironment = RecsimEnvironment> = (world: World) => void;

/**
 * Uniformly random ordered slates, keyed: call `n` on row `r` draws from `(foldIn(key, n), r)`.
 *
 * A partial Fisher–Yates shuffle whose swaps are digits of a word; a fresh word is taken before the bases used up
 * exceed 2²², so each slate's probability is within 2⁻¹⁰ (relative) of uniform.
 */
export function randomSlates(key: RandomKey): SlatePolicy {
  const block = new Uint32Array(2);
  let order = new Int32Array(0);
  let calls = 0;
  return (world) => {
    const { rowCount, slots, candidateCount, action } = world;
    const tickKey = foldIn(key, calls++);
    // Signed words are small integers to the engine; unsigned ones would be boxed at each call.
    const first = tickKey.first | 0;
    const second = tickKey.second | 0;
    if (order.length !== candidateCount) {
      order = new Int32Array(candidateCount);
      for (let i = 0; i < candidateCount; i++) order[i] = i;
    }
    for (let row = 0; row < rowCount; row++) {
      // The first slots may start in any order: swapping uniformly among the rest makes them uniform all the same.
      let word = 0;
      let outcomes = Infinity;
      let words = 0;
      for (let slot = 0; slot < slots; slot++) {
        const base = candidateCount - slot;
        if (outcomes * base > 0x40_0000) {
          if ((words & 1) === 0) threefry2x32Into(block, first, second, row, words >> 1);
          word = block[words & 1]! | 0;
          words++;
          outcomes = 1;
        }
        const other = slot + firstDigit(word, base);
        word = Math.imul(word, base);
        outcomes *= base;
        const held = order[other]!;
        order[other] = order[slot]!;
        order[slot] = held;
        action[row * slots + slot] = held;
      }
    }
  };
}

/** What a world of slates needs for one to be written. */
export interface SlateWorld {
  readonly rowCount: number;
  readonly slots: number;
  readonly candidateCount: number;
  readonly action: Int32Array;
}

/** The `slots` candidates of highest score in each row, best first; ties go to the earlier position. */
export function topSlates<World extends SlateWorld>(
  score: (world: World, row: number, position: number) => number,
): (world: World) => void {
  let scores = new Float64Array(0);
  return (world) => {
    const { rowCount, slots, candidateCount, action } = world;
    if (scores.length !== candidateCount) scores = new Float64Array(candidateCount);
    for (let row = 0; row < rowCount; row++) {
      for (let i = 0; i < candidateCount; i++) scores[i] = score(world, row, i);
      for (let slot = 0; slot < slots; slot++) {
        let best = 0;
        for (let i = 1; i < candidateCount; i++) if (scores[i]! > scores[best]!) best = i;
        action[row * slots + slot] = best;
        scores[best] = -Infinity;
      }
    }
  };
}

const topicOf = (world: InterestEvolution, row: number, position: number) =>
  world.truth.candidateTopics[row * world.candidateCount + position]!;

/** Interest evolution: the topics that the user likes best now. */
export const mostInteresting = (): SlatePolicy<InterestEvolution> =>
  topSlates((world, row, position) => {
    const topic = topicOf(world, row, position);
    return world.truth.interests[row * world.truth.topicQualities.length + topic]!;
  });

/** Interest evolution: the topics of highest mean quality, whoever the user. Privileged: quality is not observed. */
export const bestTopics = (): SlatePolicy<InterestEvolution> =>
  topSlates((world, row, position) => world.truth.topicQualities[topicOf(world, row, position)]!);

/** Interest evolution: the topics of lowest mean quality. */
export const worstTopics = (): SlatePolicy<InterestEvolution> =>
  topSlates((world, row, position) => -world.truth.topicQualities[topicOf(world, row, position)]!);

/** Interest evolution, privileged: choice weight over the budget a watched document costs, `(x + 1)·4 / (4 − 1.06 μ)`. */
export const interestOverCost = (): SlatePolicy<InterestEvolution> =>
  topSlates((world, row, position) => {
    const topic = topicOf(world, row, position);
    const { interests, topicQualities } = world.truth;
    return ((interests[row * topicQualities.length + topic]! + 1) * 4) / (4 - 1.06 * topicQualities[topic]!);
  });

/** Interest exploration: the documents of highest (observed) quality. */
export const highestQuality = (): SlatePolicy<InterestExploration> =>
  topSlates((world, row, position) => world.truth.qualities[row * world.candidateCount + position]!);

/** Interest exploration, privileged: highest affinity + quality, which is the exact optimum (choice has no memory). */
export const highestLogit = (): SlatePolicy<InterestExploration> =>
  topSlates((world, row, position) => {
    const { affinities, candidateTopics, qualities } = world.truth;
    const at = row * world.candidateCount + position;
    const topics = affinities.length / world.rowCount;
    return affinities[row * topics + candidateTopics[at]!]! + qualities[at]!;
  });

/** Long-term satisfaction: the most clickbait first ("choc"). */
export const mostClickbait = (): SlatePolicy<LongTermSatisfaction> =>
  topSlates((world, row, position) => world.truth.clickbait[row * world.candidateCount + position]!);

/** Long-term satisfaction: the least clickbait first ("kale"). */
export const leastClickbait = (): SlatePolicy<LongTermSatisfaction> =>
  topSlates((world, row, position) => -world.truth.clickbait[row * world.candidateCount + position]!);
