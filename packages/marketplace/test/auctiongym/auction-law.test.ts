import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bestAdInto, secondPrice } from "../../src/auctiongym/auction-law.ts";
import { drawAuctionCatalogue } from "../../src/auctiongym/catalogue.ts";

const amount = fc.double({ min: 0, max: 3, noNaN: true });
const bidLists = fc.array(amount, { minLength: 2, maxLength: 6 });

function sell(bids: readonly number[], reserve: number): { winner: number; price: number } {
  const price = Float64Array.of(reserve);
  const winner = secondPrice(Float64Array.from(bids), price);
  return { winner, price: price[0]! };
}

describe("second price with a reserve", () => {
  test("the highest bid wins and pays the larger of the second bid and the reserve, as by sorting", () => {
    fc.assert(
      fc.property(bidLists, amount, (bids, reserve) => {
        const sorted = bids.toSorted((a, b) => b - a);
        const { winner, price } = sell(bids, reserve);
        if (sorted[0]! < reserve) expect({ winner, price }).toEqual({ winner: -1, price: 0 });
        else {
          expect(winner).toBe(bids.indexOf(sorted[0]!));
          expect(price).toBe(Math.max(sorted[1]!, reserve));
        }
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  test("truth is dominant by brute force: no other bid of a grid has a higher utility, regret 0", () => {
    const grid = Array.from({ length: 61 }, (_, i) => i * 0.05);
    fc.assert(
      fc.property(amount, bidLists, amount, (worth, others, reserve) => {
        const utility = (bid: number) => {
          const { winner, price } = sell([bid, ...others], reserve);
          return winner === 0 ? worth - price : 0;
        };
        const best = Math.max(...grid.map(utility), ...others.map((bid) => utility(bid + 1e-9)));
        expect(best - utility(worth)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 300, seed: 2 },
    );
  });
});

test("an advertiser enters the ad of the largest value · CTR, as by looking at all of them", () => {
  const [advertisers, ads, dimensions] = [3, 5, 4];
  const catalogue = drawAuctionCatalogue({
    advertisers,
    ads,
    dimensions,
    embeddingDeviation: 1,
    catalogueSeed: 3,
  });
  const context = Float64Array.of(9, 0.3, -1.2, 0.8, 2);
  const out = new Float64Array(6);
  for (let advertiser = 0; advertiser < advertisers; advertiser++) {
    const found = bestAdInto(out, 4, catalogue, advertiser, ads, context, 1, dimensions);
    const all = Array.from({ length: ads }, (_, ad) => {
      const at = advertiser * ads + ad;
      const own = [...catalogue.embeddings.subarray(at * dimensions, (at + 1) * dimensions)];
      const logit = own.reduce((sum, value, d) => sum + value * context[1 + d]!, catalogue.intercepts[at]!);
      const rate = 1 / (1 + Math.exp(-logit));
      return { worth: rate * catalogue.values[at]!, rate };
    });
    const best = all.toSorted((a, b) => b.worth - a.worth)[0]!;
    expect(found).toBe(all.indexOf(best));
    expect(out[4]).toBeCloseTo(best.worth, 14);
    expect(out[5]).toBeCloseTo(best.rate, 14);
  }
});

test("a catalogue has normal embeddings, lognormal values and intercepts in [−4, −3]", () => {
  const { embeddings, values, intercepts } = drawAuctionCatalogue({
    advertisers: 50,
    ads: 40,
    dimensions: 5,
    embeddingDeviation: 2,
    catalogueSeed: 1,
  });
  const moments = (numbers: Float64Array) => {
    const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
    const squares = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return { mean, deviation: Math.sqrt(squares / (numbers.length - 1)), size: numbers.length };
  };
  for (const [{ mean, deviation, size }, expectedMean, expectedDeviation] of [
    [moments(embeddings), 0, 2],
    [moments(values.map(Math.log)), 0.1, 0.2],
    [moments(intercepts), -3.5, Math.sqrt(1 / 12)],
  ] as const) {
    expect(Math.abs(mean - expectedMean)).toBeLessThan((4 * expectedDeviation) / Math.sqrt(size));
    expect(Math.abs(deviation - expectedDeviation)).toBeLessThan(
      (4 * expectedDeviation) / Math.sqrt(2 * size),
    );
  }
  expect(Math.min(...intercepts)).toBeGreaterThan(-4);
  expect(Math.max(...intercepts)).toBeLessThan(-3);
});
