import { foldIn, rootKey, uniform } from "@longview/statistics";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { enumerateContentGame, type ContentGame } from "../src/equilibrium/content-game.ts";
import {
  bestResponseDynamics,
  betterResponses,
  deviate,
  exploitability,
  potentialViolation,
  priceOfAnarchy,
  profileCount,
  pureEquilibria,
  strategyOf,
  type NormalFormGame,
} from "../src/equilibrium/normal-form-game.ts";

/** Scores, costs and shapes drawn at random: up to 4 creators of up to 3 contents, in three dimensions. */
function randomGame(seed: number): ContentGame {
  const key = foldIn(rootKey("content game"), seed);
  let draws = 0;
  const draw = () => uniform(key, 0, draws++);
  const embedding = (scale: number) => [0, 1, 2].map(() => scale * draw());
  const creators = Array.from({ length: 2 + Math.floor(3 * draw()) }, () =>
    Array.from({ length: 2 + Math.floor(2 * draw()) }, () => ({
      embedding: embedding(2),
      cost: 0.3 * draw(),
    })),
  );
  return {
    users: Array.from({ length: 3 + Math.floor(5 * draw()) }, () => embedding(1)),
    creators,
    topK: 1 + Math.floor(3 * draw()),
    temperature: 0.1 + draw(),
  };
}

const seeds = fc.integer({ min: 0, max: 1e6 });

/** By profile: what welfare is left of, after the creators' costs. */
function surplus(welfare: Float64Array, costs: Float64Array): Float64Array {
  return welfare.map((value, profile) => value - costs[profile]!);
}

describe("the content game", () => {
  test("paid by welfare has welfare minus costs as an exact potential, so each better response raises it", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { game, welfare, costs } = enumerateContentGame(randomGame(seed), "welfare");
        const potential = surplus(welfare, costs);
        expect(potentialViolation(game, potential)).toBeLessThan(1e-12);
        for (let profile = 0; profile < potential.length; profile++)
          for (const response of betterResponses(game, profile, 1e-9))
            expect(potential[response.profile]! - potential[profile]!).toBeCloseTo(response.gain, 11);
      }),
      { numRuns: 40 },
    );
  });

  test("paid by welfare always has a pure equilibrium: its best profile is one, and the dynamics end", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { game, welfare, costs } = enumerateContentGame(randomGame(seed), "welfare");
        const potential = surplus(welfare, costs);
        expect(pureEquilibria(game)).toContain(potential.indexOf(Math.max(...potential)));
        expect(bestResponseDynamics(game, 0).converged).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test("paid by exposure or engagement lowers welfare by some better responses, and has games that cycle", () => {
    for (const payout of ["exposure", "engagement"] as const) {
      let falls = 0;
      let cycles = 0;
      for (let seed = 0; seed < 100; seed++) {
        const { game, welfare, costs } = enumerateContentGame(randomGame(seed), payout);
        const value = surplus(welfare, costs);
        const fell = [...value.keys()].some((profile) =>
          betterResponses(game, profile, 1e-9).some(
            ({ profile: next }) => value[next]! < value[profile]! - 1e-9,
          ),
        );
        if (fell) falls++;
        if (!bestResponseDynamics(game, 0).converged) cycles++;
      }
      expect(falls, payout).toBeGreaterThan(50);
      expect(cycles, payout).toBeGreaterThan(0);
    }
  });

  test("one creator and one user: chance, minutes and marginal welfare of a closed form", () => {
    const content: ContentGame = {
      users: [[1, 2]],
      creators: [[{ embedding: [0.5, 0.25], cost: 0.1 }]],
      topK: 1,
      temperature: 0.5,
    };
    const chance = Math.exp(2) / (1 + Math.exp(2));
    const utility = (payout: "exposure" | "engagement" | "welfare") =>
      enumerateContentGame(content, payout).game.utilities[0]![0]!;
    expect(utility("exposure")).toBeCloseTo(chance - 0.1, 14);
    expect(utility("engagement")).toBeCloseTo(chance - 0.1, 14);
    expect(utility("welfare")).toBeCloseTo(0.5 * Math.log(1 + Math.exp(2)) - 0.1, 14);
  });

  test("only the top K are chosen, and chances of two equal contents are equal", () => {
    const same = { embedding: [1], cost: 0 };
    const content = { users: [[1]], creators: [[same], [same]], temperature: 1 };
    const utilities = (topK: number) =>
      enumerateContentGame({ ...content, topK }, "exposure").game.utilities.map((values) => values[0]!);
    expect(utilities(2)[0]).toBeCloseTo(Math.E / (1 + 2 * Math.E), 14);
    expect(utilities(2)[1]).toBe(utilities(2)[0]);
    expect(utilities(1)[0]).toBeCloseTo(Math.E / (1 + Math.E), 14);
    expect(utilities(1)[1]).toBe(0);
  });

  test("tells what is out of range", () => {
    const content = randomGame(1);
    expect(() => enumerateContentGame({ ...content, topK: 0 }, "welfare")).toThrow(
      /topK must be >= 1, got 0/,
    );
    expect(() => enumerateContentGame({ ...content, temperature: 0 }, "welfare")).toThrow(
      /temperature must be > 0/,
    );
    expect(() => enumerateContentGame({ ...content, creators: [[]] }, "welfare")).toThrow(
      /creator 0 has nothing/,
    );
  });
});

