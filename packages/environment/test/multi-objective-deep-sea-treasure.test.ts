import { expect, test } from "vitest";
import {
  chebyshevUtility,
  checkEnvironment,
  deepSeaTreasureFront,
  hypervolume,
  linearUtility,
  makeVectorEnvironment,
  paretoFront,
  simplexWeights,
  type DeepSeaMap,
  type ObjectivePoint,
} from "../src/index.ts";

const MAPS: readonly DeepSeaMap[] = ["convex", "concave"];
const STEPS = [1, 3, 5, 7, 8, 9, 13, 14, 17, 19];
const TREASURES: Readonly<Record<DeepSeaMap, readonly number[]>> = {
  convex: [0.7, 8.2, 11.5, 14, 15.1, 16.1, 19.6, 20.3, 22.4, 23.7],
  concave: [1, 2, 3, 5, 8, 16, 24, 50, 74, 124],
};

/** Sums of objectives of a shortest way to every treasure, found by searching the environment breadth first. */
function searched(map: DeepSeaMap): number[][] {
  const environment = makeVectorEnvironment(`deep-sea-treasure-${map}-v0`, { rowCount: 4 });
  const seen = new Set<string>();
  const ends = new Map<string, number[]>();
  let paths: number[][] = [[]];
  while (paths.length > 0) {
    const longer: number[][] = [];
    for (const path of paths) {
      environment.reset({ seed: 1 });
      let time = 0;
      for (const action of path) {
        environment.action.fill(action);
        environment.step();
        time += environment.objectives[1]!;
      }
      for (let row = 0; row < 4; row++) environment.action[row] = row;
      environment.step();
      for (let row = 0; row < 4; row++) {
        const ended = environment.terminated[row] === 1;
        const after = ended ? environment.finalObservation : environment.observation;
        const cell = after["observation"]!.subarray(2 * row, 2 * row + 2).join();
        if (seen.has(cell)) continue;
        seen.add(cell);
        if (ended)
          ends.set(cell, [environment.objectives[2 * row]!, time + environment.objectives[2 * row + 1]!]);
        else longer.push([...path, row]);
      }
    }
    paths = longer;
  }
  return [...ends.values()];
}

test("the front that a search of the environment finds is the published one, and the one given in closed form", () => {
  for (const map of MAPS) {
    const found = searched(map);
    expect(found.length).toBe(10);
    const front = paretoFront(found)
      .map((i) => found[i]!)
      .sort((a, b) => a[0]! - b[0]!);
    const published = TREASURES[map].map((treasure, i) => [treasure, -STEPS[i]!]);
    expect(front).toEqual(published);
    expect(deepSeaTreasureFront(map).map((point) => [...point])).toEqual(published);
  }
});

test("the fronts' hypervolumes are 401.8 and 1155.0 undiscounted at (0, −25), 854.85 and 3688.38 at discount 0.99 and (0, −50)", () => {
  expect(hypervolume(deepSeaTreasureFront("convex"), [0, -25])).toBeCloseTo(401.8, 9);
  expect(hypervolume(deepSeaTreasureFront("concave"), [0, -25])).toBeCloseTo(1155, 9);
  expect(hypervolume(deepSeaTreasureFront("convex", 0.99), [0, -50])).toBeCloseTo(854.85, 2);
  expect(hypervolume(deepSeaTreasureFront("concave", 0.99), [0, -50])).toBeCloseTo(3688.38, 2);
  expect(() => deepSeaTreasureFront("convex", 0)).toThrow("discountFactor must be in (0, 1], got 0");
});

/** Indices of points that are the only optimum of a utility. */
function onlyOptima(points: readonly ObjectivePoint[], utility: (point: ObjectivePoint) => number): number[] {
  const utilities = points.map(utility);
  const best = Math.max(...utilities);
  const optima = utilities.flatMap((value, i) => (best - value < 1e-9 ? [i] : []));
  return optima.length === 1 ? optima : [];
}

