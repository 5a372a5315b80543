import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  bettingLowerBound,
  empiricalBernsteinBetsInto,
  empiricalBernsteinLowerSequence,
  empiricalBernsteinSequence,
  foldIn,
  gammaExponentialLogWealth,
  hedgedBettingInterval,
  hedgedBettingSequence,
  hedgedCapital,
  hoeffdingSequence,
  NonNegativeMeanSequence,
  rootKey,
  uniformsInto,
} from "../src/index.ts";

interface GoldenSequence {
  readonly lower: number;
  readonly upper: number;
  readonly path_t: number[];
  readonly path: [number, number][];
}
interface GoldenCase {
  readonly x: number[];
  readonly outputs: {
    readonly hoeffding_cs: GoldenSequence;
    readonly predmix_empirical_bernstein_cs: GoldenSequence;
    readonly hoeffding_ci: [number, number];
    readonly predmix_empirical_bernstein_ci: [number, number];
    readonly hedged_betting_cs_default_breaks1000: GoldenSequence;
    readonly betting_ci: [number, number];
    readonly "betting_mart_m0.15_last": number;
    readonly "betting_mart_m0.15_first10": number[];
    readonly lambda_predmix_eb_first10: number[];
    readonly betting_lower_cs_last: number;
    readonly predmix_empbern_lower_cs_last: number;
  };
}

const file = new URL("../../../../shared/golden/ope/confseq_bounded_mean.json", import.meta.url);
const absent = !existsSync(file);
const cases: Record<string, GoldenCase> = absent ? {} : JSON.parse(readFileSync(file, "utf8")).cases;
const GRID = 1e-3 + 1e-9;

describe.skipIf(absent)("golden vectors of confseq (skipped where ../shared is absent)", () => {
  test.each(["bernoulli_200", "beta_200", "bernoulli_1000"])(
    "%s: mixtures to 1e-9, betting to the grid",
    (name) => {
      const { x, outputs } = cases[name]!;
      const last = x.length - 1;
      for (const [sequence, golden] of [
        [hoeffdingSequence(x), outputs.hoeffding_cs],
        [empiricalBernsteinSequence(x), outputs.predmix_empirical_bernstein_cs],
      ] as const) {
        golden.path_t.forEach((t, i) => {
          expect(sequence.lower[t - 1]).toBeCloseTo(golden.path[i]![0], 9);
          expect(sequence.upper[t - 1]).toBeCloseTo(golden.path[i]![1], 9);
        });
      }
      const fixedCount = x.length;
      const hoeffding = hoeffdingSequence(x, { fixedCount });
      const bernstein = empiricalBernsteinSequence(x, { fixedCount });
      // Hoeffding's golden is the running intersection: with bets for a fixed count the bound still holds at every time.
      expect(Math.max(...hoeffding.lower)).toBeCloseTo(outputs.hoeffding_ci[0], 9);
      expect(Math.min(...hoeffding.upper)).toBeCloseTo(outputs.hoeffding_ci[1], 9);
      expect(bernstein.lower[last]).toBeCloseTo(outputs.predmix_empirical_bernstein_ci[0], 9);
      expect(bernstein.upper[last]).toBeCloseTo(outputs.predmix_empirical_bernstein_ci[1], 9);

      const bets = new Float64Array(10);
      empiricalBernsteinBetsInto(bets, x.slice(0, 10), { alpha: 0.05 });
      outputs.lambda_predmix_eb_first10.forEach((bet, i) => expect(bets[i]! / bet).toBeCloseTo(1, 9));
      const { above, below } = hedgedCapital(x, 0.15, { alpha: 0.025 });
      const capital = above.map((up, i) => Math.max(up, below[i]!) / 2);
      outputs["betting_mart_m0.15_first10"].forEach((value, i) =>
        expect(capital[i]! / value).toBeCloseTo(1, 9),
      );
      expect(capital[last]! / outputs["betting_mart_m0.15_last"]).toBeCloseTo(1, 9);

      const golden = outputs.hedged_betting_cs_default_breaks1000;
      const betting = hedgedBettingSequence(x, golden.path_t, { runningIntersection: false });
      golden.path.forEach(([lower, upper], i) => {
        expect(Math.abs(betting.lower[i]! - lower)).toBeLessThan(GRID);
        expect(Math.abs(betting.upper[i]! - upper)).toBeLessThan(GRID);
      });
      const interval = hedgedBettingInterval(x);
      expect(Math.abs(interval[0] - outputs.betting_ci[0])).toBeLessThan(GRID);
      expect(Math.abs(interval[1] - outputs.betting_ci[1])).toBeLessThan(GRID);
    },
  );

  test("lower sequences of unbounded non-negative values", () => {
    const { x, outputs } = cases["iw_rewards_500"]!;
    expect(empiricalBernsteinLowerSequence(x).at(-1)).toBeCloseTo(outputs.predmix_empbern_lower_cs_last, 9);
    expect(Math.abs(bettingLowerBound(x) - outputs.betting_lower_cs_last)).toBeLessThan(GRID);
  });
});

