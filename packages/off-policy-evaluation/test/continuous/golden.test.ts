import { describe, expect, test } from "vitest";
import {
  KERNELS,
  kernelizedDoublyRobust,
  kernelizedInversePropensity,
  kernelizedSelfNormalizedInversePropensity,
  type KernelName,
} from "../../src/index.ts";
import { at, expectClose, expectEstimate, flatAt, golden, hasGoldens, numberAt } from "../bandit/golden.ts";

const isKernel = (name: string): name is KernelName => Object.hasOwn(KERNELS, name);

describe.skipIf(!hasGoldens)(
  "kernelised estimators against Open Bandit Pipeline (skipped where ../shared is absent)",
  () => {
    if (!hasGoldens) return; // a skipped suite's body is run too, to collect its tests
    const file = golden("obp_continuous_200");
    const input = {
      reward: flatAt(file, "inputs", "reward"),
      action: flatAt(file, "inputs", "action_by_behavior_policy"),
      density: flatAt(file, "inputs", "pscore"),
      targetAction: flatAt(file, "inputs", "action_by_evaluation_policy"),
      predictedReward: flatAt(file, "inputs", "estimated_rewards_by_reg_model"),
    };

    test("every kernel and bandwidth", () => {
      const estimators: Record<string, typeof kernelizedDoublyRobust> = {
        kernelized_ipw: kernelizedInversePropensity,
        kernelized_snipw: kernelizedSelfNormalizedInversePropensity,
        kernelized_dr: kernelizedDoublyRobust,
      };
      const keys = Object.keys(at(file, "outputs") ?? {});
      expect(keys.length).toBeGreaterThanOrEqual(36);
      for (const key of keys) {
        const [estimator, kernel, bandwidth] = key.split(":");
        if (!isKernel(kernel!)) throw new Error(`unknown kernel in ${key}`);
        expectEstimate(
          estimators[estimator!]!(input, { kernel, bandwidth: Number(bandwidth) }),
          numberAt(file, "outputs", key, "value"),
        );
      }
    });

    test("kernels at tabulated points", () => {
      const points = flatAt(file, "kernels", "u");
      for (const name of ["gaussian", "epanechnikov", "triangular", "cosine"] as const) {
        const values = flatAt(file, "kernels", name);
        // Their cosine kernel is 0.0 times a cosine outside [-1, 1] and rounds at the ends; tolerance covers both.
        points.forEach((u, i) => expectClose(KERNELS[name](u), values[i]!, 1e-15));
      }
    });
  },
);
