import { OUTSIDE } from "@longview/experiments";
import { foldIn, rootKey } from "@longview/statistics";
import { expect, test } from "vitest";
import {
  BALANCED_POLICY,
  BLIND_POLICIES,
  bySlot,
  compareFrom,
  comparePolicies,
  makeWholeMarketplace,
  meanOutcome,
  platformActor,
  runExperiment,
  stateHash,
  trueEffect,
  wholeMarkets,
  type ContentMarketplace,
  type MarketplaceDesign,
  type WholeMarketplaceInput,
} from "../../src/index.ts";

const DAYS = 5;
const control = BALANCED_POLICY;
const treatment = BLIND_POLICIES.advertisers;
const rankedOnly = { ...BLIND_POLICIES.creators, levers: {} };
const key = rootKey("assignment");

/** A world that has run for six days under control. */
function warmWorld(options: WholeMarketplaceInput = {}, users = 40): ContentMarketplace {
  const world = makeWholeMarketplace({ users, options: { days: 30, ...options }, key: rootKey("warm") });
  const actor = platformActor(control);
  for (let step = 0; step < 24; step++) {
    void actor.act(world);
    world.step();
  }
  return world;
}

test("with everyone in one arm the world is, byte for byte, the one under that arm's policy", () => {
  const world = warmWorld();
  const before = stateHash(world.privileged);
  for (const [arm, policy] of [
    [0, control],
    [1, treatment],
  ] as const) {
    const run = runExperiment(world, {
      design: { kind: "everyone", arm },
      control,
      treatment,
      days: DAYS,
      key,
      future: 2,
    });
    const twin = world.fork(2);
    const actor = platformActor(policy);
    for (let step = 0; step < 4 * DAYS; step++) {
      void actor.act(twin);
      twin.step();
    }
    expect(stateHash(run.world.privileged)).toBe(stateHash(twin.privileged));
  }
  expect(stateHash(world.privileged)).toBe(before);
});

test("the true effect by forking is compareFrom's, with its interval", async () => {
  const world = warmWorld();
  const markets = wholeMarkets(world, { control, treatment, days: DAYS, futures: 3 });
  const { figures } = await compareFrom(world, {
    first: () => platformActor(control),
    second: () => platformActor(treatment),
    days: DAYS,
    futures: 3,
    discountFactor: 1,
    key,
  });
  for (const [outcome, figure] of [
    ["reward", figures["undiscountedValue"]!],
    ["revenue", figures["revenue"]!],
    ["userValue", figures["userValue"]!],
  ] as const) {
    const truth = trueEffect(markets, "slot-day", outcome);
    expect(truth.effect).toBeCloseTo(figure.difference / DAYS, 12);
    expect(truth.control).toBeCloseTo(figure.first / DAYS, 12);
    expect(truth.interval[0]).toBeCloseTo(figure.interval[0] / DAYS, 12);
    expect(truth.interval[1]).toBeCloseTo(figure.interval[1] / DAYS, 12);
  }
  expect(trueEffect(markets, "slot-day", "revenue").effect).not.toBe(0);
});

test("from a world's first day on, it is comparePolicies'", async () => {
  const settings = { id: "marketplace/content-v1", users: 30, days: DAYS, key: rootKey("whole") } as const;
  const { figures } = await comparePolicies({
    ...settings,
    first: () => platformActor(control),
    second: () => platformActor(treatment),
    worlds: 2,
  });
  let difference = 0;
  for (let w = 0; w < 2; w++) {
    const options = { days: DAYS + 1 };
    const world = makeWholeMarketplace({ users: 30, options, key: foldIn(settings.key, w) });
    const all = (arm: 0 | 1) =>
      runExperiment(world, { design: { kind: "everyone", arm }, control, treatment, days: DAYS, key });
    difference += meanOutcome(all(1), "slot-day", "reward") - meanOutcome(all(0), "slot-day", "reward");
  }
  expect(difference / 2).toBeCloseTo(figures["undiscountedValue"]!.difference / DAYS, 12);
});

test("who has which arm depends on the key, not on the policies", () => {
  const world = warmWorld({ candidates: 120 });
  const designs: MarketplaceDesign[] = [
    { kind: "user" },
    { kind: "cluster" },
    { kind: "decision", treatmentShare: 0.3 },
    { kind: "switchback", length: 1 },
    { kind: "budget-split" },
    { kind: "co-diverted" },
    { kind: "creator" },
    { kind: "two-sided" },
  ];
  for (const design of designs) {
    const arms = (policies: { control: typeof control; treatment: typeof control }, from = key) => {
      const { assignment } = runExperiment(world, { ...policies, design, days: 1, key: from });
      const pages = [0, 1, 2, 3].flatMap((tick) =>
        Array.from({ length: 40 }, (_, user) => assignment.pageArm(user, tick)),
      );
      return [assignment.userArm, assignment.creatorArm, assignment.campaignArm, pages].map(String);
    };
    const drawn = arms({ control, treatment: control });
    expect(arms({ control: rankedOnly, treatment: control })).toEqual(drawn);
    if (design.kind !== "switchback")
      expect(arms({ control, treatment: control }, foldIn(key, 1))).not.toEqual(drawn);
  }
});

