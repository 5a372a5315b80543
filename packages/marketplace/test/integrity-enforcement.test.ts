import { foldIn, rootKey, uniform } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import { makeWholeMarketplace } from "../src/index.ts";
import { INTEGRITY_DAY, ITEM_STATUS } from "../src/content/integrity-columns.ts";
import { Strikes } from "../src/content/strikes.ts";
import { MOST_STRIKES } from "../src/laws/enforcement.ts";
import { live, QUIET, quietWorld, sum } from "./helpers/quiet-world.ts";

/** Nobody leaves and nothing is withdrawn. */
const LASTING = { creators: { leaveRate: 0 }, items: { capacity: 4096, longestAge: 300 } } as const;

describe("review", () => {
  test("looks at as many as there are reviewers for, and at those with the highest priority", () => {
    const world = quietWorld("queue", {
      ...LASTING,
      levers: { integrityThreshold: 0.05 },
      integrity: { review: { capacity: 0.1 }, evasion: { share: 0 } },
    });
    const { integrity, items } = world.privileged;
    const held = Array.from(items.alive, (_, item) => item).filter(
      (item) => items.alive[item] === 1 && integrity.status[item] === ITEM_STATUS.held,
    );
    const cut = held.map((item) => items.classifier[item]!).sort((a, b) => b - a)[8]!;
    expect(held.length).toBeGreaterThan(50);
    live(world, 1);
    // nobody has seen the held items, so the score alone is their priority; 8 of 80 creator slots' reviews
    const reviewed = held.filter((item) => integrity.status[item] !== ITEM_STATUS.held);
    expect(integrity.daily[INTEGRITY_DAY.reviews]).toBe(8);
    expect(reviewed.length).toBe(8);
    for (const item of reviewed) expect(items.classifier[item]!).toBeGreaterThan(cut);
  });

  test("removes with its recall and false alarm, and lets go what it clears: within 4 standard errors", () => {
    const world = quietWorld("errors", {
      levers: { integrityThreshold: 0 },
      creators: { riskMean: 0, leaveRate: 0 },
      integrity: {
        review: { capacity: 100, recall: 0.8, falseAlarm: 0.3 },
        evasion: { share: 0 },
        enforcement: { strikesToSuspend: 8, strikeDays: 1, reachPerStrike: 1 },
        appeals: { harmless: 0, harmful: 0 },
      },
    });
    const { integrity, items } = world.privileged;
    live(world, 20);
    for (const [harmful, chance] of [
      [0, 0.3],
      [1, 0.8],
    ] as const) {
      const status = Array.from(integrity.status).filter(
        (value, item) =>
          items.alive[item] === 1 && items.harmful[item] === harmful && value !== ITEM_STATUS.held,
      );
      const removed = status.filter((value) => value === ITEM_STATUS.removed).length / status.length;
      expect(status.length).toBeGreaterThan(100);
      expect(Math.abs(removed - chance)).toBeLessThan(4 * Math.sqrt((chance * (1 - chance)) / status.length));
    }
    for (let item = 0; item < items.alive.length; item++)
      if (items.alive[item] === 1 && integrity.status[item] === ITEM_STATUS.cleared)
        expect(integrity.blocked[item]).toBe(integrity.suspended[items.creator[item]!]);
  });
});

