import { foldIn, rootKey, uniformsInto } from "@longview/statistics";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  AnytimeSequence,
  bettingInterval,
  bootstrapInterval,
  bootstrapIntervalFromSums,
  cressieReadInterval,
  defaultInterval,
  empiricalBernsteinInterval,
  empiricalLikelihoodValue,
  estimateValue,
  highConfidenceLowerBound,
  hoeffdingInterval,
  influenceValues,
  liftEnvelope,
  standardErrorOf,
  studentInterval,
  valueEnvelope,
} from "../../src/index.ts";
import { BootstrapSums } from "@longview/statistics";
import { meanTerms, ratioTerms } from "./terms-of.ts";

/** A log of weights 1/p with probability p (value ½ for rewards of ½) and rewards 0 or 1. */
function simulated(
  count: number,
  label: string,
  least = 0.1,
  reward = 0.5,
): { weights: Float64Array; rewards: Float64Array } {
  const key = rootKey(label);
  const u = new Float64Array(3 * count);
  uniformsInto(u, 0, u.length, key.first, key.second, 0, 0);
  const weights = new Float64Array(count);
  const rewards = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const p = Math.max(least, u[3 * i]!);
    weights[i] = u[3 * i + 1]! < p ? 1 / p : 0;
    rewards[i] = u[3 * i + 2]! < reward ? 1 : 0;
  }
  return { weights, rewards };
}

const key = rootKey("intervals");

describe("bootstrap", () => {
  test("a self-normaliser is resampled: constant rewards leave no width, a frozen normaliser would", () => {
    const { weights } = simulated(200, "constant");
    const terms = ratioTerms(weights, new Float64Array(200).fill(0.7));
    for (const kind of ["percentile", "bca"] as const) {
      const { lower, upper } = bootstrapInterval(terms, { key, kind });
      expect(upper - lower).toBeLessThan(1e-12);
      expect(lower).toBeCloseTo(0.7, 12);
    }
    // The frozen form resamples w r / mean(w), whose mean varies with the weights.
    const mean = weights.reduce((a, b) => a + b, 0) / 200;
    const frozen = bootstrapInterval(meanTerms(weights.map((w) => (0.7 * w) / mean)), { key });
    expect(frozen.upper - frozen.lower).toBeGreaterThan(0.1);
  });

  test("the resamples' deviation is the delta method's standard error, plain and clustered", () => {
    const { weights, rewards } = simulated(600, "deviation");
    const clusters = Int32Array.from(weights, (_, i) => Math.floor(i / 3));
    // Rewards shared within clusters, so that clustering matters.
    const shared = rewards.map((_, i) => rewards[3 * Math.floor(i / 3)]!);
    for (const grouped of [{}, { clusters }]) {
      const terms = ratioTerms(weights, shared);
      const { replicates } = bootstrapInterval(terms, { key, replicates: 4000, ...grouped });
      const mean = replicates.reduce((a, b) => a + b, 0) / replicates.length;
      const deviation = Math.sqrt(replicates.reduce((a, b) => a + (b - mean) ** 2, 0) / replicates.length);
      expect(
        deviation / standardErrorOf(terms, "clusters" in grouped ? clusters : undefined),
      ).toBeGreaterThan(0.94);
      expect(deviation / standardErrorOf(terms, "clusters" in grouped ? clusters : undefined)).toBeLessThan(
        1.06,
      );
    }
    expect(standardErrorOf(ratioTerms(weights, shared), clusters)).toBeGreaterThan(
      1.1 * standardErrorOf(ratioTerms(weights, shared)),
    );
  });

  test("writing every row of a user down twice changes nothing when users are the clusters", () => {
    const { weights, rewards } = simulated(150, "twice");
    const twice = (x: Float64Array): Float64Array =>
      Float64Array.from({ length: 300 }, (_, i) => x[i % 150]!);
    const clusters = Int32Array.from({ length: 300 }, (_, i) => i % 150);
    const once = bootstrapInterval(ratioTerms(weights, rewards), { key });
    const doubled = bootstrapInterval(ratioTerms(twice(weights), twice(rewards)), { key, clusters });
    expect(doubled.lower).toBeCloseTo(once.lower, 12);
    expect(doubled.upper).toBeCloseTo(once.upper, 12);
    const plain = studentInterval(ratioTerms(weights, rewards));
    const clustered = studentInterval(ratioTerms(twice(weights), twice(rewards)), { clusters });
    expect(clustered.lower).toBeCloseTo(plain.lower, 12);
    expect(clustered.upper).toBeCloseTo(plain.upper, 12);
  });

  test("sums gathered from shards give the interval of the whole", () => {
    const { weights, rewards } = simulated(400, "shards");
    const terms = ratioTerms(weights, rewards);
    const whole = bootstrapInterval(terms, { key, replicates: 200, kind: "percentile" });
    const options = { columns: 2, replicates: 200, key };
    const first = new BootstrapSums(options);
    const second = new BootstrapSums(options);
    second.add(
      terms.columns.map((c) => c.subarray(250)),
      undefined,
      250,
    );
    first.add(terms.columns.map((c) => c.subarray(0, 250)));
    first.merge(second);
    const merged = bootstrapIntervalFromSums(first, terms.value, { value: estimateValue(terms) });
    expect(merged.lower).toBeCloseTo(whole.lower, 12);
    expect(merged.upper).toBeCloseTo(whole.upper, 12);
  });

  test("BCa shifts towards the long tail, percentiles are its case without bias and acceleration", () => {
    const skewed = Float64Array.from({ length: 80 }, (_, i) => -Math.log((i + 0.5) / 80));
    const percentile = bootstrapInterval(meanTerms(skewed), { key, kind: "percentile", replicates: 4000 });
    const bca = bootstrapInterval(meanTerms(skewed), { key, replicates: 4000 });
    expect(bca.upper).toBeGreaterThan(percentile.upper);
    expect(bca.lower).toBeGreaterThan(percentile.lower);
  });

  test("too few resamples, one cluster, and estimates that resamples cannot make are refused", () => {
    const terms = meanTerms([1, 2, 3]);
    expect(() => bootstrapInterval(terms, { key, replicates: 10 })).toThrow(
      "replicates must be a whole number from 40",
    );
    expect(() => bootstrapInterval(terms, { key, clusters: [1, 1, 1] })).toThrow(
      "at least 2 independent units, got 1",
    );
    expect(() => bootstrapInterval(terms, { key, clusters: [1] })).toThrow(
      "clusters must have 3 entries, got 1",
    );
    const oneWeight = ratioTerms([1, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1]);
    expect(() => bootstrapInterval(oneWeight, { key })).toThrow("too few that carry weight");
  });
});

