import { foldIn, meanInterval, rootKey } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import {
  heuristicActor,
  makeWholeMarketplace,
  MECHANISMS_OFF,
  type ContentMarketplace,
} from "../src/index.ts";
import { Advertising } from "../src/content/advertising.ts";
import { ADVERTISING_DAILY } from "../src/content/advertising-columns.ts";
import { LEVER } from "../src/content/levers.ts";
import type { WholeMarketplaceInput } from "../src/content/options.ts";

interface World {
  readonly users?: number;
  readonly days?: number;
  readonly number?: number;
  readonly adLoad?: number;
  readonly advertising?: WholeMarketplaceInput["advertising"];
  readonly more?: WholeMarketplaceInput;
}

/** A world with advertising and nothing else beside content-v0. */
function makeWorld({
  users = 64,
  days = 12,
  number = 0,
  adLoad = 1,
  advertising = {},
  more = {},
}: World = {}) {
  return makeWholeMarketplace({
    users,
    options: {
      ...MECHANISMS_OFF,
      delays: { enabled: true },
      levers: { ...MECHANISMS_OFF.levers, adLoad },
      advertising,
      ...more,
      days: days + 1,
    },
    key: foldIn(rootKey("advertising"), number),
  });
}

const actor = heuristicActor();

/** Pages of a step, one slate for every user in session. */
function step(world: ContentMarketplace): number {
  const pages = world.active.reduce((sum, active) => sum + active, 0);
  void actor.act(world);
  world.step();
  return pages;
}

function sumOf(world: ContentMarketplace, objective: string): number {
  const count = world.objectiveNames.length;
  let sum = 0;
  for (let at = world.objectiveNames.indexOf(objective); at < world.objectives.length; at += count)
    sum += world.objectives[at]!;
  return sum;
}

const variants: readonly (readonly [string, World])[] = [
  ["Vickrey–Clarke–Groves, adaptive pacing", { adLoad: 1.5 }],
  [
    "generalised second price, controller",
    { adLoad: 2, advertising: { auction: "generalized-second-price", pacing: { method: "controller" } } },
  ],
  [
    "second price, throttling, one item of the slate or none",
    {
      adLoad: 1,
      advertising: { auction: "second-price", pacing: { method: "throttling" } },
      more: { choice: { model: "multinomial-logit" } },
    },
  ],
  [
    "small budgets, no pacing",
    { adLoad: 3, advertising: { campaigns: { dailyBudget: 0.0005 }, pacing: { method: "none" } } },
  ],
];

describe("accounts", () => {
  for (const [name, settings] of variants)
    test(`${name}: what campaigns spend is what pages earn, to the last unit, and stays within budgets`, () => {
      const world = makeWorld({ days: 12, ...settings });
      const { campaigns, daily } = world.privileged.advertising;
      const { stepsPerDay } = world.options;
      let earned = 0;
      let exhausted = 0;
      let earnedToday = 0;
      for (let t = 0; t < 12 * stepsPerDay; t++) {
        const before = campaigns.spent.slice();
        const today = campaigns.spentToday.slice();
        const allowance = campaigns.allowance.slice();
        const alive = campaigns.alive.slice();
        const pages = step(world);
        const revenue = sumOf(world, "revenue");
        let spent = 0;
        for (let c = 0; c < before.length; c++) {
          // one that began at this day's end has spent nothing; one that ended in it keeps its account
          if (alive[c] === 0) continue;
          const now = campaigns.spent[c]! - before[c]!;
          spent += now;
          if (allowance[c]! <= today[c]!) {
            expect(now).toBe(0);
            exhausted++;
          }
          const days = Math.floor(t / stepsPerDay) - campaigns.startedOn[c]! + 1;
          // up to a day's end no more than the daily budget for each day so far, so what was overspent is made up for
          expect(before[c]! - today[c]! + allowance[c]!).toBeLessThanOrEqual(
            Math.max(
              before[c]! - today[c]!,
              Math.min(days * campaigns.dailyBudget[c]!, campaigns.totalBudget[c]!),
            ),
          );
          expect(campaigns.spent[c]).toBeLessThan(campaigns.totalBudget[c]! + pages * campaigns.value[c]!);
          expect(today[c]! + now).toBeLessThan(allowance[c]! + pages * campaigns.value[c]!);
        }
        expect(spent).toBe(revenue);
        earnedToday += revenue;
        if ((t + 1) % stepsPerDay !== 0) continue;
        expect(daily[ADVERTISING_DAILY.revenue]).toBe(earnedToday);
        expect(daily[ADVERTISING_DAILY.advertiserSurplus]).toBe(
          daily[ADVERTISING_DAILY.advertiserValue]! - earnedToday,
        );
        earned += earnedToday;
        earnedToday = 0;
      }
      expect(earned).toBeGreaterThan(0);
      if (name.startsWith("small budgets")) expect(exhausted).toBeGreaterThan(100);
    });

  test("overspending is that of one step: what is spent above a day's allowance was spent in the step that passed it", () => {
    const world = makeWorld({ adLoad: 3, advertising: { campaigns: { dailyBudget: 0.001 } } });
    const { campaigns } = world.privileged.advertising;
    let passed = 0;
    for (let t = 0; t < 40; t++) {
      const today = campaigns.spentToday.slice();
      const allowance = campaigns.allowance.slice();
      const ordinal = campaigns.ordinal.slice();
      step(world);
      if ((t + 1) % world.options.stepsPerDay === 0) continue;
      for (let c = 0; c < today.length; c++) {
        if (ordinal[c] !== campaigns.ordinal[c] || campaigns.spentToday[c]! <= allowance[c]!) continue;
        passed++;
        // either it was passed before and nothing was added, or it is passed in this step
        if (today[c]! >= allowance[c]!) expect(campaigns.spentToday[c]).toBe(today[c]);
      }
    }
    expect(passed).toBeGreaterThan(20);
  });
});

