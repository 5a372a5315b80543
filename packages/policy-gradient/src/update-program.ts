import { distributionTensors, maskEntry, type PolicyModel } from "@longview/policies";
import {
  add,
  compileUpdate,
  divide,
  mean,
  multiply,
  reshape,
  slice,
  sqrt,
  square,
  subtract,
  type Tensor,
  type UpdateProgram,
} from "@longview/tensor";
import { LOSS_METRICS } from "./algorithms/definition.ts";
import type { Algorithm } from "./algorithms/registry.ts";
import type { AlgorithmSettings } from "./algorithms/settings.ts";

/** Columns of the packed `targets` of a decision: log-probability, advantage, then V returns and V old values. */
export function targetColumns(values: number): number {
  return 2 + 2 * values;
}

/** The whole update of an algorithm on a model, compiled: all epochs and minibatches are one call. */
export function updateProgram(
  model: PolicyModel,
  algorithm: Algorithm,
  settings: AlgorithmSettings,
): UpdateProgram {
  const { shape } = model;
  const heads = model.valueNames.length;
  const mask = maskEntry(shape);
  return compileUpdate({
    name: `${algorithm.name}-update`,
    layout: model.layout,
    batch: {
      ...Object.fromEntries(
        shape.observation.map((entry) => [
          entry.name,
          { rowShape: [...entry.rowShape], dataType: "float32" as const },
        ]),
      ),
      action: { rowShape: [shape.actionWidth], dataType: shape.actionType },
      targets: { rowShape: [targetColumns(heads)], dataType: "float32" },
    },
    scalars: Object.keys(algorithm.scalars(0)),
    minibatchSize: settings.minibatchSize,
    loss: ({ parameters, batch, scalars }) => {
      const { distribution, values } = model.network(parameters, batch);
      const tensors = distributionTensors(shape, distribution, mask === null ? undefined : batch[mask.name]);
      const targets = batch["targets"]!;
      const action = batch["action"]!;
      const column = (i: number): Tensor =>
        reshape(slice(targets, { axis: 1, start: i, end: i + 1 }), [settings.minibatchSize]);
      const columns = (start: number): Tensor => slice(targets, { axis: 1, start, end: start + heads });
      const advantage = column(1);
      const { loss, metrics, stop } = algorithm.loss({
        logProbability: tensors.logProbability(action),
        entropy: tensors.entropy(action),
        values,
        oldLogProbability: column(0),
        advantage:
          settings.advantageNormalisation === "minibatch"
            ? standardise(advantage, settings.minibatchSize)
            : advantage,
        returns: columns(2),
        oldValues: columns(2 + heads),
        scalars,
      });
      return {
        loss,
        metrics: Object.fromEntries(LOSS_METRICS.map((name) => [name, metrics[name]])),
        ...(stop === undefined ? {} : { stop }),
      };
    },
    optimizer: { kind: "adam", epsilon: settings.adamEpsilon, beta1: 0.9, beta2: 0.999 },
    maximumGradientNorm: settings.maximumGradientNorm,
  });
}

/** Mean 0, unbiased standard deviation 1 (+ 1e-8), over a minibatch of at least 2. */
function standardise(advantage: Tensor, count: number): Tensor {
  const centred = subtract(advantage, mean(advantage));
  const deviation = sqrt(multiply(mean(square(centred)), count / (count - 1)));
  return divide(centred, add(deviation, 1e-8));
}
