import { describe, expect, test } from "vitest";
import {
  bettingLowerBound,
  empiricalBernsteinLowerSequence,
  foldIn,
  gammaExponentialLogWealth,
  NonNegativeMeanSequence,
  rootKey,
  uniformsInto,
} from "../src/index.ts";

/** A one-sided bound of the mean after all values. */
type LowerBound = (values: Float64Array, confidence: number) => number;

const bounds: Readonly<Record<string, LowerBound>> = {
  "gamma–exponential mixture": (values, confidence) => {
    const sequence = new NonNegativeMeanSequence();
    for (const value of values) sequence.add(value);
    return sequence.lowerBound(confidence);
  },
  "empirical Bernstein": (values, confidence) =>
    empiricalBernsteinLowerSequence(values, { confidence }).at(-1)!,
  betting: (values, confidence) => bettingLowerBound(values, { confidence, tolerance: 1e-4 }),
};

/**
 * Values are 0 with probability q and M / (1 − q) otherwise, so none is 0 among the first n with probability p = (1 − q)ⁿ. On
 * that path no bound that fails with probability below p may be above M. The path needs no luck: this is exact.
 */
describe.each(Object.keys(bounds))("no path is likelier than the error it makes: %s", (name) => {
  test.each([0.02, 0.5, 1, 1.5, 1.9, 3, 6, 20])("mean %d", (mean) => {
    for (const q of [0.003, 0.01, 0.03, 0.1])
      for (const alpha of [0.2, 0.05, 0.01, 0.001, 1e-5]) {
        const count = Math.floor(Math.log(alpha) / Math.log1p(-q));
        const values = new Float64Array(count).fill(mean / (1 - q));
        const error = (1 - q) ** count;
        expect(error).toBeGreaterThanOrEqual(alpha);
        expect(bounds[name]!(values, 1 - 0.999 * alpha), `q ${q}, alpha ${alpha}`).toBeLessThanOrEqual(
          mean * (1 + 1e-9),
        );
      }
  });
});

test("a guess above 1 breaks the supermartingale, a guess up to 1 does not: one step, exactly", () => {
  // A value is g with probability μ/g, else 0; guess g. E exp(λ (x − μ) − ψ(λ) (x − g)²) must be at most 1.
  const factor = (g: number, mean: number, bet: number): number => {
    const penalty = -Math.log1p(-bet) - bet;
    return (mean / g) * Math.exp(bet * (g - mean)) + (1 - mean / g) * Math.exp(-bet * mean - penalty * g * g);
  };
  expect(factor(2, 1, 0.9)).toBeGreaterThan(1.2);
  for (const g of [0.1, 0.5, 1])
    for (const share of [0.05, 0.5, 0.95])
      for (const bet of [0.01, 0.3, 0.6, 0.9, 0.999])
        expect(factor(g, share * g, bet)).toBeLessThanOrEqual(1 + 1e-15);
});

test("empirical Bernstein by predictable mixture guesses 1 at most: written out", () => {
  const values = [3, 3, 2.5, 3, 0, 3, 3];
  const alpha = 0.05;
  const written = (largest: number): number => {
    let variance = 0.25;
    let squares = 0;
    let sum = 0;
    let weighted = 0;
    let bets = 0;
    let penalty = Math.log(1 / alpha);
    values.forEach((value, i) => {
      const t = i + 1;
      const bet = Math.min(0.5, Math.sqrt((2 * Math.log(1 / alpha)) / (t * Math.log(1 + t) * variance)));
      const guess = i === 0 ? 0 : Math.min(largest, sum / i);
      penalty += (value - guess) ** 2 * (-Math.log1p(-bet) - bet);
      weighted += bet * value;
      bets += bet;
      sum += value;
      squares += (value - Math.min(1, (0.5 + sum) / (t + 1))) ** 2;
      variance = (0.25 + squares) / (t + 1);
    });
    return (weighted - penalty) / bets;
  };
  const found = empiricalBernsteinLowerSequence(values, { confidence: 1 - alpha }).at(-1)!;
  expect(found).toBeCloseTo(written(1), 12);
  expect(Math.abs(found - written(Infinity))).toBeGreaterThan(0.1);
});

/** A value and its mean given those before. */
type Draw = (u: number, t: number, runningMean: number) => readonly [value: number, mean: number];

const ROWS = 1000;
const drifting: Readonly<Record<string, Draw>> = {
  "from 0.05 up to 1.9, weights of 2": (u, t) => {
    const mean = 0.05 + (1.85 * t) / ROWS;
    return [u < mean / 2 ? 2 : 0, mean];
  },
  "from 1.9 down to 0.05, seldom 0": (u, t) => {
    const mean = 1.9 - (1.85 * t) / ROWS;
    return [u < 0.02 ? 0 : mean / 0.98, mean];
  },
  "a wave about 1, weights of 20": (u, t) => {
    const mean = 1 + 0.9 * Math.sin(t / 100);
    return [u < 0.05 ? 20 * mean : 0, mean];
  },
  "an adversary that keeps to the guess": (u, _, runningMean) => {
    const value = Math.min(2, Math.max(1, runningMean));
    return [u < 0.02 ? 0 : value, 0.98 * value];
  },
  "heavy tails (Pareto 1.5) of mean 1": (u) => [u ** (-1 / 1.5) / 3, 1],
};

test.each(Object.keys(drifting))(
  "where means drift the running mean is covered at every look: %s (500 streams of 1,000 values)",
  (name) => {
    const streams = 500;
    const uniforms = new Float64Array(ROWS);
    let wrong = 0;
    for (let s = 0; s < streams; s++) {
      const key = foldIn(rootKey(name), s);
      uniformsInto(uniforms, 0, ROWS, key.first, key.second, 0, 0);
      const sequence = new NonNegativeMeanSequence();
      let means = 0;
      for (let t = 0; t < ROWS; t++) {
        const [value, mean] = drifting[name]!(uniforms[t]!, t, t === 0 ? 0 : sequence.sum / t);
        sequence.add(value);
        means += mean;
        const excess = sequence.sum - means;
        // The bound is above the running mean where the wealth against it passes 1/α.
        if (excess > 0 && gammaExponentialLogWealth(excess, sequence.variation) > Math.log(20)) {
          wrong++;
          break;
        }
      }
    }
    // 5 % of 500 are 25; 43 or more have a chance below 0.1 % where the level holds.
    expect(wrong).toBeLessThan(43);
  },
);

test("one weight of 10⁸ and more says nothing: the bound is 0 and not the noise of large numbers", () => {
  for (let digits = 3; digits <= 14; digits++)
    for (let n = 1; n < 60; n++) {
      const sequence = new NonNegativeMeanSequence();
      sequence.add(10 ** digits * (1 + n / 1000));
      for (let i = 1; i < n; i++) sequence.add(0.5);
      expect(sequence.lowerBound(0.95)).toBe(0);
    }
});
