import { broadcastTo, cast, concatenate, oneHot, reshape, slice, type Tensor } from "@longview/tensor";
import type { ObservationEntry, PolicyShape } from "../policy-shape.ts";
import type { PolicySettings } from "../policy-settings.ts";
import { dense, denseParameters, parameter, stack, stackParameters } from "./dense.ts";
import type { Network } from "./network.ts";

/**
 * Hidden layers over the concatenated observation, then a policy head and a value head.
 *
 * Orthogonal weights: gain √2 hidden, `policyGain` policy head, 1 value heads; biases 0. Box actions have a
 * state-independent log standard deviation. Policy and values have separate hidden layers unless `sharedTrunk`.
 */
export function mlpNetwork(shape: PolicyShape, settings: PolicySettings, valueCount: number): Network {
  const { hiddenSizes, sharedTrunk, policyGain, initialLogStandardDeviation } = settings;
  const entries = shape.observation.filter((entry) => entry.kind !== "mask");
  const inputs = entries.reduce((sum, entry) => sum + featureCount(entry), 0);
  const last = hiddenSizes.at(-1) ?? inputs;
  const gaussian = shape.distribution === "diagonal-gaussian";
  const headName = gaussian ? "mean" : "logits";
  const headSize = shape.outputs[headName]!;
  const policyTrunk = sharedTrunk ? "trunk" : "policy";
  const valueTrunk = sharedTrunk ? "trunk" : "value";
  const layers = { sizes: hiddenSizes, activation: settings.activation };
  return {
    parameters: [
      ...stackParameters(policyTrunk, inputs, hiddenSizes),
      ...(sharedTrunk ? [] : stackParameters(valueTrunk, inputs, hiddenSizes)),
      ...denseParameters(`policy.${headName}`, last, headSize, policyGain),
      ...(gaussian
        ? [
            {
              name: "policy.logStandardDeviation",
              shape: [headSize],
              initializer: { constant: initialLogStandardDeviation },
            },
          ]
        : []),
      ...denseParameters("value.heads", last, valueCount, 1),
    ],
    build(parameters, observation) {
      const x = features(entries, observation);
      const policyHidden = stack(parameters, policyTrunk, x, layers);
      const valueHidden = sharedTrunk ? policyHidden : stack(parameters, valueTrunk, x, layers);
      const head = dense(parameters, `policy.${headName}`, policyHidden);
      return {
        distribution: gaussian
          ? {
              mean: head,
              logStandardDeviation: broadcastTo(
                parameter(parameters, "policy.logStandardDeviation"),
                head.shape,
              ),
            }
          : { logits: head },
        values: dense(parameters, "value.heads", valueHidden),
      };
    },
  };
}

function featureCount(entry: ObservationEntry): number {
  return entry.kind === "category" ? entry.categories.reduce((sum, count) => sum + count, 0) : entry.size;
}

function features(
  entries: readonly ObservationEntry[],
  observation: Readonly<Record<string, Tensor>>,
): Tensor {
  const parts = entries.flatMap((entry) => {
    const x = observation[entry.name];
    if (x === undefined) throw new RangeError(`policy network: no observation ${entry.name}`);
    const rows = x.shape[0]!;
    if (entry.kind !== "category") return [x.shape.length === 2 ? x : reshape(x, [rows, entry.size])];
    return entry.categories.map((count, i) =>
      oneHot(cast(reshape(slice(x, { axis: 1, start: i, end: i + 1 }), [rows]), "int32"), count),
    );
  });
  return parts.length === 1 ? parts[0]! : concatenate(parts, 1);
}