describe("intervals for every sample size", () => {
  test("a range is required and is never the sample's own maximum", () => {
    const terms = meanTerms([0, 0.5, 2]);
    for (const interval of [hoeffdingInterval, empiricalBernsteinInterval, bettingInterval]) {
      // @ts-expect-error: the range has no default
      expect(() => interval(terms, {})).toThrow("range is required");
      expect(() => interval(terms, { range: [0, 1] })).toThrow(
        "term 2 must be finite and from 0 to 1, got 2",
      );
      expect(() => interval(terms, { range: [0, Infinity] })).toThrow("two finite numbers");
    }
  });

  test("a self-normalised estimate is refused: the inequalities are about means", () => {
    const { weights, rewards } = simulated(50, "ratio");
    expect(() => hoeffdingInterval(ratioTerms(weights, rewards), { range: [0, 10] })).toThrow(
      "self-normalised?",
    );
    expect(() => bettingInterval(ratioTerms(weights, rewards), { range: [0, 10] })).toThrow(
      expect.objectContaining({ code: "NOT_COMPUTABLE" }),
    );
  });

  test("betting is narrower than Bernstein, Bernstein than Hoeffding, for small variances; all contain the mean", () => {
    const { weights, rewards } = simulated(2000, "narrow", 0.1, 0.1);
    const terms = meanTerms(weights.map((w, i) => w * rewards[i]!));
    const range: [number, number] = [0, 10];
    const width = (i: { lower: number; upper: number }): number => i.upper - i.lower;
    const betting = bettingInterval(terms, { range });
    const bernstein = empiricalBernsteinInterval(terms, { range });
    const hoeffding = hoeffdingInterval(terms, { range });
    expect(width(betting)).toBeLessThan(width(bernstein));
    expect(width(bernstein)).toBeLessThan(width(hoeffding));
    for (const i of [betting, bernstein, hoeffding]) {
      expect(i.lower).toBeLessThanOrEqual(i.value);
      expect(i.upper).toBeGreaterThanOrEqual(i.value);
    }
    const clusters = Int32Array.from(weights, (_, i) => Math.floor(i / 4));
    expect(width(hoeffdingInterval(terms, { range, clusters }))).toBeGreaterThan(1.5 * width(hoeffding) - 1);
  });

  test("HCOPE stays below the mean at its level, and its formula is the paper's", () => {
    // Y/c summed over 1/c with one common c: mean − 7 c ln(2/δ) / 3(n−1) − √(ln(2/δ)/(n−1) Σᵢⱼ (Yᵢ−Yⱼ)²)/n … written out.
    const values = [0, 1, 2, 9];
    const level = 3;
    const delta = 0.05;
    const cut = values.map((v) => Math.min(v, level));
    let pairs = 0;
    for (const a of cut) for (const b of cut) pairs += (a / level - b / level) ** 2;
    const logarithm = Math.log(2 / delta);
    const expected =
      (cut.reduce((sum, v) => sum + v / level, 0) -
        (7 * 4 * logarithm) / (3 * 3) -
        Math.sqrt((logarithm / 3) * pairs)) /
      (4 / level);
    expect(highConfidenceLowerBound(values, { key, truncation: level }).lower).toBeCloseTo(expected, 12);
    let above = 0;
    for (let s = 0; s < 200; s++) {
      const { weights, rewards } = simulated(800, `hcope ${s}`, 0.02);
      const { lower } = highConfidenceLowerBound(
        weights.map((w, i) => w * rewards[i]!),
        { key: foldIn(key, s) },
      );
      if (lower > 0.5) above++;
      expect(lower).toBeGreaterThanOrEqual(0);
    }
    expect(above).toBeLessThanOrEqual(10);
    expect(() => highConfidenceLowerBound([1, -1], { key, truncation: 1 })).toThrow("value 1");
    expect(() => highConfidenceLowerBound([1, 2], { key })).toThrow("at least 40");
  });
});

