import { foldIn, meanInterval, rootKey } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import { makeWholeMarketplace, type ContentMarketplace } from "../src/index.ts";
import { INTEGRITY_DAY, ITEM_STATUS } from "../src/content/integrity-columns.ts";
import { LEVER } from "../src/content/levers.ts";
import { PROBE } from "../src/laws/evasion.ts";
import { live, QUIET, quietWorld, sum } from "./helpers/quiet-world.ts";

/** Reports that set off nothing. */
const UNTOUCHED = { integrity: { review: { capacity: 0 }, reports: { holdAt: 1000 } } } as const;

/** Nobody leaves and nothing is withdrawn. */
const LASTING = { creators: { leaveRate: 0 }, items: { capacity: 4096, longestAge: 300 } } as const;

describe("the threshold", () => {
  test("is a wall: what is held back, removed or suspended is never among the candidates", () => {
    const world = quietWorld("wall", { levers: { integrityThreshold: 0.5 } });
    const { integrity, candidateItem, items } = world.privileged;
    let blocked = 0;
    let offered = 0;
    let violations = 0;
    live(world, 25, () => {
      blocked += sum(integrity.blocked);
      for (let row = 0; row < world.rowCount; row++) {
        if (world.active[row] === 0) continue;
        for (let m = row * 20; m < (row + 1) * 20; m++) {
          const item = candidateItem[m]!;
          offered++;
          violations += integrity.blocked[item]! + integrity.suspended[items.creator[item]!]!;
        }
      }
    });
    expect(blocked).toBeGreaterThan(300);
    expect(offered).toBeGreaterThan(2_000);
    expect(violations).toBe(0);
  });

  test("holds back a subset at every higher one, item by item on the same draws", () => {
    const held = [0, 0.15, 0.3, 0.45, 0.6, 1].map((integrityThreshold) => {
      const { integrity, items } = quietWorld("nested", { levers: { integrityThreshold } }).privileged;
      return Array.from(
        items.alive,
        (alive, item) => alive === 1 && integrity.status[item] === ITEM_STATUS.held,
      );
    });
    for (let i = 1; i < held.length; i++)
      held[i]!.forEach((is, item) => expect(is && !held[i - 1]![item]!).toBe(false));
    const counts = held.map((flags) => flags.filter(Boolean).length);
    expect(counts.at(-1)).toBe(0);
    expect(new Set(counts).size).toBe(counts.length);
  });

  // 6 paired worlds of 64 users and 20 days; 99 % Student intervals of the paired difference
  test("lets fewer harmful impressions through the lower it is", () => {
    const thresholds = [1, 0.5, 0.15];
    const shares = thresholds.map((integrityThreshold) =>
      Array.from({ length: 6 }, (_, w) => {
        const world = makeWholeMarketplace({
          users: 64,
          options: { ...QUIET, days: 100, levers: { integrityThreshold } },
          key: foldIn(rootKey("monotone"), w),
        });
        const { daily } = world.privileged.integrity;
        let harmful = 0;
        let all = 0;
        live(world, 20, () => {
          harmful += daily[INTEGRITY_DAY.harmfulImpressions]!;
          all += daily[INTEGRITY_DAY.impressions]!;
        });
        return harmful / all;
      }),
    );
    for (let i = 1; i < thresholds.length; i++) {
      const fewer = shares[i - 1]!.map((share, w) => share - shares[i]![w]!);
      expect(meanInterval(fewer, { confidence: 0.98 }).interval[0]).toBeGreaterThan(0);
    }
  });
});

