import { foldIn, rootKey } from "@longview/statistics";
import { expect, test } from "vitest";
import {
  MECHANISMS_OFF,
  makeWholeMarketplace,
  popularActor,
  type WholeMarketplaceInput,
} from "../src/index.ts";
import { leaveProbability } from "../src/laws/creators.ts";

function world(agency: WholeMarketplaceInput["agency"], more: WholeMarketplaceInput = {}) {
  const environment = makeWholeMarketplace({
    users: 48,
    options: { ...MECHANISMS_OFF, days: 60, ...more, agency },
    key: foldIn(rootKey("agency supply"), 0),
  });
  popularActor().start?.(environment, rootKey("play"));
  return environment;
}

function play(environment: ReturnType<typeof world>, days: number): void {
  const actor = popularActor();
  for (let step = 0; step < days * environment.options.stepsPerDay; step++) {
    void actor.act(environment);
    environment.step();
  }
}

test("fixed creators are those of a world without agents, whatever they are paid by", () => {
  const without = world({ enabled: false });
  const fixed = world({ mode: "fixed", payout: { by: "welfare" } });
  const bytes = (columns: Readonly<Record<string, NodeJS.TypedArray>>) =>
    Buffer.concat(
      Object.values(columns).map((column) =>
        Buffer.from(column.buffer, column.byteOffset, column.byteLength),
      ),
    );
  for (let day = 0; day < 30; day++) {
    for (const environment of [without, fixed]) play(environment, 1);
    const [one, two] = [without.privileged, fixed.privileged];
    expect(two.reward).toEqual(one.reward);
    for (const part of ["creators", "items", "users"] as const)
      expect(bytes(two[part]).equals(bytes(one[part])), `${part}, day ${day}`).toBe(true);
  }
});

test("agents leave by what they earn: with a better fund they are motivated and stay", () => {
  const read = (fund: number) => {
    const environment = world({ payout: { fund } }, { creators: { entryRate: 0 } });
    play(environment, 40);
    const { creators } = environment.privileged;
    return creators.alive.reduce((sum, bit) => sum + bit, 0);
  };
  const [poor, rich] = [read(0), read(0.4)];
  expect(rich).toBeGreaterThan(poor + 5);
});

test("agents make as many items as they choose, whatever their motivation", () => {
  const environment = world(
    { revision: 0 },
    { items: { capacity: 2000 }, creators: { entryRate: 0, leaveRate: 0 } },
  );
  const { items, agency, creators, clock } = environment.privileged;
  agency.volume.fill(2);
  creators.motivation.fill(0.01);
  play(environment, 1);
  const present = creators.alive.reduce((sum, bit) => sum + bit, 0);
  const made = [...items.alive.keys()].filter(
    (item) => items.alive[item] === 1 && items.bornAt[item] === clock[0],
  );
  // a volume of whole items is made exactly
  expect(made).toHaveLength(2 * present);
  expect(leaveProbability(0, environment.options.creators)).toBe(0);
});