describe("a game in full", () => {
  const prisoners: NormalFormGame = {
    strategyCounts: [2, 2],
    utilities: [Float64Array.of(-1, 0, -3, -2), Float64Array.of(-1, -3, 0, -2)],
  };
  const pennies: NormalFormGame = {
    strategyCounts: [2, 2],
    utilities: [Float64Array.of(1, -1, -1, 1), Float64Array.of(-1, 1, 1, -1)],
  };

  test("numbers its profiles with the first player fastest, and back", () => {
    const game = { strategyCounts: [2, 3, 4], utilities: [] };
    expect(profileCount(game.strategyCounts)).toBe(24);
    const profile = 1 + 2 * 2 + 3 * 6;
    expect([0, 1, 2].map((player) => strategyOf(game, profile, player))).toEqual([1, 2, 3]);
    expect(deviate(game, profile, 1, 0)).toBe(1 + 3 * 6);
  });

  test("the prisoners' dilemma: one equilibrium, both defect", () => {
    expect(pureEquilibria(prisoners)).toEqual([3]);
    expect(bestResponseDynamics(prisoners, 0)).toMatchObject({ converged: true });
    // welfare shifted to be positive: 6 − 2 = 4 of cooperation over 6 − 4 = 2 of the equilibrium
    expect(priceOfAnarchy(prisoners, Float64Array.of(4, 3, 3, 2))).toBe(2);
  });

  test("matching pennies: no pure equilibrium, the dynamics cycle, and only the even mix cannot be exploited", () => {
    expect(pureEquilibria(pennies)).toEqual([]);
    expect(priceOfAnarchy(pennies, new Float64Array(4).fill(1))).toBeUndefined();
    expect(bestResponseDynamics(pennies, 0).converged).toBe(false);
    const even = Float64Array.of(0.5, 0.5);
    expect(exploitability(pennies, [even, even])).toBeCloseTo(0, 14);
    // a player who plays heads with 0.75 gives the other 0.5 above the value of the game
    expect(exploitability(pennies, [Float64Array.of(0.75, 0.25), even])).toBeCloseTo(0.5, 14);
    expect(() => exploitability(pennies, [even])).toThrow(/player 1 has 2 strategies, got no chances/);
  });

  test("exploitability of a pure profile is the sum of the best gains", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { game, welfare } = enumerateContentGame(randomGame(seed), "exposure");
        const profile = seed % welfare.length;
        const pure = game.strategyCounts.map((count, player) => {
          const chances = new Float64Array(count);
          chances[strategyOf(game, profile, player)] = 1;
          return chances;
        });
        const gains = game.strategyCounts.map(() => 0);
        for (const { player, gain } of betterResponses(game, profile, 0))
          gains[player] = Math.max(gains[player]!, gain);
        expect(exploitability(game, pure)).toBeCloseTo(
          gains.reduce((a, b) => a + b),
          12,
        );
      }),
      { numRuns: 20 },
    );
  });
});
