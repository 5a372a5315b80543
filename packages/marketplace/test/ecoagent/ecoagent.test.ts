import { rootKey } from "@longview/statistics";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { Ecoagent, ecoagentOptions, likedAndNeedy, mostLiked } from "../../src/ecoagent/index.ts";
import { runWorlds, uniformSlates, type WorldStatistics } from "../../src/recsimng/index.ts";
import { estimate, standardErrors } from "../recsimng/helpers/estimate.ts";

vi.setConfig({ testTimeout: 60_000 });

function world(options: object, worlds = 1): Ecoagent {
  const parsed = ecoagentOptions.parse(options);
  const made = new Ecoagent(parsed, worlds * parsed.users);
  made.reset({ seed: "ecoagent" });
  return made;
}

/** 400 worlds' figures: per user, per creator, of a world at the end, and of a world. */
function figures({ totals, last }: WorldStatistics) {
  return {
    user: estimate(totals["userReward"]!, 1 / 50),
    creator: estimate(totals["creatorReward"]!, 1 / 10),
    viable: estimate(last["viableCreators"]!),
    documents: estimate(totals["newDocuments"]!),
  };
}

const random = () => uniformSlates(rootKey(3));
const saturated = { saturation: true, newDocumentMargin: 0.5 };
const configurations = {
  "random, unsaturated": [{}, random],
  "random, saturated": [saturated, random],
  "random, saturated, equal recommendation rewards": [
    { ...saturated, largeRecommendationReward: 0.5 },
    random,
  ],
  "most liked, unsaturated": [{}, mostLiked],
  "most liked, saturated": [saturated, mostLiked],
} as const;
type Configuration = keyof typeof configurations;

const played = new Map<Configuration, WorldStatistics>();
function play(name: Configuration): WorldStatistics {
  const [options, policy] = configurations[name];
  const found = played.get(name) ?? runWorlds(world(options, 400), policy(), 1);
  played.set(name, found);
  return found;
}

type Golden = readonly [mean: number, standardError: number];

const goldens: readonly [Configuration, Readonly<Record<keyof ReturnType<typeof figures>, Golden>>][] = [
  [
    "random, unsaturated",
    {
      user: [42.56077, 0.091967],
      creator: [345.62735, 0.93329],
      viable: [9.94, 0.023868],
      documents: [173.37, 0.49106],
    },
  ],
  [
    "random, saturated",
    {
      user: [42.569165, 0.091795],
      creator: [3.965343, 0.013371],
      viable: [9.92, 0.027266],
      documents: [83.12, 0.26026],
    },
  ],
  [
    "random, saturated, equal recommendation rewards",
    {
      user: [42.480566, 0.100004],
      creator: [3.746655, 0.011834],
      viable: [9.93, 0.025643],
      documents: [79.25, 0.25441],
    },
  ],
  [
    "most liked, unsaturated",
    {
      user: [49.434188, 0.101907],
      creator: [377.491938, 1.227954],
      viable: [9.56, 0.059152],
      documents: [190.71, 0.62834],
    },
  ],
  [
    "most liked, saturated",
    {
      user: [49.303583, 0.093444],
      creator: [3.847149, 0.032198],
      viable: [9.57, 0.065528],
      documents: [83.55, 0.52616],
    },
  ],
];

describe("400 worlds, 20,000 users, against an independent implementation over 100 worlds, |z| ≤ 4", () => {
  test.each(goldens)("%s", (name, golden) => {
    const found = figures(play(name));
    for (const figure of ["user", "creator", "viable", "documents"] as const)
      expect(standardErrors(found[figure], golden[figure]), figure).toBeLessThanOrEqual(4);
  });
});

test("the published normalisers are near: 42.4 a user within 1 %, 3.9 a saturated creator within 2 %", () => {
  const found = figures(play("random, saturated"));
  expect(Math.abs(found.user.mean / 42.4 - 1)).toBeLessThan(0.01);
  expect(Math.abs(found.creator.mean / 3.9 - 1)).toBeLessThan(0.02);
});

