import { describe, expect, test } from "vitest";
import { DEMAND_FACTOR } from "../src/content/demand-columns.ts";
import { INTEGRITY_DAY, ITEM_STATUS } from "../src/content/integrity-columns.ts";
import { failedVisitCost, joinsFlood, promotedClicks, shocksOptions } from "../src/laws/shocks.ts";
import {
  type ContentMarketplace,
  type WholeMarketplaceInput,
  wholeMarketplaceOptions,
} from "../src/index.ts";
import { live, quietWorld, sum } from "./helpers/quiet-world.ts";

type Shocks = NonNullable<WholeMarketplaceInput["shocks"]>;

/** Nothing comes of reports but their counts. */
const UNTOUCHED = { review: { capacity: 0 }, reports: { holdAt: 1000 } } as const;

/** Nobody leaves and nothing is withdrawn. */
const LASTING = { creators: { leaveRate: 0 }, items: { capacity: 4096, longestAge: 300 } } as const;

/** The same world with a shock and without it: there it comes after the end. */
function twins(
  seed: string,
  shock: Shocks[number],
  options: WholeMarketplaceInput = {},
  users = 48,
): readonly [ContentMarketplace, ContentMarketplace] {
  const make = (day: number) => quietWorld(seed, { ...options, shocks: [{ ...shock, day }] }, users);
  return [make(shock.day), make(3000)];
}

describe("the schedule", () => {
  test("is refused with the place of what is wrong", () => {
    const parse = (shocks: unknown) => wholeMarketplaceOptions.safeParse({ shocks }).error?.issues[0]?.path;
    expect(parse([{ kind: "viral-item", day: 0 }])).toEqual(["shocks", 0, "day"]);
    expect(parse([{ kind: "outage", day: 3, size: 2 }])).toEqual(["shocks", 0, "size"]);
    expect(parse([{ kind: "earthquake", day: 3 }])).toEqual(["shocks", 0, "kind"]);
  });

  test("has a size for each kind, and laws as written", () => {
    const shocks = shocksOptions.parse([
      { kind: "outage", day: 2, days: 2, size: 0.1 },
      { kind: "outage", day: 3, days: 5, size: 0.3 },
      { kind: "machine-made-flood", day: 3 },
    ]);
    expect(shocks[2]!.size).toBe(5);
    expect([1, 2, 3, 4, 8].map((day) => failedVisitCost(shocks, day))).toEqual([0, 0.1, 0.3, 0.3, 0]);
    expect([joinsFlood(-0.51, 1), joinsFlood(-0.51, 2)]).toEqual([true, false]);
    expect(promotedClicks(3, 7)).toBeCloseTo(14, 12);
  });
});

describe("a viral item", () => {
  test("has its appeal and its place among the popular for its days, is seen more, and then is as before", () => {
    const shock = { kind: "viral-item", day: 3, days: 4, size: 1 } as const;
    const [world, twin] = twins("viral", shock, {}, 96);
    const { demand, items, pools } = world.privileged;
    let target = -1;
    let bornAt = 0;
    let seen = 0;
    live(world, 9, (day) => {
      if (day === 3) {
        target = demand.target[0]!;
        bornAt = items.bornAt[target]!;
        expect(target).toBeGreaterThanOrEqual(0);
      }
      if (day >= 3 && day < 7) {
        expect(demand.target[0]).toBe(target);
        expect(items.appeal[target]).toBe(demand.targetAppeal[0]! + 1);
        expect(pools.popular[0]).toBe(target);
      }
      if (day === 7) {
        seen = items.impressions[target]!;
        expect(demand.target[0]).toBe(-1);
        expect(items.appeal[target]).toBe(demand.targetAppeal[0]);
      }
    });
    live(twin, 7);
    expect(twin.privileged.items.bornAt[target]).toBe(bornAt);
    expect(seen).toBeGreaterThan(1.5 * twin.privileged.items.impressions[target]!);
    expect(items.appeal[target]).toBe(twin.privileged.items.appeal[target]);
  });

  test("is another one for each of two that come at once", () => {
    const shock = { kind: "viral-item", day: 2, days: 3 } as const;
    const world = quietWorld("two", { shocks: [shock, shock, shock] });
    live(world, 2);
    expect(new Set(world.privileged.demand.target).size).toBe(3);
  });
});

