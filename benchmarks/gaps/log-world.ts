/**
 * Logs whose gaps are known, for judging the gap atlas on what a log alone shows. Written down before anything was measured:
 *
 * - 5 topics × 3 segments × 2 contexts; 12 items a topic, 60 in all. Of the topic asked for retrieval finds a good item with
 *   probability 0.95 and another with 0.35, of other topics each with 0.08; at most 8 are candidates and 2 are shown: the best by
 *   true worth, except with probability 0.3 two at random.
 * - 1,500 users, 1 to 16 decisions each; a user asks for one topic a decision, and the log names it. The outcome is a click: its
 *   probability is 0.3, plus the mean effect of the shown items of the topic asked for, plus a user's own effect (normal, 0.05).
 * - Item effects are 0 in a log without gaps. In one with gaps each topic has two good items of effect 0.4. Of one topic retrieval finds
 *   them with probability 0.03 only, of the next integrity blocks them (and lets a tenth through), of the next the ranker puts
 *   them last, the next has none, and the last topic lacks nothing.
 */
import type { LogDecision, LoggedDecisions } from "@longview/scorecard/gaps";
import { deriveKey, foldIn, normalQuantile, uniformsInto, type RandomKey } from "@longview/statistics";

const TOPICS = 5;
const ITEMS = 12;
const CANDIDATES = 8;
const SHOWN = 2;
const USERS = 1500;
const EFFECT = 0.4;
/** Stage that loses a topic's good item, by topic; the last topic keeps it. */
export const LOST_AT = ["retrieval", "eligibility", "ranking", "supply", "none"] as const;

/** Draws a log. @param users - fewer for a quick one */
export function drawLog(key: RandomKey, gaps: boolean, users = USERS): LoggedDecisions {
  const topicOf = Array.from({ length: TOPICS * ITEMS }, (_, item) => Math.floor(item / ITEMS));
  /** Two items of a topic are good; the stages lose both. */
  const good = (item: number): boolean => gaps && item % ITEMS < 2;
  const lostAt = (item: number): string => (good(item) ? LOST_AT[topicOf[item]!]! : "none");
  const effect = (item: number): number => (good(item) && lostAt(item) !== "supply" ? EFFECT : 0);
  return {
    axes: {
      topics: LOST_AT.map((stage) => `lost at ${stage}`),
      segments: ["young", "middle", "old"],
      contexts: ["home", "away"],
    },
    weeks: 1,
    topicOf,
    wholeCatalogue: true,
    blockedKnown: true,
    wantedKnown: true,
    decisions: () => decisionsOf(key, { users, topicOf, lostAt, effect }),
  };
}

function* decisionsOf(
  key: RandomKey,
  world: {
    readonly users: number;
    readonly topicOf: readonly number[];
    readonly lostAt: (item: number) => string;
    readonly effect: (item: number) => number;
  },
): Generator<LogDecision> {
  const items = world.topicOf.length;
  const draws = new Float64Array(8 + 2 * items);
  const traits = new Float64Array(4);
  const userKey = deriveKey(key, "users");
  for (let unit = 0; unit < world.users; unit++) {
    uniformsInto(traits, 0, 4, userKey.first, userKey.second, unit, 0);
    const ofUser = foldIn(userKey, unit);
    const segment = Math.min(2, Math.floor(3 * traits[0]! ** 1.5));
    for (let step = 0; step < Math.ceil(16 * traits[1]! ** 2); step++) {
      uniformsInto(draws, 0, draws.length, ofUser.first, ofUser.second, step, 0);
      const wanted = Math.floor(draws[0]! * TOPICS);
      const random = draws[2]! < 0.3;
      const chanceOf = (item: number): number => {
        if (world.topicOf[item] !== wanted) return 0.08;
        const stage = world.lostAt(item);
        return stage === "retrieval" ? 0.03 : world.effect(item) > 0 ? 0.95 : 0.35;
      };
      const order = Array.from({ length: items }, (_, item) => item)
        .filter((item) => draws[8 + item]! < chanceOf(item))
        .sort((one, other) => Number(world.topicOf[other] === wanted) - Number(world.topicOf[one] === wanted))
        .slice(0, CANDIDATES);
      if (order.length < SHOWN) continue;
      // Integrity lets a tenth of the blocked through.
      const blocked = order.filter((item) => world.lostAt(item) === "eligibility" && draws[3]! > 0.1);
      const scoreOf = (item: number): number =>
        (random
          ? 0
          : (world.topicOf[item] === wanted ? 1 : 0) +
            (world.lostAt(item) === "ranking" ? -0.5 : world.effect(item))) +
        0.01 * draws[8 + items + item]!;
      const slate = order
        .filter((item) => !blocked.includes(item))
        .sort((one, other) => scoreOf(other) - scoreOf(one))
        .slice(0, SHOWN);
      if (slate.length === 0) continue;
      const matching = slate.filter((item) => world.topicOf[item] === wanted);
      const mean = matching.reduce((sum, item) => sum + world.effect(item), 0) / Math.max(1, matching.length);
      const chance = (matching.length > 0 ? 0.3 : 0.05) + mean + 0.05 * normalQuantile(traits[2]!);
      yield {
        unit,
        segment,
        context: draws[4]! < 0.7 ? 0 : 1,
        outcome: draws[5]! < chance ? 1 : 0,
        candidates: order,
        slate,
        blocked,
        wanted,
      };
    }
  }
}
