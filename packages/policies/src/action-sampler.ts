import { uniformsInto } from "@longview/statistics";
import {
  categoricalLogProbability,
  greedyCategorical,
  sampleCategorical,
} from "./distributions/categorical.ts";
import {
  diagonalGaussianLogProbability,
  sampleDiagonalGaussianInto,
} from "./distributions/diagonal-gaussian.ts";
import { maskedRowInto } from "./distributions/masking.ts";
import {
  greedyPlackettLuceInto,
  plackettLucePositionLogProbabilitiesInto,
  samplePlackettLuceInto,
} from "./distributions/plackett-luce.ts";
import type { PolicyShape } from "./policy-shape.ts";

/** `explore` draws from the distribution; `greedy` takes its mode. */
export type ActionMode = "explore" | "greedy";

/** A distribution's outputs for some rows: float32, row-major, by the names of {@link PolicyShape.outputs}. */
export type DistributionOutputs = Readonly<Record<string, Float32Array>>;

/** Turns a row of outputs into an action and its log-probability, in float64. Holds only scratch. */
export interface ActionSampler {
  /**
   * Writes the action of one row and returns its log-probability.
   *
   * The noise is keyed: `uniformsInto(key0, key1, entity, draw 0 …)`, a fixed number of draws a row.
   *
   * @param mask - buffer of allowed actions and the row to read in it; null allows all
   */
  sampleRow(request: SampleRequest): number;
}

/** Reused by the caller from row to row, so that sampling allocates nothing. */
export interface SampleRequest {
  outputs: DistributionOutputs;
  /** Row of `outputs`. */
  row: number;
  mask: Readonly<Uint8Array> | null;
  maskRow: number;
  mode: ActionMode;
  key0: number;
  key1: number;
  entity: number;
  /** Receives the action, raw (not clipped to a Box's bounds), at row `actionRow`. */
  action: Int32Array | Float32Array;
  actionRow: number;
}

/** The sampler of a policy's distribution. */
export function createActionSampler(shape: PolicyShape): ActionSampler {
  switch (shape.distribution) {
    case "categorical":
      return categoricalSampler([shape.outputs["logits"]!]);
    case "multi-categorical":
      return categoricalSampler(shape.actionSpace.kind === "multiDiscrete" ? shape.actionSpace.sizes : []);
    case "diagonal-gaussian":
      return gaussianSampler(shape.actionWidth);
    case "plackett-luce":
      return plackettLuceSampler(shape.actionWidth, shape.outputs["scores"]!);
  }
}

function categoricalSampler(sizes: readonly number[]): ActionSampler {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const all = new Float64Array(total);
  let offset = 0;
  const parts = sizes.map((size) => all.subarray(offset, (offset += size)));
  const uniforms = new Float64Array(sizes.length);
  return {
    sampleRow(request) {
      maskedRowInto(all, request.outputs["logits"]!, request.row, request.mask, request.maskRow);
      if (request.mode === "explore")
        uniformsInto(uniforms, 0, uniforms.length, request.key0, request.key1, request.entity, 0);
      let logProbability = 0;
      for (let i = 0; i < parts.length; i++) {
        const logits = parts[i]!;
        const action =
          request.mode === "explore" ? sampleCategorical(logits, uniforms[i]!) : greedyCategorical(logits);
        request.action[request.actionRow * parts.length + i] = action;
        logProbability += categoricalLogProbability(logits, action);
      }
      return logProbability;
    },
  };
}

function gaussianSampler(width: number): ActionSampler {
  const mean = new Float64Array(width);
  const logStandardDeviation = new Float64Array(width);
  const action = new Float64Array(width);
  const uniforms = new Float64Array(width);
  return {
    sampleRow(request) {
      maskedRowInto(mean, request.outputs["mean"]!, request.row, null, 0);
      maskedRowInto(logStandardDeviation, request.outputs["logStandardDeviation"]!, request.row, null, 0);
      if (request.mode === "explore") {
        uniformsInto(uniforms, 0, width, request.key0, request.key1, request.entity, 0);
        sampleDiagonalGaussianInto(action, mean, logStandardDeviation, uniforms);
      } else action.set(mean);
      // The density is that of the float32 action which is stored and learned from.
      for (let i = 0; i < width; i++) {
        action[i] = Math.fround(action[i]!);
        request.action[request.actionRow * width + i] = action[i]!;
      }
      return diagonalGaussianLogProbability(action, mean, logStandardDeviation);
    },
  };
}

function plackettLuceSampler(slots: number, candidates: number): ActionSampler {
  const scores = new Float64Array(candidates);
  const scratch = new Float64Array(candidates);
  const uniforms = new Float64Array(candidates);
  const slate = new Int32Array(slots);
  const positions = new Float64Array(slots);
  return {
    sampleRow(request) {
      maskedRowInto(scores, request.outputs["scores"]!, request.row, request.mask, request.maskRow);
      if (request.mode === "explore") {
        uniformsInto(uniforms, 0, candidates, request.key0, request.key1, request.entity, 0);
        samplePlackettLuceInto(slate, scores, uniforms, scratch);
      } else greedyPlackettLuceInto(slate, scores, scratch);
      for (let i = 0; i < slots; i++) request.action[request.actionRow * slots + i] = slate[i]!;
      return plackettLucePositionLogProbabilitiesInto(positions, scores, slate);
    },
  };
}
