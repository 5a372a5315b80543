import {
  add,
  cumulativeSum,
  exp,
  expandDimensions,
  gatherElements,
  greater,
  greaterOrEqual,
  logicalAnd,
  logicalNot,
  logSoftmax,
  logSumExp,
  multiply,
  negate,
  oneHot,
  reshape,
  slice,
  square,
  subtract,
  sum,
  where,
  type Tensor,
} from "@longview/tensor";
import type { PolicyShape } from "../policy-shape.ts";

/** Score that stands for a masked action inside graphs: its probability underflows to exactly 0. */
export const MASKED_SCORE = -1e8;

/** A batch of distributions as symbolic tensors, for losses. */
export interface DistributionTensors {
  /** `[batch]`: log-probability of each row's action `[batch, actionWidth]`. */
  logProbability(action: Tensor): Tensor;
  /** `[batch]`: entropy in nats; Plackett–Luce: along the sampled slate (see plackettLuceEntropyAlong). */
  entropy(action: Tensor): Tensor;
}

/**
 * The tensor form of a policy's distribution, equal to the float64 functions up to float32 rounding.
 *
 * @param mask - `[batch, actions]`, bool or 0/1 numbers; undefined allows all
 */
export function distributionTensors(
  shape: PolicyShape,
  outputs: Readonly<Record<string, Tensor>>,
  mask: Tensor | undefined,
): DistributionTensors {
  switch (shape.distribution) {
    case "categorical":
      return categoricalTensors(output(outputs, "logits"), [shape.outputs["logits"]!], mask);
    case "multi-categorical":
      return categoricalTensors(
        output(outputs, "logits"),
        shape.actionSpace.kind === "multiDiscrete" ? shape.actionSpace.sizes : [],
        mask,
      );
    case "diagonal-gaussian":
      return gaussianTensors(output(outputs, "mean"), output(outputs, "logStandardDeviation"));
    case "plackett-luce":
      return plackettLuceTensors(output(outputs, "scores"), mask);
  }
}

function output(outputs: Readonly<Record<string, Tensor>>, name: string): Tensor {
  const found = outputs[name];
  if (found === undefined) throw new RangeError(`distribution: no output ${name}`);
  return found;
}

function allowed(mask: Tensor): Tensor {
  return mask.dataType === "bool" ? mask : greater(mask, 0.5);
}

function maskScores(scores: Tensor, mask: Tensor | undefined): Tensor {
  return mask === undefined ? scores : where(allowed(mask), scores, MASKED_SCORE);
}

function categoricalTensors(
  logits: Tensor,
  sizes: readonly number[],
  mask: Tensor | undefined,
): DistributionTensors {
  const masked = maskScores(logits, mask);
  let start = 0;
  const parts = sizes.map((size) => {
    const part = sizes.length === 1 ? masked : slice(masked, { axis: 1, start, end: start + size });
    start += size;
    return logSoftmax(part);
  });
  return {
    logProbability(action) {
      const rows = action.shape[0]!;
      return total(
        parts.map((part, i) => {
          const column = sizes.length === 1 ? action : slice(action, { axis: 1, start: i, end: i + 1 });
          return sum(multiply(part, oneHot(reshape(column, [rows]), sizes[i]!)), { axes: 1 });
        }),
      );
    },
    entropy() {
      return total(parts.map((part) => negate(sum(multiply(exp(part), part), { axes: 1 }))));
    },
  };
}

function gaussianTensors(mean: Tensor, logStandardDeviation: Tensor): DistributionTensors {
  return {
    logProbability(action) {
      const standardised = multiply(subtract(action, mean), exp(negate(logStandardDeviation)));
      const terms = add(
        add(multiply(square(standardised), 0.5), logStandardDeviation),
        0.5 * Math.log(2 * Math.PI),
      );
      return negate(sum(terms, { axes: 1 }));
    },
    entropy() {
      return sum(add(logStandardDeviation, 0.5 * Math.log(2 * Math.PI * Math.E)), { axes: 1 });
    },
  };
}

function plackettLuceTensors(scores: Tensor, mask: Tensor | undefined): DistributionTensors {
  const candidates = scores.shape[1];
  if (typeof candidates !== "number")
    throw new RangeError("Plackett–Luce loss: the number of candidates must be fixed");
  const count: number = candidates;
  const masked = maskScores(scores, mask);

  /** For each slot: was it filled, and the scores of the candidates left `[batch, slots, candidates]`. */
  function slots(slate: Tensor): { filled: Tensor; index: Tensor; left: Tensor; rest: Tensor } {
    const filled = greaterOrEqual(slate, 0);
    const index = where(filled, slate, 0);
    const taken = cumulativeSum(oneHot(index, count), { axis: 1, exclusive: true });
    const left =
      mask === undefined
        ? logicalNot(greater(taken, 0.5))
        : logicalAnd(logicalNot(greater(taken, 0.5)), expandDimensions(allowed(mask), 1));
    return { filled, index, left, rest: where(left, expandDimensions(masked, 1), MASKED_SCORE) };
  }

  return {
    logProbability(action) {
      const { filled, index, rest } = slots(action);
      const conditional = subtract(gatherElements(masked, index, 1), logSumExp(rest, { axes: 2 }));
      return sum(where(filled, conditional, 0), { axes: 1 });
    },
    entropy(action) {
      const { filled, left, rest } = slots(action);
      const logProbability = logSoftmax(rest, { axes: 2 });
      const terms = multiply(exp(logProbability), where(left, logProbability, 0));
      return sum(where(filled, negate(sum(terms, { axes: 2 })), 0), { axes: 1 });
    },
  };
}

function total(terms: readonly Tensor[]): Tensor {
  return terms.reduce((sumSoFar, term) => add(sumSoFar, term));
}
