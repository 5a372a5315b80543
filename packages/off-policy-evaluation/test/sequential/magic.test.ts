import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  estimateValue,
  magic,
  magicBlend,
  sequentialDirectMethod,
  tabularFittedQEvaluation,
  weightedDoublyRobust,
  withTabularValues,
  type ModelledTrajectoryLog,
  type TabularTrajectoryLog,
} from "../../src/index.ts";
import { minimizeOnSimplex } from "../../src/sequential/simplex-quadratic-program.ts";
import { expectClose } from "../bandit/golden.ts";
import { exactReturn, sampleTrajectories, TARGET } from "./exact-process.ts";

describe("the quadratic program", () => {
  const dimension = 6;
  const problem = fc.record({
    root: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 18, maxLength: 18 }),
    linear: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), {
      minLength: dimension,
      maxLength: dimension,
    }),
  });

  test("meets the conditions of optimality, also where the matrix is singular", () => {
    fc.assert(
      fc.property(problem, ({ root, linear }) => {
        // Rank 3 of 6.
        const hessian = new Float64Array(dimension ** 2);
        for (let j = 0; j < dimension; j++)
          for (let k = 0; k < dimension; k++)
            for (let r = 0; r < 3; r++)
              hessian[j * dimension + k] =
                hessian[j * dimension + k]! + root[r * dimension + j]! * root[r * dimension + k]!;
        const x = minimizeOnSimplex(hessian, Float64Array.from(linear));
        expectClose(
          x.reduce((sum, v) => sum + v, 0),
          1,
          1e-9,
        );
        const slope = x.map(
          (_, j) => linear[j]! + x.reduce((sum, v, k) => sum + hessian[j * dimension + k]! * v, 0),
        );
        const least = Math.min(...slope);
        x.forEach((v, j) => {
          expect(v).toBeGreaterThanOrEqual(0);
          // Weight only where the slope is least.
          expect(v * (slope[j]! - least)).toBeLessThanOrEqual(1e-8);
        });
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  test("a diagonal matrix weighs by inverse variance", () => {
    const x = minimizeOnSimplex(Float64Array.of(1, 0, 0, 0, 2, 0, 0, 0, 4), new Float64Array(3));
    [4 / 7, 2 / 7, 1 / 7].forEach((share, k) => expectClose(x[k]!, share, 1e-9));
  });
});

describe("MAGIC", () => {
  const bend = (log: TabularTrajectoryLog, by: number): ModelledTrajectoryLog => {
    const values = tabularFittedQEvaluation(log);
    const bent = {
      ...values,
      actionValues: values.actionValues.map((v) => v * by),
      stateValues: values.stateValues.map((v) => v * by),
    };
    return withTabularValues(log, bent);
  };

  test("minimises variance and the whole outer product of the biases, as an independent minimiser does", () => {
    const blend = magicBlend(bend(sampleTrajectories(200, "blend"), 1.5));
    const count = blend.bias.length;
    expect(blend.bias.filter((b) => b > 0).length).toBeGreaterThan(1);
    const error = (j: number, k: number): number =>
      blend.covariance[j * count + k]! + blend.bias[j]! * blend.bias[k]!;
    const objective = (x: ArrayLike<number>): number => {
      let sum = 0;
      for (let j = 0; j < count; j++) for (let k = 0; k < count; k++) sum += x[j]! * x[k]! * error(j, k);
      return sum;
    };
    // Pairwise Frank–Wolfe: an exact line search from the worst coordinate in use to the best.
    const x = new Float64Array(count).fill(1 / count);
    for (let iteration = 0; iteration < 200_000; iteration++) {
      const slope = x.map((_, j) => x.reduce((sum, v, k) => sum + error(j, k) * v, 0));
      let best = 0;
      let worst = -1;
      slope.forEach((value, j) => {
        if (value < slope[best]!) best = j;
        if (x[j]! > 0 && (worst < 0 || value > slope[worst]!)) worst = j;
      });
      const gap = slope[worst]! - slope[best]!;
      if (gap < 1e-15) break;
      const curvature = error(best, best) + error(worst, worst) - 2 * error(best, worst);
      const step = Math.min(x[worst]!, gap / curvature);
      x[best] = x[best]! + step;
      x[worst] = x[worst]! - step;
    }
    expectClose(objective(blend.weights), objective(x), 1e-9 * objective(x));
    expectClose(
      estimateValue(blend.terms),
      blend.weights.reduce((sum, w, j) => sum + w * blend.estimates[j]!, 0),
      1e-12,
    );
  });

  test("its ends are the direct method and weighted doubly robust", () => {
    const log = bend(sampleTrajectories(200, "ends"), 1.5);
    expectClose(
      estimateValue(magic(log, { correctedSteps: [0] })),
      estimateValue(sequentialDirectMethod(log)),
      1e-12,
    );
    expectClose(
      estimateValue(magic(log, { correctedSteps: [log.horizon] })),
      estimateValue(weightedDoublyRobust(log)),
      1e-12,
    );
  });

  test("covariance has the size of the estimates' own over worlds", () => {
    const worlds = 400;
    const estimates: number[] = [];
    let claimed = 0;
    for (let world = 0; world < worlds; world++) {
      const blend = magicBlend(bend(sampleTrajectories(100, `covariance ${world}`), 0), {
        replicates: 2,
        correctedSteps: [1],
      });
      estimates.push(blend.estimates[0]!);
      claimed += blend.covariance[0]! / worlds;
    }
    const mean = estimates.reduce((sum, v) => sum + v, 0) / worlds;
    const variance = estimates.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (worlds - 1);
    // Of the paper's form, which holds the normaliser fixed, the right order: not smaller by the number of trajectories.
    expect(claimed / variance).toBeGreaterThan(0.5);
    expect(claimed / variance).toBeLessThan(3);
  });

  test("finds the exact value with a wrong model, and leans on a right one", () => {
    const truth = exactReturn(TARGET);
    const large = sampleTrajectories(20_000, "magic");
    const wrong = bend(large, 1.5);
    expectClose(estimateValue(magic(wrong, { replicates: 50 })), truth, 0.02 * truth);
    expect(Math.abs(estimateValue(sequentialDirectMethod(wrong)) - truth)).toBeGreaterThan(0.3 * truth);
    let blended = 0;
    let weighted = 0;
    for (let world = 0; world < 100; world++) {
      const log = bend(sampleTrajectories(60, `small ${world}`), 1);
      blended += (estimateValue(magic(log, { replicates: 50 })) - truth) ** 2;
      weighted += (estimateValue(weightedDoublyRobust(log)) - truth) ** 2;
    }
    expect(blended).toBeLessThanOrEqual(weighted);
  });
});