describe("empirical likelihood", () => {
  test("with weights of 1 it is the mean; scaling rewards scales it; no weight is an error", () => {
    const rewards = [0.2, 0.4, 0.9];
    expect(empiricalLikelihoodValue([1, 1, 1], rewards)).toBeCloseTo(0.5, 12);
    expect(() => empiricalLikelihoodValue([0, 0], [1, 1])).toThrow("every weight is 0");
    expect(() => cressieReadInterval([0, 0], [1, 1], { rewardRange: [0, 1] })).toThrow(
      expect.objectContaining({ code: "NO_SUPPORT" }),
    );
    expect(() => cressieReadInterval([1, 2], [1, 3], { rewardRange: [0, 1] })).toThrow("reward");
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.double({ min: 0.01, max: 20, noNaN: true }),
            fc.double({ min: 0, max: 1, noNaN: true }),
          ),
          {
            minLength: 3,
            maxLength: 30,
          },
        ),
        (rows) => {
          const w = rows.map(([x]) => x);
          const r = rows.map(([, x]) => x);
          const { lower, upper, value } = cressieReadInterval(w, r, { rewardRange: [0, 1] });
          expect(lower).toBeGreaterThanOrEqual(0);
          expect(upper).toBeLessThanOrEqual(1);
          expect(lower).toBeLessThanOrEqual(upper);
          expect(Number.isFinite(value)).toBe(true);
          const scaled = cressieReadInterval(
            w,
            r.map((x) => 3 * x - 1),
            { rewardRange: [-1, 2] },
          );
          expect(scaled.lower).toBeCloseTo(3 * lower - 1, 6);
          expect(scaled.upper).toBeCloseTo(3 * upper - 1, 6);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe("anytime", () => {
  test("looking 40 times at no lift, a gate ships falsely at most 5 %; a repeated t bound about four times as often", () => {
    const worlds = 300;
    const count = 800;
    let anytime = 0;
    let student = 0;
    for (let s = 0; s < worlds; s++) {
      const { weights, rewards } = simulated(count, `looks ${s}`, 0.2);
      const ones = new Float64Array(count).fill(1);
      const sequence = new AnytimeSequence();
      let wrong = false;
      let studentWrong = false;
      let sum = 0;
      let squares = 0;
      for (let look = 0; look < 40; look++) {
        const part = [look * 20, look * 20 + 20] as const;
        const cut = (x: Float64Array): Float64Array => x.subarray(...part);
        sequence.add(liftEnvelope(cut(weights), cut(ones), cut(rewards), [0, 1]));
        if (sequence.lowerBound(0.95) > 0) wrong = true;
        for (let i = part[0]; i < part[1]; i++) {
          const term = (weights[i]! - 1) * rewards[i]!;
          sum += term;
          squares += term * term;
        }
        const n = part[1];
        if (sum / n > 1.6449 * Math.sqrt((squares - (sum * sum) / n) / (n - 1) / n)) studentWrong = true;
      }
      if (wrong) anytime++;
      if (studentWrong) student++;
    }
    // 5 % of 300 is 15; 26 has a false-alarm rate below 0.5 %.
    expect(anytime).toBeLessThan(26);
    expect(student).toBeGreaterThan(36);
  });

  test("the interval contains the value at the end, narrows with data, and refuses a reward range that moves", () => {
    const { weights, rewards } = simulated(4000, "narrowing");
    const sequence = new AnytimeSequence();
    sequence.add(valueEnvelope(weights.subarray(0, 200), rewards.subarray(0, 200), [0, 1]));
    const early = sequence.interval();
    sequence.add(valueEnvelope(weights.subarray(200), rewards.subarray(200), [0, 1]));
    const late = sequence.interval();
    expect(late.upper - late.lower).toBeLessThan((early.upper - early.lower) / 2);
    expect(late.lower).toBeLessThan(0.5);
    expect(late.upper).toBeGreaterThan(0.5);
    expect(() => sequence.add(valueEnvelope([1], [1], [0, 2]))).toThrow("same reward range");
    expect(() => new AnytimeSequence().interval()).toThrow("no rows were added");
    expect(() => valueEnvelope([0, 0], [1, 0], [0, 1])).toThrow("every weight is 0");
  });
});

describe("default", () => {
  test("no reward seen is not ±0 when the reward range is known; the lift over oneself is exactly 0", () => {
    const weights = new Float64Array(300).map((_, i) => (i % 2 === 0 ? 0.5 : 1.5));
    const rewards = new Float64Array(300);
    const terms = meanTerms(weights.map((w, i) => w * rewards[i]!));
    const seenNothing = defaultInterval(terms, { envelope: valueEnvelope(weights, rewards, [0, 1]) });
    expect(seenNothing.lower).toBe(0);
    expect(seenNothing.upper).toBeGreaterThan(0.01);
    expect(seenNothing.guard).toBe("envelope");
    const same = liftEnvelope(weights, weights, rewards.fill(1), [0, 1]);
    const none = defaultInterval(meanTerms(new Float64Array(300)), { envelope: same });
    expect([none.value, none.lower, none.upper]).toEqual([0, 0, 0]);
  });

  test("heavy weights call the guard, and without an envelope the result says that nothing guards it", () => {
    const weights = new Float64Array(400).fill(0.5);
    weights[7] = 201;
    const rewards = new Float64Array(400).fill(1);
    const terms = ratioTerms(
      weights,
      rewards.map((_, i) => i % 2),
    );
    const guarded = defaultInterval(terms, {
      envelope: valueEnvelope(
        weights,
        rewards.map((_, i) => i % 2),
        [0, 1],
      ),
    });
    expect(guarded.tail).toBe("heavy");
    expect(guarded.guard).toBe("envelope");
    expect(defaultInterval(terms).guard).toBe("none");
    expect(() => defaultInterval(terms, { envelope: valueEnvelope([1], [1], [0, 1]) })).toThrow("400 rows");
  });

  test("at 1 % rewards it covers where t does not (1,000 worlds of 800 rows, value 0.01)", () => {
    let covered = 0;
    let student = 0;
    for (let s = 0; s < 1000; s++) {
      const { weights, rewards } = simulated(800, `sparse ${s}`, 0.3, 0.01);
      const terms = meanTerms(weights.map((w, i) => w * rewards[i]!));
      const found = defaultInterval(terms, { envelope: valueEnvelope(weights, rewards, [0, 1]) });
      if (found.lower <= 0.01 && 0.01 <= found.upper) covered++;
      const t = studentInterval(terms);
      if (t.lower <= 0.01 && 0.01 <= t.upper) student++;
    }
    // 94.5 % less 3 binomial deviations.
    expect(covered).toBeGreaterThan(923);
    expect(student).toBeLessThan(920);
  });

  test("influence and interval do not move when a constant is added to an unweighted mean's terms", () => {
    const values = Float64Array.from({ length: 50 }, (_, i) => (i * 7919) % 13);
    const moved = values.map((v) => v + 100);
    const a = defaultInterval(meanTerms(values));
    const b = defaultInterval(meanTerms(moved));
    expect(b.lower - 100).toBeCloseTo(a.lower, 9);
    expect(b.upper - 100).toBeCloseTo(a.upper, 9);
    expect(influenceValues(meanTerms(moved))[3]).toBeCloseTo(influenceValues(meanTerms(values))[3]!, 9);
  });
});
