import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PageAuction } from "../src/laws/page-auction.ts";
import { sellBySecondPrice, spreadPlaces } from "../src/laws/second-price-auction.ts";
import { sellByExternality } from "../src/laws/vickrey-auction.ts";

interface Case {
  /** Never rising. */
  readonly examination: readonly number[];
  readonly organicValue: readonly number[];
  readonly bid: readonly number[];
  readonly click: readonly number[];
  readonly reserve: number;
  readonly first: number;
  readonly most: number;
}

type Sell = (page: PageAuction, given: Case) => void;

const vickrey: Sell = (page, { bid, first, most }) => sellByExternality(page, bid.length, first, most);
const secondPrice: Sell = (page, { bid, first, most, examination }) => {
  const places = new Int32Array(examination.length);
  const count = Math.min(most, examination.length - first);
  spreadPlaces(places, count, first, examination.length);
  sellBySecondPrice(page, bid.length, places, count);
};

function run(given: Case, sell: Sell): PageAuction {
  const page = new PageAuction(given.examination.length, given.bid.length);
  page.examination.set(given.examination);
  page.organicValue.set(given.organicValue);
  page.bid.set(given.bid);
  page.click.set(given.click);
  page.reserve[0] = given.reserve;
  sell(page, given);
  return page;
}

/** What bidder `i` of this value gains from a page, expected. */
function gain(page: PageAuction, given: Case, i: number, value: number): number {
  const place = page.winner.indexOf(i);
  if (place < 0) return 0;
  return given.examination[place]! * given.click[i]! * (value - page.price[place]!);
}

/** What bidder `i` pays for a page, expected. */
function paid(page: PageAuction, given: Case, i: number): number {
  const place = page.winner.indexOf(i);
  return place < 0 ? 0 : given.examination[place]! * given.click[i]! * page.price[place]!;
}

function revenue(page: PageAuction, given: Case): number {
  return given.bid.reduce((sum, _, i) => sum + paid(page, given, i), 0);
}

/** Total of a page: sponsored clicks at their bids above the reserve, organic looks at their value. */
function totalOf(winner: ArrayLike<number>, given: Case, but = -1): number {
  let total = 0;
  let organic = 0;
  for (let j = 0; j < given.examination.length; j++) {
    const i = winner[j]!;
    const worth = i < 0 ? given.organicValue[organic++]! : (given.bid[i]! - given.reserve) * given.click[i]!;
    if (i < 0 || i !== but) total += given.examination[j]! * worth;
  }
  return total;
}

/** Every page there is: each position organic or any bidder who may win, nobody twice. */
function* everyPage(given: Case, absent: number): Generator<number[]> {
  function* extend(page: number[]): Generator<number[]> {
    const j = page.length;
    if (j === given.examination.length) {
      yield page;
      return;
    }
    yield* extend([...page, -1]);
    if (j < given.first || page.filter((i) => i >= 0).length >= given.most) return;
    for (let i = 0; i < given.bid.length; i++)
      if (i !== absent && given.bid[i]! >= given.reserve && given.click[i]! > 0 && !page.includes(i))
        yield* extend([...page, i]);
  }
  yield* extend([]);
}

function bestTotal(given: Case, absent = -1): number {
  let best = -Infinity;
  for (const page of everyPage(given, absent)) best = Math.max(best, totalOf(page, given));
  return best;
}

const money = fc.integer({ min: 0, max: 40 }).map((n) => n / 8);
const cases = fc
  .record({
    positions: fc.integer({ min: 1, max: 4 }),
    bidders: fc.integer({ min: 1, max: 4 }),
    looks: fc.array(fc.integer({ min: 1, max: 16 }), { minLength: 4, maxLength: 4 }),
    organic: fc.array(money, { minLength: 4, maxLength: 4 }),
    bid: fc.array(money, { minLength: 4, maxLength: 4 }),
    click: fc.array(fc.integer({ min: 1, max: 16 }), { minLength: 4, maxLength: 4 }),
    reserve: fc.integer({ min: 0, max: 16 }).map((n) => n / 8),
    first: fc.integer({ min: 0, max: 3 }),
    most: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ positions, bidders, looks, organic, bid, click, reserve, first, most }): Case => ({
    examination: looks
      .slice(0, positions)
      .toSorted((a, b) => b - a)
      .map((n) => n / 16),
    organicValue: organic.slice(0, positions),
    bid: bid.slice(0, bidders),
    click: click.slice(0, bidders).map((n) => n / 16),
    reserve,
    first: Math.min(first, positions - 1),
    most,
  }));

