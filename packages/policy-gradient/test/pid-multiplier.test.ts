import { expect, test } from "vitest";
import { multiplierSettings } from "../src/index.ts";
import { initialMultiplier, updateMultiplier } from "../src/pid-multiplier.ts";

const settings = multiplierSettings.parse({
  proportionalGain: 0.5,
  integralGain: 0.1,
  derivativeGain: 2,
  smoothing: 0.5,
  maximum: 3,
});

test("the controller follows its formula by hand", () => {
  let state = initialMultiplier(settings);
  state = updateMultiplier(state, 1, settings); // e 1, I .1, no rise at first
  expect(state.multiplier).toBeCloseTo(0.5 + 0.1, 14);
  state = updateMultiplier(state, 2, settings); // e 1.5, I .3, rise .5
  expect(state.multiplier).toBeCloseTo(0.75 + 0.3 + 1, 14);
  state = updateMultiplier(state, -1, settings); // e .25, I .2, falling error adds nothing
  expect(state.multiplier).toBeCloseTo(0.125 + 0.2, 14);
});

test("a kept constraint drives the multiplier to exactly 0, never below", () => {
  let state = initialMultiplier({ ...settings, initial: 1 });
  for (let i = 0; i < 50; i++) state = updateMultiplier(state, -1, settings);
  expect(state.multiplier).toBe(0);
  expect(state.integral).toBe(0);
});

test("anti-windup: after a long saturation the multiplier falls as soon as the violation ends", () => {
  let state = initialMultiplier(settings);
  for (let i = 0; i < 1000; i++) state = updateMultiplier(state, 5, settings);
  expect(state.multiplier).toBe(3);
  expect(state.integral).toBeLessThanOrEqual(3);
  for (let i = 0; i < 8; i++) state = updateMultiplier(state, -2, settings);
  expect(state.multiplier).toBeLessThan(2);
});

test("on a plant whose cost falls with the multiplier the integral settles on the exact multiplier", () => {
  // cost(λ) = 2 − λ, target 1: λ* = 1.
  let state = initialMultiplier(settings);
  for (let i = 0; i < 400; i++)
    state = updateMultiplier(state, 2 - state.multiplier - 1, { ...settings, derivativeGain: 0 });
  expect(state.multiplier).toBeCloseTo(1, 6);
});
