import { expect, test } from "vitest";
import {
  bootstrapMeanInterval,
  foldIn,
  meanInterval,
  meanUpperBound,
  normalQuantile,
  rootKey,
  studentQuantile,
  uniformsInto,
} from "../src/index.ts";

test("Student quantiles meet the printed table and the closed forms for 1 and 2 degrees of freedom", () => {
  expect(studentQuantile(0.975, 10)).toBeCloseTo(2.228138851964939, 10);
  expect(studentQuantile(0.95, 4)).toBeCloseTo(2.13184678632665, 10);
  // 1 degree: tan(π(p − ½)); 2 degrees: (2p − 1) / √(2p(1 − p)).
  for (const p of [0.6, 0.9, 0.99, 0.02]) {
    expect(studentQuantile(p, 1)).toBeCloseTo(Math.tan(Math.PI * (p - 0.5)), 8);
    expect(studentQuantile(p, 2)).toBeCloseTo((2 * p - 1) / Math.sqrt(2 * p * (1 - p)), 8);
  }
  expect(() => studentQuantile(1.5, 3)).toThrow("p must be from 0 to 1");
});

test("the t interval of Student's sleep data is the published one", () => {
  // Student (1908), extra hours of sleep, paired differences; mean 1.58, 95 % interval 0.7001142 … 2.4598858 (R, t.test).
  const differences = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4];
  const { mean, interval, standardError } = meanInterval(differences);
  expect(mean).toBeCloseTo(1.58, 12);
  expect(interval[0]).toBeCloseTo(0.7001142, 6);
  expect(interval[1]).toBeCloseTo(2.4598858, 6);
  expect(mean / standardError).toBeCloseTo(4.0621, 4); // R prints t = 4.0621
  expect(meanUpperBound(differences, { confidence: 0.975 })).toBeCloseTo(interval[1], 12);
});

test("equal values give an interval without width; too few, infinite or NaN ones an error that says so", () => {
  expect(meanInterval([0.1, 0.1, 0.1]).standardError).toBeLessThan(1e-16);
  expect(bootstrapMeanInterval([2, 2, 2, 2], { key: rootKey(1) }).interval).toEqual([2, 2]);
  expect(() => meanInterval([1])).toThrow("at least 2 independent values");
  expect(() => meanInterval([1, Number.NaN])).toThrow("value 1 must be finite");
  expect(() => bootstrapMeanInterval([1, 2, 3], { key: rootKey(1) })).toThrow("at least 4");
  expect(() => meanUpperBound([1, 2], { confidence: 95 })).toThrow("confidence must be between 0 and 1");
  expect(() => bootstrapMeanInterval([1, 2, 3, 4], { key: rootKey(1), replicates: 10 })).toThrow(
    "replicates must be",
  );
});

test("the bootstrap is decided by its key, moves with a shift and scales with a factor", () => {
  const values = [3, 1, 4, 1, 5, 9, 2, 6];
  const one = bootstrapMeanInterval(values, { key: rootKey("a") });
  expect(bootstrapMeanInterval(values, { key: rootKey("a") })).toEqual(one);
  expect(bootstrapMeanInterval(values, { key: rootKey("b") })).not.toEqual(one);
  const moved = bootstrapMeanInterval(
    values.map((v) => 10 + 2 * v),
    { key: rootKey("a") },
  );
  expect(moved.interval[0]).toBeCloseTo(10 + 2 * one.interval[0], 9);
  expect(moved.interval[1]).toBeCloseTo(10 + 2 * one.interval[1], 9);
});

function coverage(
  size: number,
  transform: (u: number) => number,
  truth: number,
  label: string,
): [number, number, number] {
  const samples = 2000;
  const uniforms = new Float64Array(size);
  let student = 0;
  let bootstrap = 0;
  let upper = 0;
  const root = rootKey(label);
  for (let i = 0; i < samples; i++) {
    const key = foldIn(root, i);
    uniformsInto(uniforms, 0, size, key.first, key.second, 0, 0);
    const values = Array.from(uniforms, transform);
    const t = meanInterval(values).interval;
    if (t[0] <= truth && truth <= t[1]) student++;
    const b = bootstrapMeanInterval(values, { key: foldIn(key, 1), replicates: 399 }).interval;
    if (b[0] <= truth && truth <= b[1]) bootstrap++;
    if (meanUpperBound(values) >= truth) upper++;
  }
  return [student / samples, bootstrap / samples, upper / samples];
}

// 2,000 samples of a true 95 % interval: standard deviation of the coverage 0.487 %. 4 of them (false alarm 6e-5) = 1.95 %.
const BOUND = 4 * Math.sqrt((0.95 * 0.05) / 2000);

test("over 2,000 samples of 12 normals the t interval, its bound and the bootstrap cover within 4 binomial deviations", () => {
  const [student, bootstrap, upper] = coverage(12, normalQuantile, 0, "normal");
  expect(Math.abs(student - 0.95)).toBeLessThan(BOUND);
  expect(Math.abs(upper - 0.95)).toBeLessThan(BOUND);
  expect(Math.abs(bootstrap - 0.95)).toBeLessThan(BOUND);
});

test("over 2,000 samples of 20 skewed (exponential) values the bootstrap covers better than the t interval", () => {
  const [student, bootstrap] = coverage(20, (u) => -Math.log(u), 1, "exponential");
  expect(bootstrap).toBeGreaterThan(student);
  expect(Math.abs(bootstrap - 0.95)).toBeLessThan(BOUND);
});
