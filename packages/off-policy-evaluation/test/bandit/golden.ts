import { existsSync, readFileSync } from "node:fs";
import { expect } from "vitest";
import { estimateValue, type EstimatorTerms } from "../../src/index.ts";

/** Numbers, text and lists as JSON has them. */
export type Json = number | string | boolean | null | readonly Json[] | { readonly [key: string]: Json };

const folder = new URL("../../../../../shared/golden/ope/", import.meta.url);

/** Whether the golden files lie beside the checkout. */
export const hasGoldens = existsSync(new URL("obp_bandit_200_binary.json", folder));

export function golden(name: string): Json {
  const parsed: Json = JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8"));
  return parsed;
}

/** Follows keys into a golden. */
export function at(json: Json, ...keys: readonly (string | number)[]): Json {
  let value = json;
  for (const key of keys) {
    if (typeof value !== "object" || value === null) throw new Error(`golden: nothing at ${keys.join(".")}`);
    const next: Json | undefined = Object.entries(value).find(([name]) => name === String(key))?.[1];
    if (next === undefined) throw new Error(`golden: nothing at ${keys.join(".")}`);
    value = next;
  }
  return value;
}

export function numberAt(json: Json, ...keys: readonly (string | number)[]): number {
  const value = at(json, ...keys);
  return value === "inf" ? Infinity : value === "nan" ? NaN : Number(value);
}

/** All numbers below, row-major. */
export function flat(json: Json): Float64Array {
  const out: number[] = [];
  const visit = (value: Json): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else out.push(value === "inf" ? Infinity : Number(value));
  };
  visit(json);
  return Float64Array.from(out);
}

export const flatAt = (json: Json, ...keys: readonly (string | number)[]): Float64Array =>
  flat(at(json, ...keys));
export const integersAt = (json: Json, ...keys: readonly (string | number)[]): Int32Array =>
  Int32Array.from(flatAt(json, ...keys));

/** From a table [rows · actions · positions] the part [rows · actions] at each row's own position. */
export function atPosition(table: Float64Array, position: Int32Array, actionCount: number): Float64Array {
  const positions = table.length / position.length / actionCount;
  return Float64Array.from(
    { length: position.length * actionCount },
    (_, k) => table[k * positions + position[Math.floor(k / actionCount)]!]!,
  );
}

export function expectEstimate(terms: EstimatorTerms, expected: number): void {
  expectClose(estimateValue(terms), expected, 1e-9);
}

export function expectClose(actual: number, expected: number, tolerance: number): void {
  expect(
    Math.abs(actual - expected),
    `${actual} against ${expected}, within ${tolerance}`,
  ).toBeLessThanOrEqual(tolerance);
}