test("gamma–exponential wealth at rho 1 and no variation is its closed form", () => {
  // ∫ of the mixture with v = 0, ρ = 1: e^s (1 − e^−(1+s)) / ((1 + s)(1 − 1/e)).
  for (const s of [-0.5, 0, 0.3, 4]) {
    const expected = (Math.exp(s) * (1 - Math.exp(-(1 + s)))) / ((1 + s) * (1 - Math.exp(-1)));
    expect(gammaExponentialLogWealth(s, 0)).toBeCloseTo(Math.log(expected), 12);
  }
});

test("looking 40 times, anytime bounds are wrong at most 5 % of the time; a repeated t bound far more", () => {
  // 400 heavy-tailed streams of 400 non-negative values of mean 1 (weights 1/p with probability p).
  const streams = 400;
  const count = 400;
  const uniforms = new Float64Array(2 * count);
  const wrong = { mixture: 0, bernstein: 0, betting: 0, student: 0 };
  for (let s = 0; s < streams; s++) {
    const key = foldIn(rootKey("forty looks"), s);
    uniformsInto(uniforms, 0, 2 * count, key.first, key.second, 0, 0);
    const values = Float64Array.from({ length: count }, (_, i) => {
      const p = 0.2 + 0.8 * uniforms[2 * i]!;
      return uniforms[2 * i + 1]! < p ? 1 / p : 0;
    });
    const sequence = new NonNegativeMeanSequence();
    const bernstein = empiricalBernsteinLowerSequence(values);
    let mixtureWrong = false;
    let bernsteinWrong = false;
    let studentWrong = false;
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < count; i++) {
      sequence.add(values[i]!);
      sum += values[i]!;
      squares += values[i]! ** 2;
      if ((i + 1) % 10 !== 0) continue;
      const n = i + 1;
      const error = Math.sqrt((squares - (sum * sum) / n) / (n - 1) / n);
      if (sequence.lowerBound(0.95) > 1) mixtureWrong = true;
      if (bernstein[i]! > 1) bernsteinWrong = true;
      if (sum / n - 1.6449 * error > 1) studentWrong = true;
    }
    if (mixtureWrong) wrong.mixture++;
    if (bernsteinWrong) wrong.bernstein++;
    if (studentWrong) wrong.student++;
    if (bettingLowerBound(values, { tolerance: 1e-3 }) > 1) wrong.betting++;
  }
  // 400 × 5 % = 20; 34 has a false-alarm rate below 0.1 %.
  expect(wrong.mixture).toBeLessThan(34);
  expect(wrong.bernstein).toBeLessThan(34);
  expect(wrong.betting).toBeLessThan(34);
  expect(wrong.student).toBeGreaterThan(40);
});

test("betting needs values in range, and covers constant data", () => {
  expect(() => hedgedBettingInterval([0.5, 1.5])).toThrow("value 1 must be from 0 to 1, got 1.5");
  expect(() => bettingLowerBound([-1])).toThrow("value 0 must be from 0");
  expect(() => new NonNegativeMeanSequence().add(Number.NaN)).toThrow("finite and >= 0");
  const [low, high] = hedgedBettingInterval(new Float64Array(200).fill(0.3));
  expect(low).toBeLessThanOrEqual(0.3);
  expect(high).toBeGreaterThanOrEqual(0.3);
  expect(high - low).toBeLessThan(0.1);
});
