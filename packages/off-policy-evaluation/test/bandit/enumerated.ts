import { rootKey, uniform } from "@longview/statistics";
import { columnMeans, estimateValue, influenceValues, type EstimatorTerms } from "../../src/index.ts";
import { expect } from "vitest";
import { expectClose } from "./golden.ts";

/** Rows of `values` (of `width` numbers each) picked by `rows`. */
export function picked(values: Float64Array, rows: Int32Array, width = 1): Float64Array {
  const out = new Float64Array(rows.length * width);
  rows.forEach((row, i) => out.set(values.subarray(row * width, (row + 1) * width), i * width));
  return out;
}

export function pickedIntegers(values: Int32Array, rows: Int32Array, width = 1): Int32Array {
  return Int32Array.from(picked(Float64Array.from(values), rows, width));
}

/**
 * A world as a population: every outcome as often as its probability says, so the mean over all rows is the expectation,
 * and rows drawn uniformly are independent draws from the world.
 */
export interface Enumerated {
  readonly rowCount: number;
  readonly truth: number;
}

/** The estimate over the whole population, where means are expectations, is the truth. */
export function expectExact(world: Enumerated, terms: (rows: Int32Array) => EstimatorTerms): void {
  const all = Int32Array.from({ length: world.rowCount }, (_, i) => i);
  expectClose(estimateValue(terms(all)), world.truth, 1e-12);
}

/** z-value of the estimate from `count` draws, by the influences' standard error. */
export function zValue(
  world: Enumerated,
  terms: (rows: Int32Array) => EstimatorTerms,
  count: number,
  seed: string,
): number {
  const key = rootKey(seed);
  const rows = Int32Array.from({ length: count }, (_, i) => Math.floor(uniform(key, i, 0) * world.rowCount));
  const drawn = terms(rows);
  const influence = influenceValues(drawn);
  const variance = influence.reduce((sum, value) => sum + value * value, 0) / (count - 1);
  return (estimateValue(drawn) - world.truth) / Math.sqrt(variance / count);
}

/** Gradients against central differences at the columns' means. */
export function expectGradient(terms: EstimatorTerms): void {
  const means = columnMeans(terms);
  const gradient = new Float64Array(means.length).fill(NaN);
  terms.gradientInto(gradient, means);
  means.forEach((mean, k) => {
    const step = 1e-5 * Math.max(1e-2, Math.abs(mean));
    const moved = (shift: number): number =>
      terms.value(means.map((value, j) => (j === k ? value + shift : value)));
    const difference = (moved(step) - moved(-step)) / (2 * step);
    expect(Math.abs(gradient[k]! - difference), `column ${k}`).toBeLessThan(
      1e-5 * Math.max(1, Math.abs(difference)),
    );
  });
}