test("weighted sums reach 9 of the convex and 2 of the concave front's points, Chebyshev utilities all 10", () => {
  for (const [map, reached] of [
    ["convex", 9],
    ["concave", 2],
  ] as const) {
    const front = deepSeaTreasureFront(map);
    // Exact: which point is best changes only at weights where two points are equal. One weight inside each interval is enough.
    const critical = front
      .flatMap((a, i) => front.slice(i + 1).map((b) => (a[1] - b[1]) / (a[1] - b[1] + b[0] - a[0])))
      .sort((a, b) => a - b);
    const bounds = [0, ...critical, 1];
    const linear = new Set(
      bounds.slice(1).flatMap((bound, i) => {
        const weight = (bound + bounds[i]!) / 2;
        return onlyOptima(front, (point) => linearUtility(point, [weight, 1 - weight]));
      }),
    );
    expect({ map, reached: linear.size }).toEqual({ map, reached });
    const utopia = [front.at(-1)![0] + 1, 0];
    const chebyshev = new Set(
      front.flatMap((target) => {
        const weights = target.map((value, i) => 1 / (utopia[i]! - value));
        return onlyOptima(front, (point) => chebyshevUtility(point, weights, utopia));
      }),
    );
    expect(chebyshev.size).toBe(10);
  }
});

test("a plain sweep of 1,000 Chebyshev weights over scaled objectives finds all 10 points of both fronts", () => {
  for (const map of MAPS) {
    const front = deepSeaTreasureFront(map);
    const most = front.at(-1)![0];
    const scaled = front.map(([treasure, time]) => [treasure / most, time / 19]);
    const found = new Set(
      simplexWeights(2, 999).flatMap((weights) =>
        onlyOptima(scaled, (point) => chebyshevUtility(point, weights, [1.01, 0])),
      ),
    );
    expect(found.size).toBe(10);
  }
});

test("rock and edges hold the submarine, a step costs 1, and 100 steps truncate", () => {
  const environment = makeVectorEnvironment("deep-sea-treasure-convex-v0");
  expect(environment.objectiveNames).toEqual(["treasure", "time"]);
  environment.reset({ seed: 1 });
  const act = (action: number): number[] => {
    environment.action[0] = action;
    environment.step();
    return [...environment.observation["observation"]!].map((value) => Math.round(10 * value));
  };
  expect(act(0)).toEqual([0, 0]);
  expect(act(2)).toEqual([0, 0]);
  // East, then down to row 1 of column 1; west of it lies the treasure 0.7.
  expect(act(3)).toEqual([0, 1]);
  expect(act(1)).toEqual([1, 1]);
  expect([environment.reward[0], ...environment.objectives]).toEqual([-1, 0, -1]);
  act(2);
  expect(environment.terminated[0]).toBe(1);
  expect(environment.reward[0]).toBeCloseTo(-0.3, 12);
  expect([...environment.objectives]).toEqual([0.7, -1]);
  // Above row 4 of column 6 on the way to row 7: the rock under column 5 lies to the west.
  for (let i = 0; i < 6; i++) act(3);
  for (let i = 0; i < 5; i++) act(1);
  expect(act(2)).toEqual([5, 6]);
  environment.reset({ seed: 1 });
  for (let i = 0; i < 99; i++) act(0);
  expect(environment.truncated[0]).toBe(0);
  act(0);
  expect([environment.terminated[0], environment.truncated[0]]).toEqual([0, 1]);
});

test("seen as cells the environments conform too, and say where the submarine is", () => {
  for (const map of MAPS) {
    const id = `deep-sea-treasure-${map}-v0`;
    checkEnvironment((rowCount) => makeVectorEnvironment(id, { rowCount, observation: "cell" }), {
      throwing: true,
    });
    const environment = makeVectorEnvironment(id, { observation: "cell" });
    environment.reset({ seed: 1 });
    environment.action[0] = 3;
    environment.step();
    expect(environment.observation["observation"]!.indexOf(1)).toBe(1);
  }
});
