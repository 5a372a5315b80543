import { foldIn, rootKey, uniform } from "@longview/statistics";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { creatorCost, creatorCostOptions } from "../src/laws/creator-cost.ts";
import { drawnStrategy, exponentialWeightsInto } from "../src/laws/creator-learning.ts";
import {
  attraction,
  contestShare,
  contestSlope,
  DEVIATION,
  isWithinAttraction,
  marketSlopesInto,
} from "../src/laws/creator-market.ts";
import {
  agencyOptions,
  baitOf,
  BAITS,
  effortOf,
  EFFORTS,
  motivationTarget,
  styleOf,
  STYLES,
  volumeOf,
  VOLUMES,
} from "../src/laws/creator-strategy.ts";

describe("strategies", () => {
  test("are numbered without gaps, and back", () => {
    const numbers = VOLUMES.flatMap((_, v) =>
      EFFORTS.flatMap((__, e) =>
        BAITS.map((___, b) => {
          const style = styleOf(v, e, b);
          expect([volumeOf(style), effortOf(style), baitOf(style)]).toEqual([v, e, b]);
          return style;
        }),
      ),
    );
    expect(numbers).toEqual(Array.from({ length: STYLES }, (_, i) => i));
  });

  test("cost more the more, the better, the further from one's taste and from one's topic", () => {
    const options = creatorCostOptions.parse({ volume: 0.1, effort: 0.5, taste: 0.2, topic: 0.3 });
    expect(creatorCost(2, 0.5, -1, 1, options)).toBeCloseTo(0.4 + 0.25 + 0.2 + 0.3, 12);
    expect(creatorCost(0, 1, 0, 0, options)).toBe(0);
  });

  test("motivation is aimed at 0 without utility and rises toward 1", () => {
    const options = agencyOptions.parse({ viability: 2 });
    expect(motivationTarget(-3, options)).toBe(0);
    expect(motivationTarget(0.5, options)).toBeCloseTo(1 - Math.exp(-1), 12);
  });
});

describe("the market", () => {
  test("shares are a contest: creators who climb its slope meet at the known equilibrium D (n − 1) / (n² c)", () => {
    for (const n of [2, 3, 8]) {
      const [demand, cost] = [5, 0.7];
      const own = new Float64Array(n).map((_, i) => 0.2 + i / n);
      for (let round = 0; round < 4000; round++)
        for (let i = 0; i < n; i++) {
          const others = own.reduce((sum, value) => sum + value, 0) - own[i]!;
          own[i] = Math.max(1e-3, own[i]! + 0.2 * (demand * contestSlope(own[i]!, others) - cost));
        }
      for (const value of own) expect(value).toBeCloseTo((demand * (n - 1)) / (n * n * cost), 6);
    }
  });

  test("the slope of a share is its derivative", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 50, noNaN: true }),
        fc.double({ min: 0.1, max: 50, noNaN: true }),
        (x, y) => {
          const step = 1e-5;
          const difference = (contestShare(x + step, y) - contestShare(x - step, y)) / (2 * step);
          expect(Math.abs(contestSlope(x, y) - difference)).toBeLessThan(1e-7);
        },
      ),
    );
  });

  test("attraction is linear within its bounds", () => {
    expect(attraction(0.2, -0.1, 2, 1)).toBeCloseTo(1.3, 12);
    expect(attraction(-1, 0, 9, 0)).toBe(0.05);
    expect(attraction(1, 0, 9, 0)).toBe(5);
    expect([0.05, 1, 5].map(isWithinAttraction)).toEqual([false, true, false]);
  });

  test("slopes of a noiseless plane are found up to the ridge, and minimise the penalised squares", () => {
    const key = rootKey("plane");
    const points = Array.from({ length: 60 }, (_, i) => {
      const [quality, bait] = [uniform(key, i, 0) - 0.5, uniform(key, i, 1) - 0.5];
      return { quality, bait, credit: 1.5 * quality - 0.8 * bait };
    });
    const sums = new Float64Array(DEVIATION.length);
    for (const { quality, bait, credit } of points)
      [quality * quality, bait * bait, quality * bait, quality * credit, bait * credit].forEach(
        (product, place) => (sums[place] = sums[place]! + product),
      );
    const slopes = new Float64Array(4);
    marketSlopesInto(slopes, 2, sums, 1e-9);
    expect(slopes[2]).toBeCloseTo(1.5, 6);
    expect(slopes[3]).toBeCloseTo(-0.8, 6);
    expect(slopes[0]).toBe(0);
    marketSlopesInto(slopes, 0, sums, 2);
    const loss = (q: number, b: number) =>
      points.reduce((total, p) => total + (p.credit - q * p.quality - b * p.bait) ** 2, 2 * (q * q + b * b));
    const least = loss(slopes[0]!, slopes[1]!);
    for (const [q, b] of [
      [0.01, 0],
      [-0.01, 0],
      [0, 0.01],
      [0, -0.01],
    ] as const)
      expect(loss(slopes[0]! + q, slopes[1]! + b)).toBeGreaterThan(least);
  });

  test("slopes are bounded", () => {
    const sums = new Float64Array(DEVIATION.length);
    sums[DEVIATION.qualityCredit] = 1e6;
    sums[DEVIATION.baitCredit] = -1e6;
    const slopes = new Float64Array(2);
    marketSlopesInto(slopes, 0, sums, 1);
    expect([...slopes]).toEqual([10, -10]);
  });
});

describe("exponential weights", () => {
  test("keep the regret bound ln n / η + η T / 8 against random and against spiteful utilities", () => {
    const [strategies, rounds] = [6, 400];
    const rate = Math.sqrt((8 * Math.log(strategies)) / rounds);
    const bound = Math.log(strategies) / rate + (rate * rounds) / 8;
    for (const spiteful of [false, true]) {
      const cumulative = new Float64Array(strategies);
      const chances = new Float64Array(strategies);
      let earned = 0;
      for (let round = 0; round < rounds; round++) {
        exponentialWeightsInto(chances, cumulative, 0, rate);
        const favourite = chances.indexOf(Math.max(...chances));
        for (let i = 0; i < strategies; i++) {
          const utility = spiteful
            ? i === favourite
              ? 0
              : 1
            : uniform(foldIn(rootKey("regret"), round), i, 0);
          earned += chances[i]! * utility;
          cumulative[i] = cumulative[i]! + utility;
        }
      }
      expect(Math.max(...cumulative) - earned).toBeLessThanOrEqual(bound);
    }
  });

  test("are the softmax of the sums, at the offset, without overflow", () => {
    const chances = new Float64Array(2);
    exponentialWeightsInto(chances, Float32Array.of(9, 9, 2000, 2001), 2, 1);
    expect(chances[1]).toBeCloseTo(Math.E / (1 + Math.E), 12);
  });

  test("draw each strategy as often as its chance says", () => {
    const chances = Float64Array.of(0.1, 0.6, 0.3);
    const counts = [0, 0, 0];
    const draws = 20_000;
    const uniforms = new Float64Array(1);
    for (let i = 0; i < draws; i++) {
      uniforms[0] = uniform(rootKey("strategies"), i, 0);
      const strategy = drawnStrategy(chances, uniforms, 0);
      counts[strategy] = counts[strategy]! + 1;
    }
    counts.forEach((count, i) => {
      const deviation = Math.sqrt(draws * chances[i]! * (1 - chances[i]!));
      expect(Math.abs(count - draws * chances[i]!)).toBeLessThan(4 * deviation);
    });
  });
});