/** Most that any bidder gains by another bid than its value, over a grid from 0 to half again its value's range. */
function regret(given: Case, sell: Sell): number {
  let most = 0;
  for (let i = 0; i < given.bid.length; i++) {
    const value = given.bid[i]!;
    const honest = gain(run(given, sell), given, i, value);
    for (let n = 0; n <= 60; n++) {
      const bid = given.bid.with(i, n / 8 + 1 / 16);
      const deviated = { ...given, bid };
      most = Math.max(most, gain(run(deviated, sell), deviated, i, value) - honest);
    }
  }
  return most;
}

const golden: Case = {
  examination: [200, 100],
  organicValue: [0, 0],
  bid: [10, 4, 2],
  click: [1, 1, 1],
  reserve: 0,
  first: 0,
  most: 2,
};

describe("known answers: positions of 200 and 100 clicks, values 10, 4, 2", () => {
  test("generalised second price takes 800 + 200 = 1000", () => {
    const page = run(golden, secondPrice);
    expect([...page.winner]).toEqual([0, 1]);
    expect([0, 1, 2].map((i) => paid(page, golden, i))).toEqual([800, 200, 0]);
  });
  test("Vickrey–Clarke–Groves takes 600 + 200 = 800", () => {
    const page = run(golden, vickrey);
    expect([...page.winner]).toEqual([0, 1]);
    expect([0, 1, 2].map((i) => paid(page, golden, i))).toEqual([600, 200, 0]);
  });
  test("a displaced organic item is paid for: alone, the winner pays what readers lose", () => {
    // the page without it: 1·3 + 0.5·2 = 4; with it on top: 0.5·3 are left, so 2.5 are taken away
    const alone: Case = {
      examination: [1, 0.5],
      organicValue: [3, 2],
      bid: [10],
      click: [0.5],
      reserve: 0,
      first: 0,
      most: 1,
    };
    const page = run(alone, vickrey);
    expect([...page.winner]).toEqual([0, -1]);
    expect(paid(page, alone, 0)).toBeCloseTo(2.5, 12);
    expect(paid(run(alone, secondPrice), alone, 0)).toBe(0);
  });
  test("a bidder who is worth less than what it would displace does not win", () => {
    const poor = { ...golden, organicValue: [5, 4], bid: [3, 2, 1] };
    expect([...run(poor, vickrey).winner]).toEqual([-1, -1]);
    expect([...run(poor, secondPrice).winner]).toEqual([0, 1]);
  });
  test("the reserve is the price of a click without a rival, and bids below it are out", () => {
    const reserved = { ...golden, reserve: 3, most: 1 };
    expect(run({ ...reserved, bid: [10, 2, 1] }, secondPrice).price[0]).toBe(3);
    expect(run({ ...reserved, bid: [10, 2, 1] }, vickrey).price[0]).toBe(3);
    expect([...run({ ...reserved, bid: [2, 2, 1] }, secondPrice).winner]).toEqual([-1, -1]);
    expect([...run({ ...reserved, bid: [2, 2, 1] }, vickrey).winner]).toEqual([-1, -1]);
  });
  test("places that are sold are spread over the page", () => {
    const places = new Int32Array(5);
    const spread = (count: number) => {
      spreadPlaces(places, count, 1, 5);
      return [...places.subarray(0, count)];
    };
    expect([spread(1), spread(2), spread(3), spread(4)]).toEqual([[1], [1, 3], [1, 2, 3], [1, 2, 3, 4]]);
  });
});

describe("truthfulness, by brute force over a grid of other bids", () => {
  test("Vickrey–Clarke–Groves: nobody gains, with organic items and a reserve as well", () => {
    fc.assert(
      fc.property(cases, (given) => regret(given, vickrey) < 1e-12),
      { numRuns: 150, seed: 1 },
    );
  });
  test("second price with one position: nobody gains", () => {
    fc.assert(
      fc.property(cases, (given) => regret({ ...given, most: 1 }, secondPrice) < 1e-12),
      { numRuns: 150, seed: 2 },
    );
  });
  test("generalised second price with two positions: 10 gains by bidding below 4", () => {
    // on top: 200·(10 − 4) = 1200; second, at the price 2: 100·(10 − 2) = 800, so not in the golden case;
    // with a rival at 9: 200·(10 − 9) = 200 against 800
    expect(regret({ ...golden, bid: [10, 9, 2] }, secondPrice)).toBeCloseTo(600, 9);
    expect(regret({ ...golden, bid: [10, 9, 2] }, vickrey)).toBeLessThan(1e-9);
  });
  test("the reserve as the worth of an unsold click keeps it so; a price of max(reserve, Vickrey price) would not", () => {
    const floored: Sell = (page, given) => {
      page.reserve[0] = 0;
      vickrey(page, given);
      for (let j = 0; j < page.positions; j++)
        if (page.winner[j]! >= 0) page.price[j] = Math.max(given.reserve, page.price[j]!);
    };
    // honest, 5 is second and gains 100·(5 − 4); bidding above 6 it is first, pays 100·6 < 200·4 and gains 200·(5 − 4)
    const given = { ...golden, bid: [5, 6, 4], click: [1, 1, 0.001], reserve: 4 };
    expect(regret(given, floored)).toBeGreaterThan(99);
    expect(regret(given, vickrey)).toBeLessThan(1e-9);
  });
});

