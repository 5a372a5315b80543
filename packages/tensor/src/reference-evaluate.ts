import { evaluatePlan, type Interpreter } from "./evaluate-plan.ts";
import type { ReferenceValue } from "./operation.ts";
import type { Program } from "./program.ts";
import { elementCount, resolveShape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

export interface ReferenceFeed {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}

/**
 * Runs a program in float64 with plain loops: slow, and independent of every numerical library.
 * Feeds may be any numbers; bool is 0 or 1.
 */
export function referenceEvaluate(
  program: Program,
  feeds: Readonly<Record<string, ReferenceFeed>>,
): Record<string, ReferenceValue> {
  const lengths = new Map<string, number>();
  const fed = new Map<Tensor, ReferenceValue>();
  for (const tensor of program.inputs) {
    const feed = feeds[tensor.name ?? ""];
    if (feed === undefined) throw new TypeError(`referenceEvaluate: the input ${tensor.name} is not fed`);
    tensor.shape.forEach((dimension, axis) => {
      if (typeof dimension === "string") lengths.set(dimension, feed.shape[axis]!);
    });
    fed.set(tensor, { data: Float64Array.from(feed.data), shape: feed.shape });
  }
  const context = { resolve: (shape: Tensor["shape"]) => resolveShape(shape, lengths) };
  const interpreter: Interpreter<ReferenceValue> = {
    apply: (tensor, inputs) => tensor.operation.reference(tensor, inputs, context),
    integer: (value) => ({ data: Float64Array.of(value), shape: [] }),
    scalar: (value) => value.data[0]!,
    stack: (values, like) => {
      const shape = values[0]?.shape ?? resolveShape(like.shape, lengths);
      const width = elementCount(shape);
      const data = new Float64Array(values.length * width);
      values.forEach((value, index) => data.set(value.data, index * width));
      return { data, shape: [values.length, ...shape] };
    },
    tidy: (step) => step(),
  };
  const outputs = evaluatePlan(program.plan, fed, interpreter);
  return Object.fromEntries(program.outputSpecifications.map(({ name }, index) => [name, outputs[index]!]));
}