describe("appeals", () => {
  test("that are always right restore every harmless item on their day, with its strike, and no harmful one", () => {
    const world = quietWorld("appeals", {
      levers: { integrityThreshold: 0.3 },
      ...LASTING,
      integrity: {
        review: { capacity: 100, recall: 1, falseAlarm: 0.5 },
        evasion: { share: 0 },
        enforcement: { strikesToSuspend: 8, strikeDays: 3650, reachPerStrike: 1 },
        appeals: { harmless: 1, harmful: 1, accuracy: 1, meanDays: 3 },
      },
    });
    const { integrity, items, creators } = world.privileged;
    const strikes = new Strikes(world.privileged, world.options);
    let wrongful = 0;
    let upheld = 0;
    let waiting = new Map<number, number>();
    live(world, 30, (day) => {
      wrongful += integrity.daily[INTEGRITY_DAY.wrongfulRemovals]!;
      upheld += integrity.daily[INTEGRITY_DAY.appealsUpheld]!;
      for (const [item, due] of waiting)
        if (due === day) {
          expect(integrity.status[item]).toBe(
            items.harmful[item] === 1 ? ITEM_STATUS.removed : ITEM_STATUS.cleared,
          );
          if (items.harmful[item] === 0) expect(integrity.blocked[item]).toBe(0);
        }
      waiting = new Map();
      for (let item = 0; item < items.alive.length; item++)
        if (integrity.appealDay[item]! > 0) waiting.set(item, integrity.appealDay[item]!);
    });
    const pending = [...waiting.keys()].filter((item) => items.harmful[item] === 0).length;
    expect(upheld).toBeGreaterThan(30);
    expect(wrongful).toBe(upheld + pending);
    // a creator has a strike for each of their items that is removed still, where room was never short
    let compared = 0;
    for (let creator = 0; creator < creators.alive.length; creator++) {
      const removals = Array.from(items.creator.keys()).filter(
        (item) => items.creator[item] === creator && integrity.strikeLapses[item]! > 0,
      );
      if (creators.alive[creator] === 0 || removals.length === 0 || removals.length >= MOST_STRIKES) continue;
      compared++;
      const removed = removals.filter((item) => integrity.status[item] === ITEM_STATUS.removed);
      expect(strikes.inForce(creator, 31)).toBe(removed.length);
    }
    expect(compared).toBeGreaterThan(10);
  });
});

describe("creators with strikes", () => {
  test("lose reach by its factor for each, and what is out of reach with one is so with two", () => {
    const world = quietWorld("reach", {
      items: { capacity: 4096, longestAge: 300 },
      creators: { capacity: 8, production: 4, leaveRate: 0, entryRate: 0 },
      levers: { integrityThreshold: 1 },
      integrity: { review: { capacity: 0 }, reports: { holdAt: 1000 } },
    });
    live(world, 60);
    const { items, integrity } = world.privileged;
    const blocked = [0, 1, 2].map((count) => {
      const twin = world.fork();
      const strikes = new Strikes(twin.privileged, twin.options);
      for (let creator = 0; creator < 8; creator++) for (let n = 0; n < count; n++) strikes.add(creator, 61);
      live(twin, 1);
      return twin.privileged.integrity.blocked.slice();
    });
    const made = Array.from(items.alive, (_, item) => item).filter((item) => items.alive[item] === 1);
    expect(made.length).toBeGreaterThan(400);
    expect(sum(integrity.blocked)).toBe(0);
    for (const count of [0, 1, 2]) {
      const share = sum(made.map((item) => 1 - blocked[count]![item]!)) / made.length;
      const reach = 0.5 ** count;
      expect(Math.abs(share - reach)).toBeLessThanOrEqual(4 * Math.sqrt((reach * (1 - reach)) / made.length));
    }
    for (const item of made) expect(blocked[1]![item]! > blocked[2]![item]!).toBe(false);
  });

  test("are suspended at the third, longer the second time, make nothing meanwhile and are not shown", () => {
    const world = quietWorld("suspended", {
      creators: { capacity: 20, production: 4, leaveRate: 0, entryRate: 0 },
      integrity: { review: { capacity: 0 }, enforcement: { suspensionDays: 3, repeatFactor: 2 } },
    });
    const { integrity, creators, items } = world.privileged;
    const strikes = new Strikes(world.privileged, world.options);
    const offender = 5;
    const out: number[] = [];
    const made: number[] = [];
    let before = 0;
    live(world, 30, (day) => {
      if (integrity.suspended[offender] === 1) out.push(day);
      if (creators.items[offender]! > before) made.push(day);
      before = creators.items[offender]!;
      for (let item = 0; item < items.alive.length; item++)
        if (items.alive[item] === 1 && integrity.suspended[items.creator[item]!] === 1)
          expect(integrity.blocked[item]).toBe(1);
      if (day === 4 || day === 14) for (let n = 0; n < 3; n++) strikes.add(offender, day);
    });
    expect(out).toEqual([5, 6, 7, 15, 16, 17, 18, 19, 20]);
    for (const day of out) expect(made).not.toContain(day);
    expect(made.length).toBeGreaterThan(12);
  });

  test("get back what they were suspended for wrongly", () => {
    const world = quietWorld("lift");
    const { integrity } = world.privileged;
    const strikes = new Strikes(world.privileged, world.options);
    const lapses = [1, 2, 3].map((day) => strikes.add(0, day));
    expect(strikes.settle(0, 3)).toBe(true);
    expect([integrity.suspended[0], integrity.suspensions[0]]).toEqual([1, 1]);
    strikes.takeBack(0, lapses[1]! + 500, 4);
    expect(integrity.suspended[0]).toBe(1);
    strikes.takeBack(0, lapses[1]!, 4);
    expect([integrity.suspended[0], integrity.suspensions[0]]).toEqual([0, 0]);
    expect(strikes.inForce(0, 4)).toBe(2);
    expect(strikes.inForce(0, lapses[0]!)).toBe(1);
  });

  test("leave them behind with their slot: a newcomer has none", () => {
    const world = quietWorld("newcomer", {
      creators: { leaveRate: 0.3, leaveSlope: 0, entryRate: 1 },
    });
    const { integrity, creators } = world.privileged;
    const strikes = new Strikes(world.privileged, world.options);
    for (let n = 0; n < 2; n++) strikes.add(0, 0);
    live(world, 15);
    expect(creators.ordinal[0]).toBeGreaterThan(0);
    expect(integrity.known[0]).toBe(creators.ordinal[0]! + 1);
    expect(strikes.inForce(0, 16)).toBe(0);
  });
});

