import fc from "fast-check";
import { rootKey, uniformsInto } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import {
  AnytimeSequence,
  bettingInterval,
  cressieReadInterval,
  defaultInterval,
  empiricalBernsteinInterval,
  hoeffdingInterval,
  liftEnvelope,
  studentInterval,
  valueEnvelope,
} from "../../src/index.ts";
import { meanTerms, ratioTerms } from "./terms-of.ts";

function draws(count: number, label: string): Float64Array {
  const key = rootKey(label);
  const out = new Float64Array(count);
  uniformsInto(out, 0, count, key.first, key.second, 0, 0);
  return out;
}

describe("anytime", () => {
  test("a lift near 1 is not overstated on a path likelier than the error: terms have means up to 2", () => {
    // The candidate's weight is seldom 0 and else a little above 1.9, the incumbent's always 0, every reward 1: the lower terms'
    // mean is 1.9, in units of the reward range, and the lift 0.9.
    for (const q of [0.003, 0.01, 0.03])
      for (const alpha of [0.05, 0.01, 0.001, 1e-5]) {
        const count = Math.floor(Math.log(alpha) / Math.log1p(-q));
        const ones = new Float64Array(count).fill(1);
        const weights = ones.map(() => 1.9 / (1 - q));
        const envelope = liftEnvelope(weights, new Float64Array(count), ones, [0, 1]);
        const sequence = new AnytimeSequence().add(envelope);
        expect(sequence.lowerBound(1 - 0.999 * alpha), `q ${q}, alpha ${alpha}`).toBeLessThanOrEqual(
          0.9 + 1e-9,
        );
      }
  });

  test("the value stays between the bounds, where inverse propensity leaves the rewards' range", () => {
    const found = new AnytimeSequence().add(valueEnvelope([3, 2, 3], [1, 1, 1], [0, 1])).interval();
    expect(found.upper).toBe(1);
    expect(found.value).toBe(1);
    expect(found.lower).toBeLessThanOrEqual(found.value);
  });
});

describe("default", () => {
  test.each([0.3, 0.7, 1])(
    "rewards that are all %d leave a self-normalised estimate without spread but for rounding: the envelope speaks",
    (reward) => {
      const weights = draws(200, "alike").map((u) => 0.3 + 1.4 * u);
      const rewards = weights.map(() => reward);
      const terms = ratioTerms(weights, rewards);
      const found = defaultInterval(terms, { envelope: valueEnvelope(weights, rewards, [0, 1]) });
      expect(found.guard).toBe("envelope");
      expect(found.upper - found.lower).toBeGreaterThan(0.01);
    },
  );

  test("an offset of 10⁹ in the rewards shifts the interval and keeps its width to 1e-6", () => {
    const weights = draws(500, "offset").map((u) => 0.5 + u);
    const rewards = draws(500, "rewards");
    const near = defaultInterval(ratioTerms(weights, rewards));
    const far = defaultInterval(
      ratioTerms(
        weights,
        rewards.map((r) => r + 1e9),
      ),
    );
    // Float64 leaves seven digits of a reward beside 10⁹.
    expect(Math.abs(far.lower - 1e9 - near.lower)).toBeLessThan(1e-6);
    expect(Math.abs(far.upper - 1e9 - near.upper)).toBeLessThan(1e-6);
    const huge = defaultInterval(
      ratioTerms(
        weights,
        rewards.map((r) => r * 1e12),
      ),
    );
    expect(huge.upper / 1e12 / near.upper).toBeCloseTo(1, 9);
  });

  test("confidence that rounds to the median or to certainty is refused", () => {
    for (const confidence of [1e-17, 1 - 1.2e-16, 0, 1, Number.NaN]) {
      const refused = expect.objectContaining({ code: "BAD_OPTION" });
      expect(() => defaultInterval(meanTerms([1, 2, 5]), { confidence })).toThrow(refused);
      expect(() => studentInterval(meanTerms([1, 1, 1]), { confidence })).toThrow(refused);
    }
    const near = defaultInterval(meanTerms([1, 2, 5]), { confidence: 1e-9 });
    expect(Number.isFinite(near.lower) && Number.isFinite(near.upper)).toBe(true);
  });
});

