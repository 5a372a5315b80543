import { checkEnvironment, makeVectorEnvironment, registerEnvironments } from "@longview/environment";
import { rootKey } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import {
  highestAffinityProduct,
  mostClickableProduct,
  mostViewedProduct,
  randomProducts,
  recogymClusterOptions,
  RecogymClusters,
  recogymDefinitions,
  RecogymLatent,
  recogymLatentOptions,
  type ProductPolicy,
} from "../../src/recogym/index.ts";
import { distance, runVisits } from "./visits.ts";

registerEnvironments(recogymDefinitions);

/** Sum of part of an observation buffer. */
function total(buffer: Float32Array | Uint8Array, from = 0, to = buffer.length): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += buffer[i]!;
  return sum;
}

describe.each(recogymDefinitions.map((definition) => definition.id))("%s", (id) => {
  test("keeps every rule of the conformance kit", () => {
    // Users who leave soon, so that visits end within the kit's steps.
    const make = (rowCount: number) => makeVectorEnvironment(id, { rowCount, leaveOrganic: 0.1 });
    expect(checkEnvironment(make, { ticks: 150 })).toEqual([]);
  });

  test("a row's history does not depend on how many rows stand beside it", () => {
    const seen = (rowCount: number) => {
      const world = makeVectorEnvironment(id, { rowCount, leaveOrganic: 0.1 });
      world.reset({ seed: 11 });
      const values: number[] = [];
      for (let i = 0; i < 200; i++) {
        world.action.fill(i % 10);
        world.step();
        values.push(...world.reward.subarray(0, 2), ...world.observation["observation"]!.subarray(0, 40));
      }
      return values;
    };
    expect(seen(2)).toEqual(seen(9));
  });

  test("the horizon truncates, leaving terminates, and the two are never confused", () => {
    const world = makeVectorEnvironment(id, { rowCount: 200, horizon: 5 });
    world.reset({ seed: 3 });
    for (let i = 0; i < 5; i++) world.step();
    const { terminated, truncated } = world;
    expect(truncated.filter((flag) => flag === 1).length).toBeGreaterThan(150);
    expect(terminated.every((flag, row) => flag + truncated[row]! <= 1)).toBe(true);
  });

  test("an action that is no product is refused in one line", () => {
    const world = makeVectorEnvironment(id, { rowCount: 2 });
    world.reset({ seed: 1 });
    world.action.set([3, 10]);
    expect(() => world.step()).toThrow(/action of row 1 is product 10, allowed 0 … 9$/);
  });

  test("options are checked, with their path", () => {
    expect(() => makeVectorEnvironment(id, { organicToBandit: 0.995 })).toThrow(/options\.organicToBandit/);
    expect(() => makeVectorEnvironment(id, { product: 3 })).toThrow(/options\.product: no such option/);
  });

  test("the product viewed last is one of those viewed, and views only grow within a visit", () => {
    const world = makeVectorEnvironment(id, { rowCount: 1 });
    world.reset({ seed: 5 });
    const observation = world.observation["observation"]!;
    let before = 0;
    for (let i = 0; i < 400; i++) {
      const views = [...observation.subarray(0, 10)];
      const last = [...observation.subarray(10, 20)];
      expect(last.filter((flag) => flag === 1)).toHaveLength(1);
      expect(views[last.indexOf(1)]).toBeGreaterThan(0);
      const total = views.reduce((sum, value) => sum + value, 0);
      expect(total).toBeGreaterThanOrEqual(before);
      world.step();
      before = world.terminated[0] === 1 ? 0 : total;
    }
  });
});

test("v0's clusters must divide its products", () => {
  expect(() => makeVectorEnvironment(recogymDefinitions[0].id, { clusters: 3 })).toThrow(/options\.clusters/);
});

/**
 * Recommendations of a visit that has any, when every one is clicked with the same probability: `n = 1 + s·n + o·ρ·n`, where
 * `s` is the chance to stay, `o` that organic views follow, and `ρ` that a recommendation follows these.
 */
function expectedLength(click: number, leave: number): number {
  const organic = click + (1 - click) * 0.05;
  const stay = (1 - click) * (1 - 0.05 - leave);
  return 1 / (1 - stay - (organic * 0.25) / (0.25 + 0.01));
}

test.each([
  ["RecoGym's rule", {}, 0.01],
  ["mended", { leaveRule: "mended", leaveBandit: 0.03 }, 0.03],
] as const)("visits are as long as the closed form of the chain says: %s", (_, options, leave) => {
  // One cluster without noise: every click has probability σ(2/5 − 5).
  const input = { clusters: 1, logitNoiseDeviation: 0, ...options };
  const world = new RecogymClusters(recogymClusterOptions.parse(input), 500);
  world.reset({ seed: 21 });
  const click = 1 / (1 + Math.exp(4.6));
  const { clickRate, length } = runVisits(world, randomProducts(10, rootKey(4)), 10);
  expect(distance(clickRate, [click, 0])).toBeLessThanOrEqual(4);
  expect(distance(length, [expectedLength(click, leave), 0])).toBeLessThanOrEqual(4);
});