describe("adversaries", () => {
  /** Distance of each adversary's aim from the threshold [logit]. */
  function misses(world: ContentMarketplace): number[] {
    const { integrity, creators, levers } = world.privileged;
    const threshold = levers[LEVER.integrityThreshold]!;
    const logit = Math.log(threshold / (1 - threshold));
    return Array.from(integrity.adversary).flatMap((is, creator) =>
      is === 1 && creators.alive[creator] === 1
        ? [Math.abs(integrity.probe[creator * PROBE.length + PROBE.aim]! - logit)]
        : [],
    );
  }

  test("find the threshold to two finest steps in 16 days, and again after it has moved, from what was held back alone", () => {
    const world = quietWorld("probe", {
      integrity: {
        evasion: { share: 1, noise: 0, risk: 10 },
        review: { capacity: 0 },
        reports: { holdAt: 1000 },
      },
      creators: { production: 4, leaveRate: 0, entryRate: 0, capacity: 40 },
    });
    const { levers, integrity } = world.privileged;
    const width = 2 * world.options.integrity.evasion.finestStep;
    expect(misses(world).length).toBe(32);
    live(world, 16);
    expect(Math.max(...misses(world))).toBeLessThanOrEqual(width);
    levers[LEVER.integrityThreshold] = 0.3;
    expect(Math.min(...misses(world))).toBeGreaterThan(1);
    live(world, 24);
    expect(Math.max(...misses(world))).toBeLessThanOrEqual(width);
    // and so most of what they make is let pass, just below
    const { items } = world.privileged;
    const late = Array.from(items.alive, (_, item) => item).filter(
      (item) => items.alive[item] === 1 && world.privileged.clock[0]! - items.bornAt[item]! < 4 * 6,
    );
    const passed = late.filter((item) => integrity.status[item] === ITEM_STATUS.open);
    expect(passed.length / late.length).toBeGreaterThan(0.4);
    for (const item of passed) expect(items.classifier[item]!).toBeLessThan(0.3);
  });

  test("get more harmful impressions than the same creators without evasion", () => {
    const shares = [0, 1].map((evades) => {
      const world = quietWorld("evade", {
        integrity: {
          evasion: {
            share: 0.3,
            ...(evades === 0 && { startAim: 10, finestStep: 0.001, firstStep: 0.001, largestStep: 0.001 }),
          },
        },
        levers: { integrityThreshold: 0.6 },
      });
      let seen = 0;
      live(world, 60, () => (seen += world.privileged.integrity.daily[INTEGRITY_DAY.adversaryImpressions]!));
      return seen;
    });
    expect(shares[1]!).toBeGreaterThan(2 * shares[0]!);
  });
});

describe("reports", () => {
  test("arrive late, but none is lost and none is made: as many as without delay, less those under way", () => {
    const worlds = [false, true].map((enabled) =>
      quietWorld(
        "delay",
        {
          ...UNTOUCHED,
          ...LASTING,
          delays: { enabled, reportDays: 4 },
          feedback: { reportHarmless: 0.1 },
        },
        128,
      ),
    );
    const [prompt, late] = worlds.map((world) => {
      let total = 0;
      const totals: number[] = [];
      live(world, 20, () => totals.push((total += world.privileged.integrity.daily[INTEGRITY_DAY.reports]!)));
      return totals;
    });
    prompt!.forEach((total, day) => expect(late![day]!).toBeLessThanOrEqual(total));
    const underWay = sum(worlds[1]!.privileged.integrity.waitingReports);
    expect(underWay).toBeGreaterThan(20);
    expect(late!.at(-1)! + underWay).toBe(prompt!.at(-1)!);
    expect(sum(worlds[1]!.privileged.items.reports)).toBe(late!.at(-1)!);
  });

  test("name their own items: those of harmful items are not false", () => {
    const world = quietWorld("false", { feedback: { reportHarmless: 0, reportHarmful: 0.5 } });
    let reports = 0;
    live(world, 10, () => {
      reports += world.privileged.integrity.daily[INTEGRITY_DAY.reports]!;
      expect(world.privileged.integrity.daily[INTEGRITY_DAY.falseReports]).toBe(0);
    });
    expect(reports).toBeGreaterThan(20);
  });
});
