import { rootKey, uniform, uniformsInto } from "@longview/statistics";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  categoricalEntropy,
  categoricalLogProbability,
  diagonalGaussianEntropy,
  diagonalGaussianLogProbability,
  greedyCategorical,
  greedyPlackettLuceInto,
  plackettLuceEntropyAlong,
  plackettLuceLogProbability,
  plackettLucePositionLogProbabilitiesInto,
  plackettLucePrefixLogProbabilitiesInto,
  sampleCategorical,
  sampleDiagonalGaussianInto,
  samplePlackettLuceInto,
} from "../src/index.ts";

const key = rootKey("distributions");

/** Every ordered slate of k out of the positions listed. */
function slates(positions: readonly number[], k: number): number[][] {
  if (k === 0) return [[]];
  return positions.flatMap((first) =>
    slates(
      positions.filter((p) => p !== first),
      k - 1,
    ).map((rest) => [first, ...rest]),
  );
}

const scoreVector = fc
  .array(fc.oneof(fc.double({ min: -30, max: 30, noNaN: true }), fc.constant(-Infinity)), {
    minLength: 3,
    maxLength: 6,
  })
  .filter((scores) => scores.filter((s) => s !== -Infinity).length >= 3)
  .map((scores) => Float64Array.from(scores));

test("the probabilities of all slates sum to 1, whatever the scores and the mask", () => {
  fc.assert(
    fc.property(scoreVector, fc.integer({ min: 1, max: 3 }), (scores, k) => {
      const allowed = [...scores.keys()].filter((i) => scores[i] !== -Infinity);
      let total = 0;
      for (const slate of slates(allowed, k)) total += Math.exp(plackettLuceLogProbability(scores, slate));
      expect(Math.abs(total - 1)).toBeLessThan(1e-12);
    }),
  );
});

test("joint, per-position and prefix log-probabilities agree with the sequential definition", () => {
  const scores = Float64Array.of(0.3, -1, 2, 0, -Infinity);
  const slate = [2, 3, 1];
  const e = Math.exp;
  const first = e(2) / (e(0.3) + e(-1) + e(2) + e(0));
  const second = e(0) / (e(0.3) + e(-1) + e(0));
  const third = e(-1) / (e(0.3) + e(-1));
  const positions = new Float64Array(3);
  const prefixes = new Float64Array(3);
  const joint = plackettLucePositionLogProbabilitiesInto(positions, scores, slate);
  plackettLucePrefixLogProbabilitiesInto(prefixes, scores, slate);
  expect(positions[0]).toBeCloseTo(Math.log(first), 14);
  expect(positions[1]).toBeCloseTo(Math.log(second), 14);
  expect(positions[2]).toBeCloseTo(Math.log(third), 14);
  expect(prefixes[1]).toBeCloseTo(Math.log(first * second), 14);
  expect(joint).toBeCloseTo(Math.log(first * second * third), 14);
  expect(prefixes[2]).toBe(joint);
});

test("dominated scores keep exact conditionals after the dominating candidate is taken", () => {
  const scores = Float64Array.of(1e4, 0, Math.log(3));
  const positions = new Float64Array(3);
  plackettLucePositionLogProbabilitiesInto(positions, scores, [0, 1, 2]);
  expect(positions[0]).toBe(0);
  expect(positions[1]).toBeCloseTo(Math.log(0.25), 12);
  expect(positions[2]).toBeCloseTo(0, 12);
});

test("sampled slates follow their stated probabilities (chi-square, 19 degrees of freedom, false alarm 1e-4)", () => {
  const scores = Float64Array.of(0.5, -0.7, 1.2, 0, -Infinity, -1.5);
  const all = slates([0, 1, 2, 3, 5], 2);
  const counts = new Map(all.map((slate) => [slate.join(), 0]));
  const draws = 40_000;
  const slate = new Int32Array(2);
  const uniforms = new Float64Array(6);
  const scratch = new Float64Array(6);
  for (let i = 0; i < draws; i++) {
    uniformsInto(uniforms, 0, 6, key.first, key.second, i, 0);
    samplePlackettLuceInto(slate, scores, uniforms, scratch);
    counts.set(slate.join(), counts.get(slate.join())! + 1);
  }
  let statistic = 0;
  for (const s of all) {
    const expected = draws * Math.exp(plackettLuceLogProbability(scores, s));
    statistic += (counts.get(s.join())! - expected) ** 2 / expected;
  }
  expect(counts.size).toBe(20); // a masked candidate would have added a key
  expect(statistic).toBeLessThan(50.8);
});

