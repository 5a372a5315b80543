import { deriveKey, foldIn, rootKey } from "@longview/statistics";
import { expect, test } from "vitest";
import {
  BALANCED_POLICY,
  BLIND_POLICIES,
  makeWholeMarketplace,
  platformActor,
  simulateWorld,
  STAKEHOLDERS,
  stakeholderChanges,
  stakeholderValues,
  stakeholderWorlds,
  type Stakeholder,
} from "../src/index.ts";
import { ADVERTISING_DAILY } from "../src/content/advertising-columns.ts";

const WORLDS = { key: rootKey("stakeholders"), worlds: 8, users: 64 };

// Paired Student intervals of 99 % over 8 worlds of sixty days. Which of the pairs stand so clearly was seen over 30 worlds
// of another key (docs/tension.md); all 12 directions are there.
const STRONGEST: readonly (readonly [Stakeholder, Stakeholder])[] = [
  ["users", "advertisers"],
  ["users", "platform"],
  ["creators", "users"],
  ["creators", "platform"],
  ["advertisers", "users"],
  ["advertisers", "creators"],
  ["platform", "users"],
  ["platform", "creators"],
];

test("serving one stakeholder blindly harms the others at the defaults", { timeout: 120_000 }, async () => {
  const values = (policy: typeof BALANCED_POLICY) => stakeholderWorlds(() => platformActor(policy), WORLDS);
  const balanced = await values(BALANCED_POLICY);
  for (const served of STAKEHOLDERS) {
    const changes = stakeholderChanges(balanced, await values(BLIND_POLICIES[served]), 0.99);
    for (const [policy, other] of STRONGEST)
      if (policy === served) expect(changes[other].interval[1], `${served} to ${other}`).toBeLessThan(0);
    if (served !== "platform") expect(changes[served].difference, served).toBeGreaterThan(0);
  }
});

test("values are the objectives and the accounts, with payouts of fund and half the revenue", async () => {
  const key = rootKey("accounts");
  const days = 9;
  const users = 32;
  const world = makeWholeMarketplace({ users, options: { days: days + 1 }, key });
  const values = await stakeholderValues(world, platformActor(BALANCED_POLICY), days);
  const { objectives } = await simulateWorld({
    id: "marketplace/content-v1",
    users,
    days,
    key,
    actor: platformActor(BALANCED_POLICY),
    discountFactor: 1,
  });
  const { fund, revenueShare } = world.options.agency.payout;
  expect(values.users).toBeCloseTo(objectives["userValue"]!, 10);
  expect(values.platform).toBeCloseTo((1 - revenueShare) * objectives["revenue"]! - fund * days, 10);

  const twin = makeWholeMarketplace({ users, options: { days: days + 1 }, key });
  const actor = platformActor(BALANCED_POLICY);
  let worth = 0;
  for (let step = 1; step <= 4 * days; step++) {
    void actor.act(twin);
    twin.step();
    const { daily } = twin.privileged.advertising;
    if (step % 4 === 0) worth += daily[ADVERTISING_DAILY.advertiserValue]!;
  }
  expect(values.advertisers).toBeCloseTo(worth / users - objectives["revenue"]!, 10);
});

test("a subsidy goes from the platform to creators", async () => {
  const day = async (subsidy: number) => {
    const world = makeWholeMarketplace({ users: 32, options: { days: 3 }, key: rootKey("subsidy") });
    const policy = { ...BALANCED_POLICY, levers: { subsidy } };
    const values = await stakeholderValues(world, platformActor(policy), 1);
    return { values, world };
  };
  const without = await day(0);
  const { values, world } = await day(0.1);
  const { options } = world;
  // 1.6 pages a slot with 1 + 0.85 + … + 0.85⁴ positions looked at, shared by all creator slots
  const fairShare = (32 * 1.6 * ((1 - 0.85 ** 5) / 0.15)) / options.creators.capacity;
  const living = (options.agency.payout.livingRate / 1000) * fairShare;
  const lost = without.values.platform - values.platform;
  expect(lost).toBeGreaterThan(0);
  expect(values.creators - without.values.creators).toBeCloseTo(lost / living, 8);
});

test("worlds are independent, paired, and start from their own keys", async () => {
  const settings = { key: rootKey("pairs"), worlds: 3, users: 24, options: { days: 4 } };
  const first = await stakeholderWorlds(() => platformActor(BALANCED_POLICY), settings);
  expect(await stakeholderWorlds(() => platformActor(BALANCED_POLICY), settings)).toEqual(first);
  const own = foldIn(settings.key, 1);
  const world = makeWholeMarketplace({ users: 24, options: { days: 5 }, key: own });
  const actor = platformActor(BALANCED_POLICY);
  actor.start?.(world, deriveKey(own, "actor"));
  expect(await stakeholderValues(world, actor, 4)).toEqual(first[1]);
  const same = stakeholderChanges(first, first);
  for (const who of STAKEHOLDERS) expect(same[who].interval).toEqual([0, 0]);
});

test("a world without advertisers or creators' agency is refused", async () => {
  const world = makeWholeMarketplace({
    users: 4,
    options: { advertising: { enabled: false } },
    key: rootKey(1),
  });
  await expect(stakeholderValues(world, platformActor(BALANCED_POLICY), 1)).rejects.toThrow(
    "stakeholders need advertising.enabled and agency.enabled, got false and true",
  );
});
