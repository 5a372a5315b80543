import { box, discrete, multiDiscrete, slate, type Space } from "@longview/environment";
import { deriveKey, rootKey, uniformsInto } from "@longview/statistics";
import { compile, createExecutor, gradients, input, sum } from "@longview/tensor";
import { expect, test } from "vitest";
import {
  categoricalEntropy,
  categoricalLogProbability,
  diagonalGaussianEntropy,
  diagonalGaussianLogProbability,
  distributionTensors,
  plackettLuceEntropyAlong,
  plackettLuceLogProbability,
  policyShape,
} from "../src/index.ts";

const ROWS = 7;
const key = rootKey("tensor forms");

function numbers(purpose: string, count: number, spread = 4): Float32Array {
  const out = new Float64Array(count);
  const { first, second } = deriveKey(key, purpose);
  uniformsInto(out, 0, count, first, second, 0, 0);
  return Float32Array.from(out, (u) => (u - 0.5) * spread);
}

/** Log-probabilities, entropies and the gradient of Σ log-probability, from the compiled graph. */
async function evaluate(
  actionSpace: Space,
  outputs: Record<string, Float32Array>,
  action: Int32Array | Float32Array,
  mask?: Uint8Array,
): Promise<{ logProbability: Float32Array; entropy: Float32Array; gradient: Float32Array }> {
  const shape = policyShape(
    box({ low: -1, high: 1, shape: [1] }),
    actionSpace.kind === "slate" ? discrete(2) : actionSpace,
  );
  const spaces = actionSpace.kind === "slate" ? slateShape(actionSpace.candidates, actionSpace) : shape;
  const tensors = Object.fromEntries(
    Object.entries(outputs).map(([name, data]) => [name, input(name, [ROWS, data.length / ROWS])]),
  );
  const maskInput = mask === undefined ? undefined : input("mask", [ROWS, mask.length / ROWS], "bool");
  const actionInput = input("action", [ROWS, spaces.actionWidth], spaces.actionType);
  const distribution = distributionTensors(spaces, tensors, maskInput);
  const logProbability = distribution.logProbability(actionInput);
  const program = compile({
    name: "distribution",
    inputs: [...Object.values(tensors), actionInput, ...(maskInput === undefined ? [] : [maskInput])],
    outputs: {
      logProbability,
      entropy: distribution.entropy(actionInput),
      gradient: gradients(sum(logProbability), [Object.values(tensors)[0]!])[0]!,
    },
  });
  const session = await (await createExecutor("onnxruntime")).load(program);
  const result = await session.run({ ...outputs, action, ...(mask === undefined ? {} : { mask }) });
  const array = (name: string): Float32Array => {
    const data = result[name]!.data;
    if (!(data instanceof Float32Array)) throw new TypeError("float32 expected");
    return data;
  };
  return { logProbability: array("logProbability"), entropy: array("entropy"), gradient: array("gradient") };
}

function slateShape(candidates: number, actionSpace: Space): ReturnType<typeof policyShape> {
  return policyShape(
    {
      kind: "dict",
      entries: {
        context: box({ low: -1, high: 1, shape: [1] }),
        candidates: box({ low: -1, high: 1, shape: [candidates, 1] }),
        mask: { kind: "multiBinary", size: candidates },
      },
    },
    actionSpace,
  );
}

function row(values: Float32Array, index: number, mask?: Uint8Array): Float64Array {
  const width = values.length / ROWS;
  return Float64Array.from({ length: width }, (_, i) =>
    mask !== undefined && mask[index * width + i] === 0 ? -Infinity : values[index * width + i]!,
  );
}

/** Central differences of a float64 log-probability, row by row. */
function expectGradient(
  gradient: Float32Array,
  scores: Float32Array,
  mask: Uint8Array | undefined,
  f: (r: Float64Array, i: number) => number,
): void {
  const width = scores.length / ROWS;
  for (let r = 0; r < ROWS; r++)
    for (let i = 0; i < width; i++) {
      const base = row(scores, r, mask);
      if (base[i] === -Infinity) {
        expect(gradient[r * width + i]).toBe(0);
        continue;
      }
      const up = base.slice();
      const down = base.slice();
      up[i]! += 1e-5;
      down[i]! -= 1e-5;
      expect(Math.abs(gradient[r * width + i]! - (f(up, r) - f(down, r)) / 2e-5)).toBeLessThan(1e-5);
    }
}