test("levers stand by page: without advertising for the treated slots, control's alone bring revenue", () => {
  const run = runExperiment(warmWorld({ levers: { adLoad: 2 } }), {
    design: { kind: "user" },
    control,
    treatment: BLIND_POLICIES.users,
    days: DAYS,
    key,
  });
  const revenue = bySlot(run, "revenue");
  const sum = (arm: number) =>
    revenue.reduce((total, value, user) => total + (run.assignment.userArm[user] === arm ? value : 0), 0);
  expect(sum(1)).toBe(0);
  expect(sum(0)).toBeGreaterThan(0);
});

test("co-diverted users never look at the other part of the corpus", () => {
  const run = runExperiment(warmWorld({ candidates: 120 }), {
    design: { kind: "co-diverted", treatmentShare: 0.4, controlShare: 0.4 },
    control,
    treatment,
    days: DAYS,
    key,
  });
  const { userArm, creatorArm } = run.assignment;
  expect(new Set(userArm)).toEqual(new Set([0, 1, OUTSIDE]));
  let looks = 0;
  run.looks.forEach((count, pair) => {
    if (count === 0) return;
    looks += count;
    expect(creatorArm[pair % run.creators]).toBe(userArm[Math.floor(pair / run.creators)]);
  });
  expect(looks).toBeGreaterThan(200);
});

test("with split budgets a page sells to the campaigns of its own arm only", () => {
  const world = warmWorld({ levers: { adLoad: 3 } });
  let sold = 0;
  for (let days = 1; days <= 4; days++) {
    const run = runExperiment(world, { design: { kind: "budget-split" }, control, treatment, days, key });
    const { userArm, campaignArm } = run.assignment;
    // rows keep their user's last page; those of before the experiment are left out
    const seen = new Set(run.pages.user);
    run.world.privileged.shownCampaign.forEach((campaign, at) => {
      const user = Math.floor(at / run.world.options.slots);
      if (campaign < 0 || !seen.has(user)) return;
      sold++;
      expect(campaignArm[campaign]).toBe(userArm[user]);
    });
  }
  expect(sold).toBeGreaterThan(50);
});

test("creators' treatment acts on treated creators' items", () => {
  const world = warmWorld();
  const boost = {
    name: "boost",
    makeScore() {
      const own = control.makeScore();
      return (...[scores, rows, row]: Parameters<typeof own>) => {
        own(scores, rows, row);
        for (let m = 0; m < scores.length; m++) scores[m] = scores[m]! + 100;
      };
    },
  };
  const run = runExperiment(world, {
    design: { kind: "creator", treatmentShare: 0.3 },
    control,
    treatment: boost,
    days: DAYS,
    key,
  });
  const { creatorArm } = run.assignment;
  let treated = 0;
  let all = 0;
  run.looks.forEach((count, pair) => {
    all += count;
    if (creatorArm[pair % run.creators] === 1) treated += count;
  });
  expect(treated / all).toBeGreaterThan(0.6);
});

test("what a design cannot do is refused, with what is allowed", () => {
  const world = warmWorld();
  const settings = { control, treatment, days: DAYS, key };
  expect(() => runExperiment(world, { ...settings, design: { kind: "creator" } })).toThrow(
    "the design creator cannot set the lever adLoad by arm; allowed: everyone or switchback",
  );
  expect(() =>
    runExperiment(world, {
      ...settings,
      treatment: { ...control, levers: { subsidy: 1 } },
      design: { kind: "user" },
    }),
  ).toThrow("the design user cannot set the lever subsidy by arm");
  expect(() => runExperiment(world, { ...settings, days: 24, design: { kind: "everyone", arm: 0 } })).toThrow(
    "days must be from 1 to fewer than 24",
  );
  expect(() => runExperiment(world, { ...settings, design: { kind: "co-diverted" } })).toThrow(
    "set the option candidates higher than 20",
  );
  expect(() => platformActor({ ...control, levers: { adLoad: 9 } })).toThrow(
    "policy balanced: lever adLoad must be from 0 to 4, got 9",
  );
  expect(() =>
    runExperiment(makeWholeMarketplace({ users: 4 }), { ...settings, design: { kind: "user" } }),
  ).toThrow("start the world");
});
