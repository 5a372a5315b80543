import { checkEnvironment } from "@longview/environment";
import { rootKey } from "@longview/statistics";
import { expect, test } from "vitest";
import { ITEM_STATUS } from "../src/content/integrity-columns.ts";
import { OUTCOME } from "../src/content/state.ts";
import { retentionOptions, returnGap } from "../src/laws/retention.ts";
import {
  heuristicActor,
  makeWholeMarketplace,
  MECHANISMS_OFF,
  observationFeatureNames,
  randomActor,
  type ContentMarketplace,
  type WholeMarketplaceInput,
} from "../src/index.ts";

function live(world: ContentMarketplace, steps: number, look: (world: ContentMarketplace) => void): void {
  const actor = randomActor();
  actor.start?.(world, rootKey("actor"));
  for (let step = 0; step < steps; step++) {
    void actor.act(world);
    world.step();
    look(world);
  }
}

const make = (users: number, options: WholeMarketplaceInput): ContentMarketplace =>
  makeWholeMarketplace({ users, options, key: rootKey("edges") });

test.each([0, 1, 2])("what creators are owed is shown beside %d sponsored positions", (adLoad) => {
  const levers = { adLoad, integrityThreshold: 1, coldStartBudget: 1000 };
  const world = make(64, { ...MECHANISMS_OFF, advertising: { enabled: true }, levers });
  const { shownItem, items, creators, candidateItem, outcome } = world.privileged;
  const { slots, candidates } = world.options;
  let owed = 0;
  let shown = 0;
  const isNew = (item: number): boolean => item >= 0 && creators.isNew[items.creator[item]!] === 1;
  const actor = heuristicActor({
    topicMatch: 0,
    topicRecent: 0,
    clickRate: 0,
    creatorLikeRate: 0,
    completion: 0,
    classifierScore: 0,
    creatorIsNew: -10,
    creatorExposure: 0,
  });
  for (let step = 0; step < 60; step++) {
    void actor.act(world);
    const deciding = Uint8Array.from(world.active);
    const wanted = Array.from(deciding, (active, row) =>
      active === 1 ? candidateItem.subarray(row * candidates, (row + 1) * candidates).some(isNew) : false,
    );
    world.step();
    if (world.truncated[0] === 1 || (step + 1) % 4 === 0) continue; // creators change at a day's end
    wanted.forEach((had, row) => {
      if (!had || outcome[row * slots]! < OUTCOME.looked) return;
      owed++;
      if (shownItem.subarray(row * slots, (row + 1) * slots).some(isNew)) shown++;
    });
  }
  expect(owed).toBeGreaterThan(100);
  // what a user was offered in this step may have been replaced by the next step's candidates: nearly all, not all
  expect(shown / owed).toBeGreaterThan(0.9);
});

test("who never returns by the hazard returns after the longest gap", () => {
  const options = retentionOptions.parse({ longestGap: 40 });
  expect(returnGap(0.5, 0, options)).toBe(40);
  expect(returnGap(0.5, 1e-300, options)).toBe(40);
  expect(returnGap(0.999999, 1, options)).toBe(1);
});

test("observations stay within their bounds during a raid", () => {
  const shocks = [{ kind: "raid", day: 1, days: 6, size: 10_000 } as const];
  const options = { days: 9, creators: { capacity: 20 }, items: { capacity: 120 }, shocks };
  expect(checkEnvironment((rowCount) => make(rowCount, options), { rowCount: 24, ticks: 32 })).toEqual([]);
});

test("a viral item whose place another has taken is viral no more", () => {
  const world = make(48, {
    items: { capacity: 100 },
    creators: { capacity: 30, production: 3 },
    integrity: { enabled: false },
    advertising: { enabled: false },
    levers: { adLoad: 0 },
    shocks: [{ kind: "viral-item", day: 2, days: 8 }],
  });
  const { demand, items, pools, candidateItem } = world.privileged;
  let replaced = 0;
  let pages = 0;
  let offered = 0;
  live(world, 40, () => {
    const item = demand.target[0]!;
    if (item < 0 || items.bornAt[item] === demand.targetMark[0]) return;
    replaced++;
    const { candidates } = world.options;
    for (let row = 0; row < world.rowCount; row++) {
      if (world.active[row] !== 1) continue;
      pages++;
      if (candidateItem.subarray(row * candidates, (row + 1) * candidates).includes(item)) offered++;
    }
  });
  expect(replaced).toBeGreaterThan(0);
  // no more often than any other of the living items, of which a page offers 20
  expect(offered / pages).toBeLessThan((2 * world.options.candidates) / pools.sizes[0]!);
});

test("a world without enough items has no pages, and nobody decides", () => {
  const world = make(16, { creators: { production: 0 }, days: 6 });
  let deciding = 0;
  for (let step = 0; step < 20; step++) {
    deciding += world.active.reduce((sum, active) => sum + active, 0);
    world.step();
  }
  expect(deciding).toBe(0);
});

test("the strictest threshold still shows nothing that was removed, and little harm", () => {
  const harm = (integrityThreshold: number): { removed: number; share: number } => {
    const world = make(64, {
      items: { capacity: 256 },
      creators: { capacity: 30 },
      levers: { integrityThreshold },
    });
    const { shownItem, outcome, items, integrity } = world.privileged;
    const { slots } = world.options;
    let looked = 0;
    let harmful = 0;
    let removed = 0;
    const statusBefore = new Uint8Array(items.alive.length);
    live(world, 80, () => {
      for (let at = 0; at < world.rowCount * slots; at++) {
        const item = shownItem[at]!;
        if (item < 0 || (outcome[at]! & OUTCOME.looked) === 0) continue;
        looked++;
        harmful += items.harmful[item]!;
        if (statusBefore[item] === ITEM_STATUS.removed) removed++;
      }
      statusBefore.set(integrity.status);
      outcome.fill(0);
    });
    return { removed, share: harmful / looked };
  };
  const strict = harm(0);
  expect(strict.removed).toBe(0);
  expect(strict.share).toBeLessThan(harm(1).share);
});

test("feature names are told for every way to act, as long as the observation", () => {
  const id = "marketplace/content-v1";
  const world = make(2, {});
  expect(observationFeatureNames(id, {})).toEqual({
    context: world.contextFeatureNames,
    candidates: world.candidateFeatureNames,
  });
  expect(observationFeatureNames(id, { actionMode: "ranker-weights" })["observation"]).toEqual(
    world.contextFeatureNames,
  );
  expect(observationFeatureNames(id, { actionMode: "platform-levers" })["observation"]).toHaveLength(21);
  expect(observationFeatureNames("marketplace/content-v0", {})["candidates"]).toHaveLength(34);
});
