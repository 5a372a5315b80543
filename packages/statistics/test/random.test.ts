import { expect, test } from "vitest";
import {
  foldIn,
  foldInInto,
  normalQuantile,
  rootKey,
  threefry2x32Into,
  uniform,
  uniformsInto,
} from "../src/index.ts";

test("Threefry-2x32-20 gives Random123's published known answers", () => {
  const out = new Uint32Array(2);
  threefry2x32Into(out, 0, 0, 0, 0);
  expect([...out]).toEqual([0x6b200159, 0x99ba4efe]);
  threefry2x32Into(out, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff);
  expect([...out]).toEqual([0x1cb996fc, 0xbb002be7]);
  threefry2x32Into(out, 0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3);
  expect([...out]).toEqual([0xc4923a9c, 0x483df7a0]);
});

test("the normal quantile meets tabulated values in the centre, the shoulder and the far tail", () => {
  expect(normalQuantile(0.25)).toBeCloseTo(-0.6744897501960817, 15);
  expect(normalQuantile(0.001)).toBeCloseTo(-3.090232306167814, 14);
  expect(normalQuantile(1e-20)).toBeCloseTo(-9.262340089798408, 13);
});

test("a child key has the same words whether it is made as an object or in place", () => {
  const key = rootKey("parent");
  const out = new Int32Array(2);
  for (const value of [0, 1, 2 ** 31, 2 ** 32 - 1]) {
    const child = foldIn(key, value);
    foldInInto(out, key.first, key.second, value);
    expect([out[0]! >>> 0, out[1]! >>> 0]).toEqual([child.first, child.second]);
  }
});

test("a draw is the same whether made alone or in a run", () => {
  const key = rootKey("seed");
  const out = new Float64Array(7);
  uniformsInto(out, 0, 7, key.first, key.second, 42, 6);
  for (let i = 0; i < 7; i++) expect(uniform(key, 42, 6 + i)).toBe(out[i]);
});
