import { describe, expect, test } from "vitest";
import { ListingChain, meanFieldEffects, meanFieldState, simulateListings } from "../src/index.ts";
import { replication } from "./helpers/draws.ts";

const utilities = { controlUtility: 0.315, treatmentUtility: 0.3937 };

describe("mean-field listing market of Johari et al. (2022)", () => {
  test.each([
    [0.1, 2, 33.5],
    [1, 21.6, 21.6],
    [10, 299.6, 1.9],
  ])(
    "v .315 to .3937, half treated, demand %d: customer bias +%d %, listing bias +%d %",
    (demand, customer, listing) => {
      const effects = meanFieldEffects({ demand, ...utilities });
      expect(100 * effects.customerBias).toBeCloseTo(customer, 1);
      expect(100 * effects.listingBias).toBeCloseTo(listing, 1);
    },
  );

  test("bookings a customer go from .2011 to .2321 where demand is 1", () => {
    const { control, treatment } = meanFieldEffects({ demand: 1, ...utilities });
    expect(control).toBeCloseTo(0.2011, 4);
    expect(treatment).toBeCloseTo(0.2321, 4);
  });

  test("with nobody treated the steady state is the root of a quadratic", () => {
    for (const demand of [0.1, 1, 10, 300]) {
      // 1 − s = d v s / (1 + v s), so v s² + (1 + d v − v) s − 1 = 0.
      const v = utilities.controlUtility;
      const b = 1 + demand * v - v;
      const root = (-b + Math.sqrt(b * b + 4 * v)) / (2 * v);
      const state = meanFieldState({ demand, ...utilities }, { customerShare: 0, listingShare: 0.3 });
      expect(state.available[0]! + state.available[1]!).toBeCloseTo(root, 12);
      expect(state.available[1]! / root).toBeCloseTo(0.3, 12);
      expect(demand * state.bookingProbability).toBeCloseTo(1 - root, 12);
    }
  });

  test("each arm's listings that are booked are those that come back", () => {
    const state = meanFieldState({ demand: 3, ...utilities }, { customerShare: 0.3, listingShare: 0.6 });
    expect(3 * (state.bookings[0]! + state.bookings[2]!)).toBeCloseTo(0.4 - state.available[0]!, 12);
    expect(3 * (state.bookings[1]! + state.bookings[3]!)).toBeCloseTo(0.6 - state.available[1]!, 12);
  });

  test("the customer side's bias vanishes where supply abounds, the listing side's where it is scarce", () => {
    expect(meanFieldEffects({ demand: 1e-4, ...utilities }).customerBias).toBeLessThan(1e-4);
    expect(meanFieldEffects({ demand: 1e4, ...utilities }).listingBias).toBeLessThan(1e-3);
  });

  test("bad input is refused", () => {
    expect(() => meanFieldEffects({ demand: 0, ...utilities })).toThrow(
      "demand must be finite and > 0, got 0",
    );
    expect(() => meanFieldEffects({ demand: 1, controlUtility: 1, treatmentUtility: 1 })).toThrow(
      "must differ",
    );
    expect(() => meanFieldEffects({ demand: 1, ...utilities }, 1)).toThrow(
      "share must be between 0 and 1, got 1",
    );
    expect(() => meanFieldState({ demand: 1, ...utilities }, { customerShare: 2, listingShare: 0 })).toThrow(
      "customerShare must be from 0 to 1, got 2",
    );
  });
});

/** Solves a small dense system by Cramer-free Gauss elimination, independent of the package's. */
function solve(matrix: number[][], right: number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  const n = rows.length;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k; i < n; i++) if (Math.abs(rows[i]![k]!) > Math.abs(rows[pivot]![k]!)) pivot = i;
    [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
    for (let i = k + 1; i < n; i++) {
      const factor = rows[i]![k]! / rows[k]![k]!;
      for (let j = k; j <= n; j++) rows[i]![j]! -= factor * rows[k]![j]!;
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let k = n - 1; k >= 0; k--) {
    let sum = rows[k]![n]!;
    for (let j = k + 1; j < n; j++) sum -= rows[k]![j]! * x[j]!;
    x[k] = sum / rows[k]![k]!;
  }
  return x;
}