describe("a raid", () => {
  const shock = { kind: "raid", day: 3, days: 2, size: 7 } as const;

  test("changes nobody's luck: where reports set off nothing, every reward stays the same to the last bit", () => {
    const [world, twin] = twins("luck", shock, { integrity: UNTOUCHED, ...LASTING });
    const told = [world, twin].map((each) => {
      const rewards: number[] = [];
      live(each, 12, () => rewards.push(...each.reward, ...each.costs));
      return rewards;
    });
    expect(told[0]).toEqual(told[1]);
    expect(sum(world.privileged.items.reports)).toBeGreaterThan(sum(twin.privileged.items.reports) + 20);
  });

  test("files its reports on the items of one creator on its days, and none after", () => {
    const both = twins("wave", shock, {
      integrity: UNTOUCHED,
      delays: { enabled: false },
      ...LASTING,
    });
    const { items, demand } = both[0].privileged;
    const expected = new Array<number>(8).fill(0);
    const [raided, quiet] = both.map((world, n) => {
      const daily: number[] = [];
      live(world, 8, (day) => {
        daily.push(world.privileged.integrity.daily[INTEGRITY_DAY.reports]!);
        if (n === 1 || (day !== 3 && day !== 4)) return;
        // what the creator had before this barrier's own items
        for (let item = 0; item < items.alive.length; item++)
          if (
            items.alive[item] === 1 &&
            items.creator[item] === demand.target[0] &&
            items.bornAt[item]! < 4 * day
          )
            expected[day - 1]! += 7;
      });
      return daily;
    });
    expect(sum(expected)).toBeGreaterThan(50);
    expect(raided!.map((reports, n) => reports - quiet![n]!)).toEqual(expected);
  });

  test("takes a harmless creator's items out of the feed until reviewers have looked, and no longer", () => {
    const [world] = twins("effect", shock, {
      creators: { riskMean: -10 },
      integrity: {
        reports: { holdAt: 5 },
        review: { capacity: 1, falseAlarm: 0, recall: 1 },
        evasion: { share: 0 },
      },
      levers: { integrityThreshold: 1 },
      delays: { enabled: false },
    });
    const { integrity, items } = world.privileged;
    const held: number[] = [];
    live(world, 9, () => {
      held.push(integrity.daily[INTEGRITY_DAY.holds]!);
      expect(integrity.daily[INTEGRITY_DAY.removals]).toBe(0);
    });
    expect(held.slice(0, 2)).toEqual([0, 0]);
    expect(held[2]!).toBeGreaterThan(0);
    expect(held.slice(4)).toEqual([0, 0, 0, 0, 0]);
    expect(Array.from(integrity.status).includes(ITEM_STATUS.held)).toBe(false);
    expect(sum(items.alive)).toBeGreaterThan(0);
  });
});

describe("an outage", () => {
  test("lets nobody in for its days, costs trust for every failed visit, and is over when it is over", () => {
    const shock = { kind: "outage", day: 2, days: 2, size: 0.1 } as const;
    const world = quietWorld("outage", { shocks: [shock], retention: { churnBase: -20 } });
    const { users, demand } = world.privileged;
    let before = new Float64Array(0);
    let due: boolean[] = [];
    let away: boolean[] = [];
    const visitors: number[] = [];
    live(world, 6, (day) => {
      visitors.push(sum(world.active));
      expect(demand.factors[DEMAND_FACTOR.outage]).toBe(day === 2 || day === 3 ? 1 : 0);
      if (day === 2) {
        before = users.trust.slice();
        due = Array.from(users.visitAt, (visitAt) => visitAt <= 9);
        away = Array.from(users.visitAt, (visitAt) => visitAt > 16);
      }
      if (day === 3)
        due.forEach((was, user) => {
          // at day 2's barrier the first failed visit is behind them; 4 more follow until day 3's
          if (was) expect(users.trust[user]).toBeCloseTo(before[user]! * 0.9 ** 4, 12);
          // who did not want to come has not noticed
          if (away[user]!) expect(users.trust[user]).toBe(before[user]);
        });
    });
    expect(due.filter(Boolean).length).toBeGreaterThan(3);
    expect(away.filter(Boolean).length).toBeGreaterThan(0);
    expect(visitors.slice(1, 3)).toEqual([0, 0]);
    expect(visitors[0]).toBeGreaterThan(0);
    // everyone whose visit failed comes at once
    expect(visitors[3]).toBeGreaterThan(visitors[0]!);
  });
});

describe("a flood of machine-made content", () => {
  test("multiplies what low-skilled creators make, theirs alone, for its days", () => {
    const shock = { kind: "machine-made-flood", day: 4, days: 3, size: 6 } as const;
    const [world, twin] = twins("flood", shock, {
      integrity: UNTOUCHED,
      creators: { leaveRate: 0, entryRate: 0 },
      items: { capacity: 8192 },
    });
    const made = [world, twin].map((each) => {
      const { creators } = each.privileged;
      const days: { low: number; high: number }[] = [];
      let before = creators.items.slice();
      live(each, 10, () => {
        const day = { low: 0, high: 0 };
        for (let creator = 0; creator < creators.alive.length; creator++) {
          const own = creators.items[creator]! - before[creator]!;
          if (joinsFlood(creators.skill[creator]!, 1)) day.low += own;
          else day.high += own;
        }
        before = creators.items.slice();
        days.push(day);
      });
      return days;
    });
    const total = (n: number, from: number, to: number, kind: "low" | "high") =>
      made[n]!.slice(from, to).reduce((all, day) => all + day[kind], 0);
    // barriers of days 4, 5, 6 are places 3 … 5
    expect(made[0]!.slice(0, 3)).toEqual(made[1]!.slice(0, 3));
    expect(total(0, 3, 6, "low") / total(1, 3, 6, "low")).toBeGreaterThan(3.5);
    expect(total(0, 3, 6, "high") / total(1, 3, 6, "high")).toBeGreaterThan(0.7);
    expect(total(0, 3, 6, "high") / total(1, 3, 6, "high")).toBeLessThan(1.3);
    expect(total(0, 6, 10, "low") / total(1, 6, 10, "low")).toBeLessThan(1.3);
    expect(Math.max(...world.privileged.demand.productionBoost)).toBe(1);
  });
});
