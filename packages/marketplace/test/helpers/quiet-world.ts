import { rootKey } from "@longview/statistics";
import {
  makeWholeMarketplace,
  randomActor,
  type ContentMarketplace,
  type WholeMarketplaceInput,
} from "../../src/index.ts";

/** Everything but integrity switched off. */
export const QUIET = {
  advertising: { enabled: false },
  agency: { enabled: false },
  following: { enabled: false },
  seasonality: { enabled: false },
} as const satisfies WholeMarketplaceInput;

/** A world of content-v1 of up to 200 days, with integrity alone unless options say more. */
export function quietWorld(
  seed: string | number,
  options: WholeMarketplaceInput = {},
  users = 32,
): ContentMarketplace {
  return makeWholeMarketplace({
    users,
    options: { ...QUIET, days: 200, ...options },
    key: rootKey(seed),
  });
}

/** Runs days under the random policy; `each` is called after every day's end. */
export function live(world: ContentMarketplace, days: number, each: (day: number) => void = () => {}): void {
  const actor = randomActor();
  actor.start?.(world, rootKey("actor"));
  const { stepsPerDay } = world.options;
  for (let step = 1; step <= days * stepsPerDay; step++) {
    void actor.act(world);
    world.step();
    if (step % stepsPerDay === 0) each(world.privileged.clock[0]! / stepsPerDay);
  }
}

export const sum = (values: ArrayLike<number>) => {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
};