describe("for every sample size", () => {
  test("clusters of different sizes have different means, which betting does not allow", () => {
    // Forty users of three rows, then twenty of one; every row is ½, and so is the value.
    const sizes = Array.from({ length: 60 }, (_, c) => (c < 40 ? 3 : 1));
    const clusters = sizes.flatMap((size, c) => new Array<number>(size).fill(c));
    const terms = meanTerms(clusters.map(() => 0.5));
    const options = { range: [0, 1] as [number, number], clusters };
    expect(() => bettingInterval(terms, options)).toThrow(
      expect.objectContaining({ code: "NOT_COMPUTABLE" }),
    );
    for (const interval of [hoeffdingInterval, empiricalBernsteinInterval]) {
      const { lower, upper } = interval(terms, options);
      expect(lower).toBeLessThan(0.5);
      expect(upper).toBeGreaterThan(0.5);
    }
    const even = clusters.map((_, i) => Math.floor(i / 2));
    expect(bettingInterval(terms, { range: [0, 1], clusters: even }).lower).toBeLessThan(0.5);
  });

  test("a ratio of huge weights is known for a ratio", () => {
    const weights = draws(50, "huge").map((u) => 1e11 * u);
    const terms = ratioTerms(
      weights,
      weights.map((_, i) => i % 2),
    );
    expect(() => hoeffdingInterval(terms, { range: [-1e13, 1e13] })).toThrow("self-normalised?");
  });
});

test("Cressie–Read: rewards in other units have the same interval in those units", () => {
  const weights = draws(100, "units").map((u) => 2 * u);
  const rewards = draws(100, "units of reward");
  const one = cressieReadInterval(weights, rewards, { rewardRange: [0, 1] });
  for (const unit of [1e-12, 1e-6, 1e6]) {
    const found = cressieReadInterval(
      weights,
      rewards.map((r) => r * unit),
      { rewardRange: [0, unit] },
    );
    expect(found.lower / unit).toBeCloseTo(one.lower, 9);
    expect(found.upper / unit).toBeCloseTo(one.upper, 9);
  }
});

test("Cressie–Read: bounds are in order for few rows and single weights; nothing known on top leaves the most", () => {
  for (const [weights, rewards] of [
    [[5], [0.4]],
    [
      [1, 1],
      [0, 0],
    ],
    [new Array<number>(10).fill(1), new Array<number>(10).fill(0.4)],
    [new Array<number>(100).fill(1), new Array<number>(100).fill(1)],
  ] as const) {
    // Rows that are all alike do not make the value certain to nine digits.
    const { lower, upper } = cressieReadInterval(weights, rewards, { rewardRange: [0, 1] });
    expect(upper - lower).toBeGreaterThan(0.5);
  }
  // With weights that vary, no reward in a thousand rows still bounds the value.
  const weights = draws(1000, "none").map((u) => 2 * u);
  const none = cressieReadInterval(weights, new Float64Array(1000), { rewardRange: [0, 1] });
  expect(none.lower).toBe(0);
  expect(none.upper).toBeGreaterThan(0.005);
  expect(none.upper).toBeLessThan(0.2);
  const row = fc.tuple(
    fc.oneof(fc.constantFrom(0, 0.5, 1), fc.double({ min: 0, max: 5, noNaN: true })),
    fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })),
  );
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 6 }), (rows) => {
      fc.pre(rows.some(([w]) => w > 0));
      const { lower, upper } = cressieReadInterval(
        rows.map(([w]) => w),
        rows.map(([, r]) => r),
        { rewardRange: [0, 1] },
      );
      expect(lower).toBeLessThanOrEqual(upper);
    }),
    { numRuns: 500, seed: 11 },
  );
});