test("serving users alone costs saturated creators reward and the platform creators, on the same worlds", () => {
  const without = play("random, saturated").totals;
  const greedy = play("most liked, saturated").totals;
  for (const [name, sign] of [
    ["userReward", 1],
    ["creatorReward", -1],
    ["creatorsLeft", 1],
  ] as const) {
    const lift = estimate(greedy[name]!.map((value, i) => value - without[name]!.at(i)!));
    expect((sign * lift.mean) / lift.error, name).toBeGreaterThan(4);
  }
});

test("a bonus for creators who are about to leave keeps more of them, at a small cost to users", () => {
  const greedy = figures(play("most liked, unsaturated"));
  const needy = figures(runWorlds(world({}, 100), likedAndNeedy(1), 1));
  expect(needy.viable.mean - greedy.viable.mean).toBeGreaterThan(0.2);
  expect(needy.user.mean / greedy.user.mean).toBeGreaterThan(0.97);
});

test("each step moves users, creators and documents as the published code says, recomputed from what was before", () => {
  fc.assert(
    fc.property(fc.integer(), fc.boolean(), (seed, saturation) => {
      const options = ecoagentOptions.parse({
        users: 6,
        creators: 5,
        slots: 2,
        saturation,
        newDocumentMargin: saturation ? 0.5 : 5,
        creatorSatisfactionDecay: 0.9,
        userSatisfactionDecay: 0.8,
      });
      const made = new Ecoagent(options, 6);
      made.reset({ seed });
      const policy = uniformSlates(rootKey(seed));
      const saturate = (x: number) => (saturation ? Math.log(1 + Math.max(x, 0)) : x);
      for (let step = 0; step < 19 && made.ticks[0] === step; step++) {
        const before = structuredClone(made.truth);
        const rewardsBefore = made.observation.context.slice();
        policy(made);
        const action = made.action.slice();
        made.step();
        if (made.ticks[0] === 0) return; // everybody left
        const gains = Array.from({ length: 5 }, () => 0);
        const recommendations = Array.from({ length: 5 }, () => 0);
        const pushes = Array.from({ length: 5 }, () => Array.from({ length: 10 }, () => 0));
        for (let user = 0; user < 6; user++) {
          const reward = made.reward[user]!;
          const slate = [action[2 * user]!, action[2 * user + 1]!];
          for (const position of slate) recommendations[before.candidateCreators[position]!]! += 1;
          expect(made.truth.userSatisfactions[user]).toBeCloseTo(
            0.8 * before.userSatisfactions[user]! + reward,
            9,
          );
          // The clicked one is that whose topic the history says, and whose reward is within the noise's reach.
          const clicked = slate.filter((position) => {
            const topic = before.candidateTopics[position]!;
            const counted = 20 * user + topic;
            const expected =
              0.3 * before.candidateQualities[position]! +
              0.7 * before.userPreferences[10 * user + topic]! +
              2;
            return (
              made.observation.context[counted]! === rewardsBefore[counted]! + 1 &&
              Math.abs(reward - expected) < 0.35
            );
          });
          expect(clicked.length).toBeGreaterThan(0);
          const topic = before.candidateTopics[clicked[0]!]!;
          const moved = Array.from(before.userPreferences.subarray(10 * user, 10 * user + 10));
          moved[topic]! += 0.2 * reward;
          const length = Math.hypot(...moved);
          for (let i = 0; i < 10; i++)
            expect(made.truth.userPreferences[10 * user + i]).toBeCloseTo(moved[i]! / length, 9);
          if (clicked.length > 1) return; // two documents of one topic: whose click it was cannot be told
          const creator = before.candidateCreators[clicked[0]!]!;
          gains[creator]! += 0.1 + reward;
          pushes[creator]![topic]! += reward;
        }
        let creatorReward = 0;
        for (let creator = 0; creator < 5; creator++) {
          if (before.viable[creator] === 0) continue;
          const old = before.creatorSatisfactions[creator]!;
          const each = creator < 2 ? 0.5 : 2;
          const recommended = recommendations[creator]!;
          const expected = 0.9 * old + (recommended > 0 ? recommended * each + gains[creator]! : -1);
          expect(made.truth.creatorSatisfactions[creator]).toBeCloseTo(expected, 9);
          expect(made.truth.viable[creator]).toBe(saturate(expected) > 0 ? 1 : 0);
          creatorReward += saturate(expected) - saturate(old);
          const margin = options.newDocumentMargin;
          const crossed = Math.floor(saturate(expected) / margin) - Math.floor(saturate(old) / margin);
          expect(made.truth.documentCounts[creator]! - before.documentCounts[creator]!).toBe(
            recommended > 0 ? Math.max(0, crossed) : 0,
          );
          const moved = Array.from(before.creatorPreferences.subarray(10 * creator, 10 * creator + 10));
          pushes[creator]!.forEach((push, topic) => (moved[topic]! += (0.2 * push) / old));
          const length = Math.hypot(...moved);
          for (let i = 0; i < 10; i++)
            expect(made.truth.creatorPreferences[10 * creator + i]).toBeCloseTo(moved[i]! / length, 9);
        }
        let shared = 0;
        for (let user = 0; user < 6; user++) shared += made.objectives[4 * user + 1]!;
        expect(shared).toBeCloseTo(creatorReward, 9);
      }
    }),
    { numRuns: 30 },
  );
});