describe("what is sponsored", () => {
  test("with an ad load of 0 a world earns nothing and is the world without advertising", () => {
    const off = makeWorld({ advertising: { enabled: false } });
    const on = makeWorld({ adLoad: 0 });
    for (let t = 0; t < 40; t++) {
      step(off);
      step(on);
      expect(on.reward).toEqual(off.reward);
      expect(sumOf(on, "revenue")).toBe(0);
    }
  });

  test("the levers are read at every step: ad load and reserve", () => {
    const world = makeWorld({ adLoad: 0, advertising: { auction: "generalized-second-price" } });
    const { levers, advertising } = world.privileged;
    const { daily } = advertising;
    const day = () => {
      let pages = 0;
      for (let t = 0; t < world.options.stepsPerDay; t++) pages += step(world);
      return pages;
    };
    day();
    expect(daily[ADVERTISING_DAILY.sponsoredPositions]).toBe(0);
    levers[LEVER.adLoad] = 2;
    levers[LEVER.reservePrice] = 0.9;
    const pages = day();
    expect(daily[ADVERTISING_DAILY.sponsoredPositions]).toBeGreaterThan(pages);
    expect(daily[ADVERTISING_DAILY.sponsoredPositions]).toBeLessThanOrEqual(2 * pages);
    expect(daily[ADVERTISING_DAILY.clicks]).toBeGreaterThan(5);
    expect(daily[ADVERTISING_DAILY.revenue]).toBeGreaterThanOrEqual(0.9 * daily[ADVERTISING_DAILY.clicks]!);
    levers[LEVER.reservePrice] = 10;
    day();
    expect(daily[ADVERTISING_DAILY.sponsoredPositions]).toBe(0);
  });

  test("a part of an ad load is the chance of one more position; second price sells one at most", () => {
    const campaigns = { audience: 0, dailyBudget: 1 };
    const count = (auction: "second-price" | "generalized-second-price", adLoad: number) => {
      const world = makeWorld({ adLoad, advertising: { auction, bidders: 40, campaigns } });
      const { daily } = world.privileged.advertising;
      let pages = 0;
      let positions = 0;
      let shares = 0;
      for (let t = 1; t <= 20; t++) {
        pages += step(world);
        const { costs, costNames } = world;
        for (let at = costNames.indexOf("adLoad"); at < costs.length; at += costNames.length)
          shares += costs[at]!;
        if (t % world.options.stepsPerDay === 0) positions += daily[ADVERTISING_DAILY.sponsoredPositions]!;
      }
      expect(shares * world.options.slots).toBeCloseTo(positions, 9);
      return { pages, positions };
    };
    const half = count("generalized-second-price", 0.5);
    // four standard errors
    expect(Math.abs(half.positions / half.pages - 0.5)).toBeLessThan(2 / Math.sqrt(half.pages));
    const two = count("generalized-second-price", 2);
    expect(two.positions).toBe(2 * two.pages);
    const one = count("second-price", 2);
    expect(one.positions).toBe(one.pages);
  });

  for (const [auction, load] of [
    ["vickrey-clarke-groves", 2.5],
    ["generalized-second-price", 3],
    ["second-price", 2],
  ] as const)
    test(`${auction}: the first organic items stay in their order, none is sponsored twice, in any order of users`, () => {
      const world = makeWorld({ adLoad: load, advertising: { auction, firstPosition: 1 } });
      for (let t = 0; t < 6; t++) step(world);
      const { options, privileged } = world;
      const { slots, candidates } = options;
      const layOut = (users: readonly number[]) => {
        const advertising = new Advertising(privileged, options, world.rowCount);
        advertising.startTick();
        return users.map((user) => {
          const first = user * candidates;
          const organic = privileged.candidateItem.slice(first, first + slots);
          const items = new Int32Array(slots);
          const campaigns = new Int32Array(slots);
          advertising.place(user, organic, items, campaigns);
          return { organic: [...organic], items: [...items], campaigns: [...campaigns] };
        });
      };
      const users = Array.from({ length: world.rowCount }, (_, user) => user).filter(
        (user) => world.active[user] === 1,
      );
      const pages = layOut(users);
      let sponsored = 0;
      for (const { organic, items, campaigns } of pages) {
        const shown = items.filter((item) => item >= 0);
        const sold = campaigns.filter((campaign) => campaign >= 0);
        sponsored += sold.length;
        expect(shown).toEqual(organic.slice(0, shown.length));
        expect(campaigns.map((campaign) => campaign < 0)).toEqual(items.map((item) => item >= 0));
        expect(new Set(sold).size).toBe(sold.length);
        expect(sold.length).toBeLessThanOrEqual(auction === "second-price" ? 1 : Math.ceil(load));
        expect(campaigns[0]).toBe(-1);
      }
      expect(sponsored).toBeGreaterThan(users.length / 2);
      expect(layOut(users.toReversed()).toReversed()).toEqual(pages);
    });

  test("what is sponsored depends on nothing latent of this step", () => {
    const world = makeWorld({ adLoad: 2 });
    for (let t = 0; t < 18; t++) step(world);
    const twin = world.fork();
    const { items, users, advertising } = twin.privileged;
    items.quality.fill(0.01);
    items.appeal.fill(0.01);
    users.interest.fill(0.01);
    advertising.campaigns.appeal.fill(0.01);
    advertising.campaigns.landing.fill(0.01);
    const told = [world, twin].map((one) => {
      step(one);
      const { today } = one.privileged.advertising;
      return [today[ADVERTISING_DAILY.sponsoredPositions], today[ADVERTISING_DAILY.displacedOrganicValue]];
    });
    expect(told[0]![0]).toBeGreaterThan(0);
    expect(told[1]).toEqual(told[0]);
    expect(twin.privileged.advertising.campaigns.spent).not.toEqual(
      world.privileged.advertising.campaigns.spent,
    );
  });
});