test("a click leads to organic views, also where the user was about to leave", () => {
  // Ten clusters of one product: a user is clicked with probability σ(4 − 5) on the one product that they view.
  const input = { clusters: 10, logitNoiseDeviation: 0, banditToOrganic: 0, leaveOrganic: 0.2 };
  const world = new RecogymClusters(recogymClusterOptions.parse(input), 500);
  world.reset({ seed: 9 });
  const policy = mostViewedProduct(10);
  const views = () =>
    Array.from({ length: 500 }, (_, row) =>
      total(world.observation["observation"]!, 20 * row, 20 * row + 10),
    );
  let clicks = 0;
  let leavers = 0;
  for (let i = 0; i < 20; i++) {
    const before = views();
    policy(world);
    world.step();
    views().forEach((after, row) => {
      clicks += world.reward[row]!;
      leavers += world.reward[row]! * world.terminated[row]!;
      if (world.terminated[row] === 1) return;
      if (world.reward[row] === 1) expect(after).toBeGreaterThan(before[row]!);
      else expect(after).toBe(before[row]);
    });
  }
  const click = 1 / (1 + Math.E);
  expect(Math.abs(clicks - 10_000 * click)).toBeLessThan(4 * Math.sqrt(10_000 * click * (1 - click)));
  // After a click only the organic views end a visit: 0.2 against 0.25.
  const share = 0.2 / 0.45;
  expect(Math.abs(leavers - clicks * share)).toBeLessThan(4 * Math.sqrt(clicks * share * (1 - share)));
});

test("v1's organic views follow the softmax of popularity when users have no interests", () => {
  const input = { initialDeviation: 0, driftDeviation: 0, products: 4, popularityDeviation: 1 };
  const world = new RecogymLatent(recogymLatentOptions.parse(input), 4000);
  world.reset({ seed: 13 });
  const weights = [...world.catalogue.viewOffsets].map((offset) => Math.exp(offset));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const observation = world.observation["observation"]!;
  weights.forEach((weight, product) => {
    let last = 0;
    for (let row = 0; row < 4000; row++) last += observation[8 * row + 4 + product]!;
    const share = weight / total;
    expect(Math.abs(last - 4000 * share)).toBeLessThan(4 * Math.sqrt(4000 * share * (1 - share)));
  });
});

test("v1's interests move with organic views alone, as a random walk", () => {
  const options = recogymLatentOptions.parse({ showInterests: true, initialDeviation: 0, leaveOrganic: 0 });
  const world = new RecogymLatent(options, 4000);
  world.reset({ seed: 17 });
  const observation = world.observation["observation"]!;
  // The first `v` views make `v − 1` moves of deviation 0.1 in each of five interests.
  let squares = 0;
  let moves = 0;
  for (let row = 0; row < 4000; row++) {
    moves += total(observation, 25 * row, 25 * row + 10) - 1;
    for (let i = 25 * row + 20; i < 25 * (row + 1); i++) squares += observation[i]! ** 2;
  }
  // The moves m of a visit are geometric, E m = 3 and E m² = 21; the variance of the ratio is 0.4 · E m² / (E m)² / rows.
  expect(Math.abs(squares / (moves * 5 * 0.01) - 1)).toBeLessThan(4 * Math.sqrt((0.4 * 21) / 9 / 4000));
  const before = observation.slice();
  world.step();
  for (let row = 0; row < 4000; row++) {
    const views = (from: Float32Array | Uint8Array) => total(from, 25 * row, 25 * row + 10);
    if (world.terminated[row] === 1 || views(observation) > views(before)) continue;
    const interests = (from: Float32Array | Uint8Array) => from.slice(25 * row + 20, 25 * row + 25);
    expect(interests(observation)).toEqual(interests(before));
  }
});

describe("policies rank as their knowledge: random, most viewed, privileged", () => {
  test("v0", () => {
    const rate = (policy: ProductPolicy<RecogymClusters>) => {
      const world = new RecogymClusters(recogymClusterOptions.parse({}), 300);
      world.reset({ seed: 2 });
      return runVisits(world, policy, 4).clickRate[0];
    };
    const random = rate(randomProducts(10, rootKey(1)));
    expect(rate(mostViewedProduct(10))).toBeGreaterThan(random * 1.15);
    expect(rate(mostClickableProduct(10))).toBeGreaterThan(random * 1.5);
  });

  test("v1", () => {
    const rate = (policy: ProductPolicy<RecogymLatent>) => {
      const world = new RecogymLatent(recogymLatentOptions.parse({ showInterests: true }), 300);
      world.reset({ seed: 2 });
      return runVisits(world, policy, 4).clickRate[0];
    };
    const random = rate(randomProducts(10, rootKey(1)));
    expect(rate(mostViewedProduct(10))).toBeGreaterThan(random * 1.3);
    expect(rate(highestAffinityProduct(10))).toBeGreaterThan(random * 1.3);
  });

  test("v1's privileged policy asks for a world that shows the interests", () => {
    const world = new RecogymLatent(recogymLatentOptions.parse({}), 1);
    world.reset({ seed: 1 });
    expect(() => highestAffinityProduct(10)(world)).toThrow(/showInterests: true/);
  });
});