test("candidates are distinct documents of viable creators, and each document is as likely", () => {
  const made = world({ users: 1, creators: 4, candidates: 10, initialDocuments: 10 }, 1);
  const counts = new Float64Array(4);
  for (let episode = 0; episode < 2000; episode++) {
    for (const creator of made.truth.candidateCreators) counts[creator] = counts[creator]! + 1;
    expect(new Set(made.truth.candidateQualities).size).toBe(10);
    made.reset();
  }
  // Draws without replacement vary less than the binomial bound here, 4 standard deviations.
  for (const count of counts)
    expect(Math.abs(count - 5000)).toBeLessThan(4 * Math.sqrt(20_000 * 0.25 * 0.75));
});

test("a user who is left wanting leaves: terminated once, inactive until all of the world begin anew", () => {
  const made = world({ users: 12, noClickWeight: 20, userInitialSatisfaction: 3 }, 1);
  const policy = uniformSlates(rootKey(4));
  const ends = new Int32Array(12);
  let inactive = 0;
  let steps = 0;
  do {
    const active = made.active.slice();
    policy(made);
    made.step();
    steps++;
    for (let row = 0; row < 12; row++) {
      if (active[row] === 0) {
        inactive++;
        expect([made.reward[row], made.terminated[row], made.truncated[row]]).toEqual([0, 0, 0]);
      }
      ends[row] = ends[row]! + made.terminated[row]! + made.truncated[row]!;
    }
  } while (made.ticks[0] !== 0);
  expect([...ends]).toEqual(Array.from({ length: 12 }, () => 1));
  expect(inactive).toBeGreaterThan(0);
  expect(steps).toBeLessThan(20);
  expect([...made.active]).toEqual(Array.from({ length: 12 }, () => 1));
});

test("creators who are never recommended leave, and without creators the world ends: terminated, not truncated", () => {
  const made = world({ users: 1, creators: 2, noRecommendationPenalty: 100 }, 200);
  const policy = uniformSlates(rootKey(1));
  // One user: the creator not recommended leaves at once, the other stays until the horizon.
  policy(made);
  made.step();
  expect(made.costs.reduce((sum, cost) => sum + cost, 0)).toBe(200);
  const alone = world(
    {
      users: 1,
      creators: 1,
      clickReward: 0,
      creatorSatisfactionDecay: 0,
      smallRecommendationReward: 0,
      largeRecommendationReward: 0,
      creatorViabilityThreshold: 10,
    },
    1,
  );
  alone.step();
  expect([alone.terminated[0], alone.truncated[0], alone.costs[0]]).toEqual([1, 0, 1]);
});

test("options that contradict one another are refused by name", () => {
  const paths = (options: object) =>
    ecoagentOptions.safeParse(options).error?.issues.map((issue) => issue.path.join("."));
  expect(paths({ slots: 11 })).toEqual(["slots"]);
  expect(paths({ initialDocuments: 9 })).toEqual(["initialDocuments"]);
});