test("conversions arrive later; the rate that campaigns bid by allows for those that have not", () => {
  // every click converts with chance 0.2, 4 days later on average
  const world = makeWorld({
    users: 128,
    days: 10,
    adLoad: 3,
    advertising: {
      campaigns: { conversionChance: 0.2, conversionSpread: 0, meanDays: 1000, dailyBudget: 1 },
      response: { conversionMatch: 0, openBase: 0, annoyance: 0, wearyAnnoyance: 0 },
    },
    more: { delays: { conversionDays: 4 } },
  });
  for (let t = 0; t < 40; t++) step(world);
  const { campaigns } = world.privileged.advertising;
  const total = (column: ArrayLike<number>) => Array.from(column).reduce((sum, x) => sum + x, 0);
  const clicks = total(campaigns.clicks);
  const ripe = total(campaigns.ripeClicks);
  const known = total(campaigns.conversions);
  expect(ripe + total(campaigns.unripeClicks)).toBeCloseTo(clicks, 6);
  expect(clicks).toBeGreaterThan(1500);
  // four standard errors of a mean of 0.2 over so many clicks
  const tolerance = 4 * Math.sqrt((0.2 * 0.8) / clicks);
  expect(Math.abs((known + total(campaigns.waiting)) / clicks - 0.2)).toBeLessThan(tolerance);
  expect(Math.abs(known / ripe - 0.2)).toBeLessThan(4 * Math.sqrt((0.2 * 0.8) / ripe));
  expect(known / clicks).toBeLessThan(0.2 - tolerance);
});

test("more sponsored positions earn more at first; then users are less content, come less, and less is earned", () => {
  const days = 56;
  const run = (number: number, adLoad: number) => {
    const world = makeWorld({ users: 48, days, number: 200 + number, adLoad });
    const { users, advertising } = world.privileged;
    let early = 0;
    let late = 0;
    let pages = 0;
    for (let day = 0; day < days; day++) {
      for (let t = 0; t < world.options.stepsPerDay; t++) pages += step(world);
      if (day < 7) early += advertising.daily[ADVERTISING_DAILY.revenue]!;
      if (day >= days - 14) late += advertising.daily[ADVERTISING_DAILY.revenue]!;
    }
    let satisfaction = 0;
    let alive = 0;
    for (let user = 0; user < users.alive.length; user++) {
      satisfaction += users.alive[user]! * users.satisfaction[user]!;
      alive += users.alive[user]!;
    }
    return { early, late, pages, satisfaction: satisfaction / alive };
  };
  const pairs = Array.from({ length: 20 }, (_, number) => [run(number, 1), run(number, 4)] as const);
  const difference = (of: (result: ReturnType<typeof run>) => number) =>
    meanInterval(
      pairs.map(([one, four]) => of(four) - of(one)),
      { confidence: 0.99 },
    ).interval;
  const early = difference((result) => result.early);
  const late = difference((result) => result.late);
  const satisfaction = difference((result) => result.satisfaction);
  const pages = difference((result) => result.pages);
  expect(early[0]).toBeGreaterThan(0);
  expect(satisfaction[1]).toBeLessThan(0);
  expect(pages[1]).toBeLessThan(0);
  expect(late[1]).toBeLessThan(0);
}, 60_000);