test("Plackett–Luce: tensor form = float64 form, with masks, short sets and finite-difference gradients", async () => {
  const scores = numbers("scores", ROWS * 6, 10);
  const mask = new Uint8Array(ROWS * 6).fill(1);
  const slates = new Int32Array(ROWS * 3);
  for (let r = 0; r < ROWS; r++) {
    mask[r * 6 + (r % 6)] = 0;
    const order = [0, 1, 2, 3, 4, 5].filter((i) => i !== r % 6);
    slates.set([order[r % 5]!, order[(r + 1) % 5]!, order[(r + 3) % 5]!], r * 3);
  }
  // Row 6: two candidates left for three slots.
  mask.set([1, 0, 0, 1, 0, 0], 36);
  slates.set([3, 0, -1], 18);
  const result = await evaluate(slate({ slots: 3, candidates: 6 }), { scores }, slates, mask);
  const slateOf = (r: number): Int32Array => slates.subarray(r * 3, r * 3 + 3);
  for (let r = 0; r < ROWS; r++) {
    expect(
      Math.abs(result.logProbability[r]! - plackettLuceLogProbability(row(scores, r, mask), slateOf(r))),
    ).toBeLessThan(5e-6);
    expect(
      Math.abs(result.entropy[r]! - plackettLuceEntropyAlong(row(scores, r, mask), slateOf(r))),
    ).toBeLessThan(5e-6);
  }
  expectGradient(result.gradient, scores, mask, (scoresOfRow, r) =>
    plackettLuceLogProbability(scoresOfRow, slateOf(r)),
  );
});

test("categorical: tensor form = float64 form, with a mask and finite-difference gradients", async () => {
  const logits = numbers("logits", ROWS * 4, 10);
  const mask = new Uint8Array(ROWS * 4).fill(1);
  const action = new Int32Array(ROWS);
  for (let r = 0; r < ROWS; r++) {
    mask[r * 4 + (r % 4)] = 0;
    action[r] = (r + 1) % 4;
  }
  const result = await evaluate(discrete(4), { logits }, action, mask);
  for (let r = 0; r < ROWS; r++) {
    expect(
      Math.abs(result.logProbability[r]! - categoricalLogProbability(row(logits, r, mask), action[r]!)),
    ).toBeLessThan(3e-6);
    expect(Math.abs(result.entropy[r]! - categoricalEntropy(row(logits, r, mask)))).toBeLessThan(3e-6);
  }
  expectGradient(result.gradient, logits, mask, (values, r) => categoricalLogProbability(values, action[r]!));
});

test("several categoricals at once: log-probabilities and entropies add up", async () => {
  const logits = numbers("several", ROWS * 5, 6);
  const action = Int32Array.from({ length: ROWS * 2 }, (_, i) => (i % 2 === 0 ? (i / 2) % 2 : i % 3));
  const result = await evaluate(multiDiscrete([2, 3]), { logits }, action);
  for (let r = 0; r < ROWS; r++) {
    const values = row(logits, r);
    const first = values.slice(0, 2);
    const second = values.slice(2);
    expect(result.logProbability[r]).toBeCloseTo(
      categoricalLogProbability(first, action[2 * r]!) +
        categoricalLogProbability(second, action[2 * r + 1]!),
      5,
    );
    expect(result.entropy[r]).toBeCloseTo(categoricalEntropy(first) + categoricalEntropy(second), 5);
  }
});

test("diagonal Gaussian: tensor form = float64 form, with finite-difference gradients", async () => {
  const mean = numbers("mean", ROWS * 2);
  const logStandardDeviation = numbers("deviation", ROWS * 2, 2);
  const action = numbers("action", ROWS * 2, 3);
  const result = await evaluate(
    box({ low: -1, high: 1, shape: [2] }),
    { mean, logStandardDeviation },
    action,
  );
  for (let r = 0; r < ROWS; r++) {
    const expected = diagonalGaussianLogProbability(
      row(action, r),
      row(mean, r),
      row(logStandardDeviation, r),
    );
    expect(Math.abs(result.logProbability[r]! - expected)).toBeLessThan(
      1e-5 * Math.max(1, Math.abs(expected)),
    );
    expect(result.entropy[r]).toBeCloseTo(diagonalGaussianEntropy(row(logStandardDeviation, r)), 5);
  }
  for (let r = 0; r < ROWS; r++)
    for (let i = 0; i < 2; i++) {
      // d log p / d mean = (a − μ)/σ²
      const at = r * 2 + i;
      const closed = (action[at]! - mean[at]!) / Math.exp(2 * logStandardDeviation[at]!);
      expect(Math.abs(result.gradient[at]! - closed)).toBeLessThan(1e-5 * Math.max(1, Math.abs(closed)));
    }
});
