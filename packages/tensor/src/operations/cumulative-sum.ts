import { truthAttribute } from "../graph-model/emitter.ts";
import { int } from "../onnx/emitter.ts";
import { at, type Operation, requireDataType } from "../operation.ts";
import { elementCount, normalizeAxis } from "../shape.ts";
import { flagAttribute, inputOf, numberAttribute, Tensor } from "../tensor.ts";

export const cumulativeSumOperation: Operation = {
  name: "cumulativeSum",
  gradient: (output, gradient) => [
    cumulativeSum(gradient, {
      axis: numberAttribute(output, "axis"),
      exclusive: flagAttribute(output, "exclusive"),
      reverse: !flagAttribute(output, "reverse"),
    }),
  ],
  onnx: (tensor, emitter) =>
    emitter.node(
      "CumSum",
      [emitter.nameOf(inputOf(tensor)), emitter.integers(numberAttribute(tensor, "axis"))],
      {
        exclusive: int(flagAttribute(tensor, "exclusive") ? 1 : 0),
        reverse: int(flagAttribute(tensor, "reverse") ? 1 : 0),
      },
    ),
  graphModel: (tensor, emitter) =>
    emitter.node(
      "Cumsum",
      [emitter.nameOf(inputOf(tensor)), emitter.integers(numberAttribute(tensor, "axis"))],
      {
        exclusive: truthAttribute(flagAttribute(tensor, "exclusive")),
        reverse: truthAttribute(flagAttribute(tensor, "reverse")),
      },
    ),
  tensorflow: (tensor, inputs, { tf }) =>
    tf.cumsum(
      at(inputs, 0),
      numberAttribute(tensor, "axis"),
      flagAttribute(tensor, "exclusive"),
      flagAttribute(tensor, "reverse"),
    ),
  reference: (tensor, inputs) => {
    const { data: values, shape } = at(inputs, 0);
    const axis = numberAttribute(tensor, "axis");
    const length = at(shape, axis);
    const inner = elementCount(shape.slice(axis + 1));
    const outer = elementCount(shape.slice(0, axis));
    const data = new Float64Array(values.length);
    for (let line = 0; line < outer * inner; line += 1) {
      const start = Math.floor(line / inner) * length * inner + (line % inner);
      let running = 0;
      for (let step = 0; step < length; step += 1) {
        const index = start + (flagAttribute(tensor, "reverse") ? length - 1 - step : step) * inner;
        data[index] = flagAttribute(tensor, "exclusive") ? running : running + values[index]!;
        running += values[index]!;
      }
    }
    return { data, shape };
  },
};

export interface CumulativeSumOptions {
  /** @defaultValue −1 */
  readonly axis?: number;
  /** Leave out the element itself. @defaultValue false */
  readonly exclusive?: boolean;
  /** Sum from the end. @defaultValue false */
  readonly reverse?: boolean;
}

/** Running sums along one axis. */
export function cumulativeSum(x: Tensor, options: CumulativeSumOptions = {}): Tensor {
  requireDataType("cumulativeSum", x, ["float32"]);
  const axis = normalizeAxis("cumulativeSum", options.axis ?? -1, x.shape);
  const attributes = { axis, exclusive: options.exclusive ?? false, reverse: options.reverse ?? false };
  return new Tensor({
    operation: cumulativeSumOperation,
    inputs: [x],
    shape: x.shape,
    dataType: "float32",
    attributes,
  });
}
