import { rootKey } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import { Demand } from "../src/content/demand.ts";
import { DEMAND_FACTOR, FOLLOW_PLACES } from "../src/content/demand-columns.ts";
import { dayOfWeekFactor, seasonalityOptions, timeOfDayFactor, yearFactor } from "../src/laws/seasonality.ts";
import { followingOptions, follows } from "../src/laws/following.ts";
import { makeWholeMarketplace } from "../src/index.ts";
import { live, QUIET, quietWorld, sum } from "./helpers/quiet-world.ts";

const ALL_FOLLOW = { following: { enabled: true, chance: 1 } } as const;

describe("following", () => {
  test("keeps the creators liked last, each once, the oldest giving way", () => {
    const world = quietWorld("follow", ALL_FOLLOW, 2);
    const state = world.privileged;
    const demand = new Demand(state, world.options, 2);
    const user = 1;
    demand.userJoined(user);
    const list = () =>
      Array.from(state.demand.followed.subarray(user * FOLLOW_PLACES, (user + 1) * FOLLOW_PLACES));
    const like = (creator: number) => {
      state.items.creator[0] = creator;
      demand.follow(user, 0);
    };
    expect(list()).toEqual(new Array(FOLLOW_PLACES).fill(-1));
    for (let creator = 0; creator < FOLLOW_PLACES; creator++) like(creator);
    like(3);
    expect(list().sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    like(20);
    like(21);
    expect(list().sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 20, 21]);
    // who comes later in the same slot of creators is somebody else
    state.creators.ordinal[20] = 1;
    like(20);
    expect(list().filter((creator) => creator === 20).length).toBe(2);
    // the other user follows nobody, and a newcomer in this slot neither
    expect(sum(state.demand.followed.subarray(0, FOLLOW_PLACES))).toBe(-FOLLOW_PLACES);
    demand.userJoined(user);
    expect(list()).toEqual(new Array(FOLLOW_PLACES).fill(-1));
  });

  test("happens with its chance, on the draw that it is given", () => {
    const law = followingOptions.parse({ chance: 0.25 });
    const draws = Float64Array.of(0.25, 0.2499);
    expect(follows(draws, 0, law)).toBe(false);
    expect(follows(draws, 1, law)).toBe(true);
  });

  test("brings items of those creators: in the world, what came as followed is of one whom the user follows", () => {
    const world = quietWorld("retrieve", ALL_FOLLOW, 48);
    const { demand, creators, items, candidateItem } = world.privileged;
    const width = world.candidateFeatureNames.length;
    const source = world.candidateFeatureNames.indexOf("sourceFollowed");
    let followed = 0;
    live(world, 10, () => {
      for (let row = 0; row < world.rowCount; row++) {
        if (world.active[row] === 0) continue;
        for (let m = row * 20; m < (row + 1) * 20; m++) {
          if (world.observation.candidates[m * width + source] !== 1) continue;
          const creator = items.creator[candidateItem[m]!]!;
          const places = Array.from({ length: FOLLOW_PLACES }, (_, n) => row * FOLLOW_PLACES + n);
          const knows = places.some(
            (at) =>
              demand.followed[at] === creator && demand.followedOrdinal[at] === creators.ordinal[creator],
          );
          if (knows) followed++;
        }
      }
    });
    expect(followed).toBeGreaterThan(50);
  });
});

describe("seasons in a world", () => {
  const weekly = { enabled: true, timeOfDay: 0.3, weekend: 0.8, yearly: 0.2, production: 1 } as const;

  test("are the laws' factors at every step", () => {
    const world = quietWorld("factors", { seasonality: { ...weekly, arrivals: 0.5 } }, 4);
    const law = seasonalityOptions.parse({ ...weekly, arrivals: 0.5 });
    const { factors } = world.privileged.demand;
    for (let day = 1; day < 9; day++) {
      live(world, 1);
      // the first step of the day
      const season = timeOfDayFactor(0, 4, law) * dayOfWeekFactor(day, law) * yearFactor(day, law);
      expect(factors[DEMAND_FACTOR.returnHazard]).toBeCloseTo(season, 12);
      expect(factors[DEMAND_FACTOR.arrival]).toBeCloseTo(1 + 0.5 * (season - 1), 12);
      expect(factors[DEMAND_FACTOR.production]).toBeCloseTo(
        dayOfWeekFactor(day, law) * yearFactor(day, law),
        12,
      );
    }
    const still = quietWorld("factors", {}, 4);
    live(still, 9);
    expect(Array.from(still.privileged.demand.factors)).toEqual([1, 1, 1, 0, 1]);
  });

  test("bring more newcomers and more items on weekends", () => {
    const world = quietWorld(
      "weekend",
      {
        seasonality: { ...weekly, timeOfDay: 0, yearly: 0 },
        retention: { churnBase: 20 },
        arrival: { rate: 0.1 },
        creators: { production: 2, leaveRate: 0, capacity: 200 },
        items: { capacity: 8192 },
      },
      128,
    );
    const { users, creators } = world.privileged;
    const gains = { weekend: [0, 0], other: [0, 0] };
    let before = [sum(users.ordinal), sum(creators.items)];
    live(world, 42, (day) => {
      // what was made at this barrier belongs to the day that begins, who came in the steps to the day that has ended
      const now = [sum(users.ordinal), sum(creators.items)];
      const end = (day - 1) % 7 >= 5 ? gains.weekend : gains.other;
      const begin = day % 7 >= 5 ? gains.weekend : gains.other;
      end[0]! += now[0]! - before[0]!;
      begin[1]! += now[1]! - before[1]!;
      before = now;
    });
    // by day: 1.8 against 0.68 is 2.65 times as many; arrivals saturate as empty slots fill
    const ratio = (n: number) => gains.weekend[n]! / 2 / (gains.other[n]! / 5);
    expect(ratio(0)).toBeGreaterThan(1.5);
    expect(ratio(1)).toBeGreaterThan(2);
    expect(ratio(1)).toBeLessThan(3.3);
  });
});

test("users differ in how readily they report, and a newcomer is drawn anew", () => {
  const world = makeWholeMarketplace({ users: 400, options: QUIET, key: rootKey("eager") });
  const { reporting } = world.privileged.demand;
  expect(new Set(reporting).size).toBe(400);
  const before = reporting[7]!;
  world.privileged.users.ordinal[7] = 1;
  new Demand(world.privileged, world.options, 400).userJoined(7);
  expect(reporting[7]).not.toBe(before);
  expect(reporting[8]).toBeGreaterThan(0);
});
