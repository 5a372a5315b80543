import {
  add,
  cast,
  concatenate,
  divide,
  expandDimensions,
  matMul,
  maximum,
  multiply,
  reshape,
  sum,
  type Tensor,
} from "@longview/tensor";
import type { PolicyShape } from "../policy-shape.ts";
import type { PolicySettings } from "../policy-settings.ts";
import { activate, dense, denseParameters, HIDDEN_GAIN, parameter, stack, stackParameters } from "./dense.ts";
import type { Network } from "./network.ts";

/**
 * A score for each candidate, from a context (user) tower and an item tower that meet twice:
 *
 * ```text
 * set     = [context, mean of the unmasked candidates]          once a decision
 * user    = tower(set)                                          once a decision
 * item₁   = act(candidate·W + user·U + b)                       cross features: additive, then non-linear
 * itemₙ   = act(item·W + b) …                                   once a candidate
 * score   = itemₙ·w + (itemₙ ∘ (user·P))·v                      main effect + product of towers
 * ```
 *
 * Candidate features hold the item's and its creator's. Only the item tower runs once a candidate. Because its first
 * layer sees `user`, and `user` the set's mean, an item is judged against its rivals at no cost a candidate. Permuting
 * the candidates permutes the scores. Values come from their own tower over `set` (or from `user` where shared).
 */
export function slateScorerNetwork(
  shape: PolicyShape,
  settings: PolicySettings,
  valueCount: number,
): Network {
  const { hiddenSizes, itemSizes, activation, sharedTrunk, relativeFeatures, policyGain } = settings;
  const contextSize = sizeOf(shape, "context");
  const featureCount = shape.observation.find((entry) => entry.name === "candidates")!.rowShape[1]!;
  const setSize = contextSize + (relativeFeatures ? featureCount : 0);
  const userSize = hiddenSizes.at(-1) ?? setSize;
  const lastItem = itemSizes.at(-1)!;
  const layers = { sizes: hiddenSizes, activation };
  return {
    parameters: [
      ...stackParameters("user", setSize, hiddenSizes),
      ...(sharedTrunk ? [] : stackParameters("value", setSize, hiddenSizes)),
      ...itemSizes.flatMap((size, i) =>
        denseParameters(`item.${i}`, i === 0 ? featureCount : itemSizes[i - 1]!, size, HIDDEN_GAIN),
      ),
      { name: "cross.weight", shape: [userSize, itemSizes[0]!], initializer: { orthogonal: HIDDEN_GAIN } },
      { name: "product.weight", shape: [userSize, lastItem], initializer: { orthogonal: 1 } },
      { name: "score.item", shape: [lastItem, 1], initializer: { orthogonal: policyGain } },
      { name: "score.product", shape: [lastItem, 1], initializer: { orthogonal: policyGain } },
      ...denseParameters("value.heads", userSize, valueCount, 1),
    ],
    build(parameters, observation) {
      const context = part(observation, "context");
      const candidates = part(observation, "candidates");
      const rows = candidates.shape[0]!;
      const count = candidates.shape[1]!;
      const set = relativeFeatures
        ? concatenate([context, maskedMean(candidates, part(observation, "mask"))], 1)
        : context;
      const user = stack(parameters, "user", set, layers);
      let item = dense(parameters, "item.0", reshape(candidates, [-1, featureCount]));
      const cross = expandDimensions(matMul(user, parameter(parameters, "cross.weight")), 1);
      item = reshape(activate(add(reshape(item, [rows, count, itemSizes[0]!]), cross), activation), [
        -1,
        itemSizes[0]!,
      ]);
      for (let i = 1; i < itemSizes.length; i++)
        item = activate(dense(parameters, `item.${i}`, item), activation);
      // (item ∘ p)·v = item·(p ∘ v): the product's weights are folded into one vector a decision.
      const product = matMul(user, parameter(parameters, "product.weight"));
      const weights = add(
        multiply(product, reshape(parameter(parameters, "score.product"), [1, lastItem])),
        reshape(parameter(parameters, "score.item"), [1, lastItem]),
      );
      const scores = sum(multiply(reshape(item, [rows, count, lastItem]), expandDimensions(weights, 1)), {
        axes: 2,
      });
      const valueHidden = sharedTrunk ? user : stack(parameters, "value", set, layers);
      return { distribution: { scores }, values: dense(parameters, "value.heads", valueHidden) };
    },
  };
}

/** Mean over the unmasked candidates, `[rows, features]`; 0 where all are masked. */
function maskedMean(candidates: Tensor, mask: Tensor): Tensor {
  const weights = mask.dataType === "bool" ? cast(mask, "float32") : mask;
  const total = sum(multiply(candidates, expandDimensions(weights, 2)), { axes: 1 });
  return divide(total, maximum(sum(weights, { axes: 1, keepDimensions: true }), 1));
}

function part(observation: Readonly<Record<string, Tensor>>, name: string): Tensor {
  const found = observation[name];
  if (found === undefined) throw new RangeError(`slate scorer: no observation ${name}`);
  return found;
}

function sizeOf(shape: PolicyShape, name: string): number {
  return shape.observation.find((entry) => entry.name === name)?.size ?? 0;
}