describe("chain of N listings", () => {
  test.each([
    [1, 21.6, -0.0],
    [10, 299.5, -0.51],
  ])("500 listings, demand %d: naive +%d %, Differences-in-Qs %d %", (demand, naive, differencesInQ) => {
    const effects = new ListingChain({ listings: 500, demand, ...utilities }).effects();
    expect(100 * (effects.naive / effects.effect - 1)).toBeCloseTo(naive, 1);
    expect(100 * (effects.differencesInQ / effects.effect - 1)).toBeCloseTo(differencesInQ, 2);
  });

  test("stationary law and values solve the chain's own equations, against dense elimination", () => {
    for (const [listings, demand] of [
      [1, 1],
      [7, 0.1],
      [12, 3],
      [12, 40],
    ] as const) {
      const chain = new ListingChain({ listings, demand, ...utilities });
      const p = (n: number): number =>
        0.4 * chain.bookingProbability(n, 0) + 0.6 * chain.bookingProbability(n, 1);
      const generator = Array.from({ length: listings + 1 }, (_, n) => {
        const row = new Array<number>(listings + 1).fill(0);
        if (n > 0) row[n - 1] = demand * listings * p(n);
        if (n < listings) row[n + 1] = listings - n;
        row[n] = -row.reduce((sum, rate) => sum + rate, 0);
        return row;
      });
      // π G = 0 with Σ π = 1 in place of the last equation.
      const balance = generator.map((_, j) => generator.map((row) => row[j]!));
      balance[listings] = new Array<number>(listings + 1).fill(1);
      const law = solve(balance, [...new Array<number>(listings).fill(0), 1]);
      chain.stationaryLaw(0.6).forEach((mass, n) => expect(mass).toBeCloseTo(law[n]!, 12));
      // (G V)(n) + λN p(n) = g, V(0) = 0: unknowns g, V(1) … V(N).
      const poisson = generator.map((row) => [-1, ...row.slice(1)]);
      const [flow, ...values] = solve(
        poisson,
        generator.map((_, n) => -demand * listings * p(n)),
      );
      expect(chain.meanBookings(0.6)).toBeCloseTo(flow! / (demand * listings), 11);
      chain
        .listingValues(0.6)
        .forEach((value, n) => expect(value).toBeCloseTo(values[n]! - (n === 0 ? 0 : values[n - 1]!), 10));
    }
  });

  test("the equations hold in all states of a large chain, where one recursion alone would blow up", () => {
    for (const demand of [0.1, 1, 10]) {
      const chain = new ListingChain({ listings: 2000, demand, ...utilities });
      const values = chain.listingValues(0.5);
      const flow = demand * 2000 * chain.meanBookings(0.5);
      for (let n = 0; n <= 2000; n++) {
        const p = (chain.bookingProbability(n, 0) + chain.bookingProbability(n, 1)) / 2;
        const left =
          demand * 2000 * p * (1 - (n === 0 ? 0 : values[n - 1]!)) +
          (n === 2000 ? 0 : (2000 - n) * values[n]!);
        expect(left / flow).toBeCloseTo(1, 8);
      }
    }
  });

  test("many listings come to the mean field", () => {
    const chain = new ListingChain({ listings: 20_000, demand: 10, ...utilities }).effects();
    const field = meanFieldEffects({ demand: 10, ...utilities });
    expect(chain.effect / field.effect).toBeCloseTo(1, 4);
    expect(chain.naive / chain.effect - 1).toBeCloseTo(field.customerBias, 2);
  });

  test("halving a small effect takes the bias of Differences-in-Qs to a quarter, and with half treated to an eighth", () => {
    const bias = (lift: number, share: number): number => {
      const { effect, differencesInQ } = new ListingChain({
        listings: 50,
        demand: 10,
        controlUtility: 0.3,
        treatmentUtility: 0.3 * (1 + lift),
      }).effects(share);
      return differencesInQ - effect;
    };
    expect(bias(0.02, 0.1) / bias(0.01, 0.1)).toBeCloseTo(4, 0);
    expect(bias(0.02, 0.5) / bias(0.01, 0.5)).toBeCloseTo(8, 0);
  });

  test("bad input is refused", () => {
    expect(() => new ListingChain({ listings: 0, demand: 1, ...utilities })).toThrow(
      "listings must be a whole number >= 1, got 0",
    );
    expect(() => new ListingChain({ listings: 5, demand: NaN, ...utilities })).toThrow("got NaN");
  });
});

describe("simulated market", () => {
  test("customers find the exact stationary law, and arms book as they should (z below 4, batches)", () => {
    const market = { listings: 12, demand: 2, ...utilities };
    const chain = new ListingChain(market);
    const customers = 120_000;
    const key = replication("stationary", 0);
    const run = simulateListings(market, key, { customers, burnIn: 100, customerArm: (i) => i & 1 });
    const law = chain.stationaryLaw(0.5);
    const batches = 60;
    const check = (value: (i: number) => number, mean: number): void => {
      const means = Array.from({ length: batches }, (_, batch) => {
        let sum = 0;
        for (let i = (batch * customers) / batches; i < ((batch + 1) * customers) / batches; i++)
          sum += value(i);
        return (sum * batches) / customers;
      });
      const average = means.reduce((sum, x) => sum + x, 0) / batches;
      const error = Math.sqrt(
        means.reduce((sum, x) => sum + (x - average) ** 2, 0) / (batches - 1) / batches,
      );
      expect(Math.abs(average - mean) / error).toBeLessThan(4);
    };
    for (let n = 5; n <= 10; n++) check((i) => Number(run.available[i] === n), law[n]!);
    for (const arm of [0, 1] as const)
      check(
        (i) => (run.arm[i] === arm ? run.booked[i]! : 0),
        law.reduce((sum, mass, n) => sum + (mass * chain.bookingProbability(n, arm)) / 2, 0),
      );
    expect(run.time[customers - 1]! / (customers + 100)).toBeCloseTo(1 / 24, 3);
  });

  test("with listings randomised in a large market, bookings by arm are those of the mean field", () => {
    const market = { listings: 2000, demand: 1, ...utilities };
    const customers = 200_000;
    const run = simulateListings(market, replication("listing side", 0), {
      customers,
      burnIn: 20_000,
      listingShare: 0.5,
      customerArm: () => 1,
    });
    const { bookings } = meanFieldState(market, { customerShare: 1, listingShare: 0.5 });
    const counts = [0, 0];
    for (let i = 0; i < customers; i++) if (run.booked[i] === 1) counts[run.listingArm[i]!]!++;
    // Binomial errors are 0.0007.
    expect(counts[0]! / customers).toBeCloseTo(bookings[2]!, 2.3);
    expect(counts[1]! / customers).toBeCloseTo(bookings[3]!, 2.3);
  });

  test("equal keys give equal markets, and a prefix does not depend on what follows", () => {
    const market = { listings: 30, demand: 1, ...utilities };
    const key = replication("prefix", 0);
    const long = simulateListings(market, key, { customers: 500, customerArm: (i) => i & 1 });
    const short = simulateListings(market, key, { customers: 200, customerArm: (i) => i & 1 });
    expect(short.available).toEqual(long.available.subarray(0, 200));
    expect(short.booked).toEqual(long.booked.subarray(0, 200));
  });
});