describe("strikes", () => {
  test("follow their Markov chain: share suspended on each of 20 days, 2,000 creators, within 4.5 standard errors", () => {
    const [chance, strikeDays, suspensionDays] = [0.15, 4, 3];
    const slots = 2_000;
    const { privileged: state, options } = makeWholeMarketplace({
      users: 1,
      options: {
        ...QUIET,
        creators: { capacity: slots },
        integrity: {
          enforcement: {
            strikeDays,
            suspensionDays,
            strikesToSuspend: 2,
            repeatFactor: 1,
            suspensionsToBan: 100,
          },
        },
      },
    });
    const strikes = new Strikes(state, options);
    // exact: a free creator has one strike with `left` days in force, or none (0); two suspend, then a clean slate
    let free = [1, ...new Array<number>(strikeDays).fill(0)];
    let suspended = new Array<number>(suspensionDays).fill(0);
    for (let day = 1; day <= 20; day++) {
      for (let creator = 0; creator < slots; creator++) {
        const hit = uniform(foldIn(rootKey("strike"), day), creator, 0) < chance;
        if (state.integrity.suspended[creator] === 0 && hit) strikes.add(creator, day);
        strikes.settle(creator, day);
      }
      const nextFree = new Array<number>(strikeDays + 1).fill(0);
      const nextSuspended = [...suspended.slice(1), 0];
      free.forEach((share, left) => {
        // a strike of day d is in force on days d … d + strikeDays − 1
        const still = Math.max(0, left - 1);
        if (still > 0) nextSuspended[suspensionDays - 1]! += share * chance;
        else nextFree[strikeDays]! += share * chance;
        nextFree[still]! += share * (1 - chance);
      });
      nextFree[0]! += suspended[0]!;
      free = nextFree;
      suspended = nextSuspended;
      const exact = suspended.reduce((a, b) => a + b, 0);
      const seen = sum(state.integrity.suspended) / slots;
      expect(Math.abs(seen - exact)).toBeLessThanOrEqual(
        4.5 * Math.sqrt((exact * (1 - exact)) / slots) + 1e-12,
      );
    }
  });
});