test("the mean of the entropy along sampled slates is the entropy of all slates", () => {
  const scores = Float64Array.of(0.5, -0.7, 1.2, 0);
  let entropy = 0;
  let meanAlong = 0;
  for (const slate of slates([0, 1, 2, 3], 3)) {
    const logProbability = plackettLuceLogProbability(scores, slate);
    entropy -= Math.exp(logProbability) * logProbability;
    meanAlong += Math.exp(logProbability) * plackettLuceEntropyAlong(scores, slate);
  }
  expect(meanAlong).toBeCloseTo(entropy, 12);
});

test("greedy slates are the most probable ones, and short candidate sets leave −1", () => {
  const slate = new Int32Array(3);
  greedyPlackettLuceInto(slate, Float64Array.of(-Infinity, 2, 5, -Infinity), new Float64Array(4));
  expect([...slate]).toEqual([2, 1, -1]);
  expect(plackettLuceLogProbability(Float64Array.of(-Infinity, 2, 5, -Infinity), slate)).toBeCloseTo(
    -Math.log(1 + Math.exp(-3)),
    14,
  );
});

test("a masked, repeated or unknown position is refused", () => {
  const scores = Float64Array.of(0, -Infinity, 1);
  for (const slate of [[1], [0, 0], [3]]) {
    expect(() => plackettLuceLogProbability(scores, slate)).toThrow(
      /allowed are distinct unmasked positions below 3/,
    );
  }
});

test("one-slot slates are categorical", () => {
  fc.assert(
    fc.property(scoreVector, (scores) => {
      const action = greedyCategorical(scores);
      expect(plackettLuceLogProbability(scores, [action])).toBeCloseTo(
        categoricalLogProbability(scores, action),
        12,
      );
    }),
  );
});

test("categorical samples follow the softmax and never a masked action (chi-square, 2 degrees, false alarm 1e-4)", () => {
  const logits = Float64Array.of(0, -Infinity, 1, -2);
  const counts = [0, 0, 0, 0];
  const draws = 30_000;
  for (let i = 0; i < draws; i++) counts[sampleCategorical(logits, uniform(key, i, 2))]!++;
  expect(counts[1]).toBe(0);
  let statistic = 0;
  for (const i of [0, 2, 3]) {
    const expected = draws * Math.exp(categoricalLogProbability(logits, i));
    statistic += (counts[i]! - expected) ** 2 / expected;
  }
  expect(statistic).toBeLessThan(18.4);
});

test("categorical laws: shift invariance, entropy of the uniform, all masked refused, last cell absorbs rounding", () => {
  fc.assert(
    fc.property(scoreVector, fc.double({ min: -50, max: 50, noNaN: true }), (logits, shift) => {
      const shifted = logits.map((v) => v + shift);
      expect(categoricalEntropy(shifted)).toBeCloseTo(categoricalEntropy(logits), 9);
      const action = sampleCategorical(logits, 0.999999999);
      expect(logits[action]).not.toBe(-Infinity);
    }),
  );
  expect(categoricalEntropy(new Float64Array(8))).toBeCloseTo(Math.log(8), 14);
  expect(() => sampleCategorical(Float64Array.of(-Infinity), 0.5)).toThrow(/every action is masked/);
});

test("Gaussian log-probability and entropy meet their closed forms; samples have the stated moments (4 standard errors)", () => {
  const mean = Float64Array.of(1, -2);
  const logStandardDeviation = Float64Array.of(Math.log(2), Math.log(0.5));
  const density = (x: number, m: number, s: number) =>
    Math.exp(-((x - m) ** 2) / (2 * s * s)) / (s * Math.sqrt(2 * Math.PI));
  expect(diagonalGaussianLogProbability(Float64Array.of(0.5, -1.7), mean, logStandardDeviation)).toBeCloseTo(
    Math.log(density(0.5, 1, 2) * density(-1.7, -2, 0.5)),
    13,
  );
  expect(diagonalGaussianEntropy(logStandardDeviation)).toBeCloseTo(Math.log(2 * Math.PI * Math.E), 14);
  const n = 20_000;
  const out = new Float64Array(2);
  const uniforms = new Float64Array(2);
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    uniformsInto(uniforms, 0, 2, key.first, key.second, i, 100);
    sampleDiagonalGaussianInto(out, mean, logStandardDeviation, uniforms);
    sum += out[0]!;
    squares += (out[0]! - 1) ** 2;
  }
  expect(Math.abs(sum / n - 1)).toBeLessThan((4 * 2) / Math.sqrt(n));
  expect(Math.abs(squares / n - 4)).toBeLessThan((4 * 4 * Math.SQRT2) / Math.sqrt(n));
});