describe("Vickrey–Clarke–Groves against every page there is", () => {
  test("the page is the best one", () => {
    fc.assert(
      fc.property(cases, (given) => {
        const page = run(given, vickrey);
        expect(totalOf(page.winner, given)).toBeCloseTo(bestTotal(given), 10);
        expect(page.winner.filter((i) => i >= 0).length).toBeLessThanOrEqual(given.most);
      }),
      { numRuns: 200, seed: 3 },
    );
  });
  test("a winner pays the reserve and W₋ᵢ(without i) − W₋ᵢ(with i)", () => {
    fc.assert(
      fc.property(cases, (given) => {
        const page = run(given, vickrey);
        for (let j = 0; j < page.positions; j++) {
          const i = page.winner[j]!;
          if (i < 0) continue;
          const externality = bestTotal(given, i) - totalOf(page.winner, given, i);
          const clicks = given.examination[j]! * given.click[i]!;
          expect(paid(page, given, i)).toBeCloseTo(given.reserve * clicks + externality, 10);
        }
      }),
      { numRuns: 200, seed: 4 },
    );
  });
});

describe("what every auction keeps", () => {
  for (const [name, sell] of [
    ["generalised second price", secondPrice],
    ["Vickrey–Clarke–Groves", vickrey],
  ] as const)
    test(`${name}: at least the reserve, at most the bid, nobody twice, none before the first position`, () => {
      fc.assert(
        fc.property(cases, (given) => {
          const page = run(given, sell);
          const winners = [...page.winner].filter((i) => i >= 0);
          expect(new Set(winners).size).toBe(winners.length);
          for (let j = 0; j < page.positions; j++) {
            const i = page.winner[j]!;
            if (i < 0) {
              expect(page.price[j]).toBe(0);
              continue;
            }
            expect(j).toBeGreaterThanOrEqual(given.first);
            expect(page.price[j]).toBeGreaterThanOrEqual(given.reserve);
            expect(page.price[j]).toBeLessThanOrEqual(given.bid[i]!);
          }
        }),
        { numRuns: 500, seed: 5 },
      );
    });

  const plain = cases.map((given): Case => ({
    ...given,
    organicValue: given.organicValue.map(() => 0),
    reserve: 0,
    first: 0,
    most: given.examination.length,
  }));

  test("without organic items: payments are Σ (examinationₗ − examinationₗ₊₁)·worthₗ₊₁ over the places below", () => {
    fc.assert(
      fc.property(plain, (given) => {
        const page = run(given, vickrey);
        const worth = given.bid.map((bid, i) => bid * given.click[i]!).toSorted((a, b) => b - a);
        for (let j = 0; j < page.positions && page.winner[j]! >= 0; j++) {
          let expected = 0;
          for (let l = j; l < page.positions; l++)
            expected += (given.examination[l]! - (given.examination[l + 1] ?? 0)) * (worth[l + 1] ?? 0);
          expect(paid(page, given, page.winner[j]!)).toBeCloseTo(expected, 10);
        }
      }),
      { numRuns: 300, seed: 6 },
    );
  });
  test("without organic items: generalised second price takes at least as much at the same bids", () => {
    fc.assert(
      fc.property(plain, (given) => {
        expect(revenue(run(given, secondPrice), given)).toBeGreaterThanOrEqual(
          revenue(run(given, vickrey), given) - 1e-12,
        );
      }),
      { numRuns: 300, seed: 7 },
    );
  });
  test("one position without organic items and with equal clicks: the two auctions are one", () => {
    fc.assert(
      fc.property(plain, fc.integer({ min: 0, max: 16 }), (given, n) => {
        // a bid equal to the reserve ties with the organic item, which is shown only in one of the two
        const one = { ...given, click: given.click.map(() => 0.5), most: 1, reserve: n / 8 + 1 / 16 };
        const [left, right] = [run(one, secondPrice), run(one, vickrey)];
        expect(revenue(left, one)).toBeCloseTo(revenue(right, one), 12);
      }),
      { numRuns: 300, seed: 8 },
    );
  });
});
