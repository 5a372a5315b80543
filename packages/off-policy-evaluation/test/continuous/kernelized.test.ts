import { normalQuantile, rootKey, uniform } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import {
  KERNELS,
  OffPolicyEvaluationError,
  estimateValue,
  estimateWidth,
  influenceValues,
  kernelizedDoublyRobust,
  kernelizedInversePropensity,
  kernelizedSelfNormalizedInversePropensity,
  slope,
  type ModelledContinuousInput,
} from "../../src/index.ts";
import { expectClose } from "../bandit/golden.ts";
import { expectGradient } from "../bandit/enumerated.ts";

const NAMES = ["gaussian", "epanechnikov", "triangular", "cosine", "uniform"] as const;

// Actions uniform on [-1, 1] (density 1/2); the target plays x / 2 for x uniform on [-1, 1]; E[r] = a² + x a.
function world(count: number, seed: string): ModelledContinuousInput {
  const key = rootKey(seed);
  const context = Float64Array.from({ length: count }, (_, i) => 2 * uniform(key, i, 0) - 1);
  const action = Float64Array.from({ length: count }, (_, i) => 2 * uniform(key, i, 2) - 1);
  const noise = (i: number): number => 0.3 * normalQuantile(uniform(key, i, 4));
  return {
    action,
    density: new Float64Array(count).fill(0.5),
    targetAction: context.map((x) => x / 2),
    reward: action.map((a, i) => a * a + context[i]! * a + noise(i)),
    predictedReward: context.map((x) => x - 1),
  };
}
/** E[(x/2)² + x²/2] = 3/4 · E[x²]. */
const TRUTH = 0.25;
/** ∫ u² K(u) du: with a second derivative of 2 in the action, the bias of bandwidth h is h² times it. */
const SECOND_MOMENT = {
  gaussian: 1,
  epanechnikov: 0.2,
  triangular: 1 / 6,
  cosine: 1 - 8 / Math.PI ** 2,
  uniform: 1 / 3,
};

describe("kernels", () => {
  test.each(NAMES)("%s: integrates to 1, with mean 0 and the second moment of its closed form", (name) => {
    const range = name === "gaussian" ? 10 : 1;
    const count = 200_001;
    let mass = 0;
    let first = 0;
    let second = 0;
    for (let i = 0; i < count; i++) {
      const u = (2 * (i + 0.5) * range) / count - range;
      const weight = (KERNELS[name](u) * 2 * range) / count;
      mass += weight;
      first += u * weight;
      second += u * u * weight;
    }
    expectClose(mass, 1, 1e-8);
    expectClose(first, 0, 1e-12);
    expectClose(second, SECOND_MOMENT[name], 1e-8);
  });
});

describe("kernelised estimators in a world with a closed form", () => {
  // The bias is exact because the reward is quadratic in the action, and the kernel lies inside its range (the Gaussian's
  // tail beyond 5 widths aside). 15 z-values at 4: a false alarm in a thousand seeds.
  test.each(NAMES)("%s: z <= 4 against the truth and the closed form of the smoothing bias", (kernel) => {
    const input = world(40_000, `continuous ${kernel}`);
    const options = { kernel, bandwidth: kernel === "gaussian" ? 0.1 : 0.3 };
    const expected = TRUTH + options.bandwidth ** 2 * SECOND_MOMENT[kernel];
    for (const terms of [
      kernelizedInversePropensity(input, options),
      kernelizedSelfNormalizedInversePropensity(input, options),
      kernelizedDoublyRobust(input, options),
    ]) {
      const influence = influenceValues(terms);
      const error = Math.sqrt(influence.reduce((sum, value) => sum + value * value, 0)) / influence.length;
      expect(Math.abs(estimateValue(terms) - expected) / error).toBeLessThanOrEqual(4);
      expectGradient(terms);
    }
  });

  test("the bandwidth can be chosen by SLOPE, from narrow to wide", () => {
    const input = world(4_000, "bandwidth");
    const bandwidths = [0.02, 0.05, 0.1, 0.2, 0.4, 2];
    const widths = bandwidths.map((bandwidth) =>
      estimateWidth(kernelizedInversePropensity(input, { kernel: "epanechnikov", bandwidth }), 0.05),
    );
    const { chosen, accepted } = slope(widths);
    expect(accepted[0]).toBe(0);
    expect(chosen).toBeLessThan(5);
  });
});

describe("continuous logs that are refused", () => {
  const input = {
    reward: Float64Array.of(1, 2),
    action: Float64Array.of(0, 1),
    density: Float64Array.of(0.5, 2.5),
    targetAction: Float64Array.of(0, 0),
    predictedReward: Float64Array.of(0, 0),
  };
  const options = { kernel: "triangular", bandwidth: 0.5 } as const;

  test("a density may pass 1", () => {
    expect(estimateValue(kernelizedInversePropensity(input, options))).toBe(2);
  });

  test.each<[() => unknown, string, RegExp]>([
    [
      () => kernelizedInversePropensity({ ...input, density: Float64Array.of(0.5, 0) }, options),
      "BAD_VALUE",
      /density\[1\] is 0/,
    ],
    [
      () => kernelizedInversePropensity({ ...input, density: Float64Array.of(NaN, 0) }, options),
      "BAD_VALUE",
      /density\[0\] is NaN/,
    ],
    [
      () => kernelizedInversePropensity({ ...input, action: Float64Array.of(0, NaN) }, options),
      "BAD_VALUE",
      /action\[1\] is NaN/,
    ],
    [
      () => kernelizedInversePropensity({ ...input, density: Float64Array.of(1e-320, 1) }, options),
      "BAD_VALUE",
      /overflows/,
    ],
    [() => kernelizedInversePropensity({ ...input, reward: Float64Array.of() }, options), "EMPTY", /no rows/],
    [
      () => kernelizedInversePropensity({ ...input, targetAction: Float64Array.of(1) }, options),
      "BAD_LENGTH",
      /targetAction has 1/,
    ],
    [() => kernelizedInversePropensity(input, { ...options, bandwidth: 0 }), "BAD_OPTION", /bandwidth is 0/],
    [
      () => kernelizedDoublyRobust({ ...input, predictedReward: Float64Array.of(0, Infinity) }, options),
      "BAD_VALUE",
      /predictedReward\[1\]/,
    ],
    [
      () =>
        kernelizedSelfNormalizedInversePropensity({ ...input, targetAction: Float64Array.of(5, 5) }, options),
      "NO_SUPPORT",
      /no logged action lies within the triangular kernel/,
    ],
  ])("%#", (run, code, message) => {
    let caught: unknown;
    try {
      run();
    } catch (error) {
      caught = error;
    }
    if (!(caught instanceof OffPolicyEvaluationError)) throw new Error(`not refused: ${String(caught)}`);
    expect(caught.code).toBe(code);
    expect(caught.message).toMatch(message);
  });
});
