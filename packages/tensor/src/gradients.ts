import { formatShape, ShapeError } from "./shape.ts";
import { Tensor } from "./tensor.ts";
import { add } from "./operations/elementwise-binary.ts";
import { broadcastTo } from "./operations/broadcast-to.ts";
import { constant } from "./operations/sources.ts";
import { topologicalOrder } from "./lowering/topology.ts";

/**
 * Derivatives of a float32 scalar in each of `targets`, written in operations, so that they can be differentiated
 * again. A target that the scalar does not depend on gets zeros.
 */
export function gradients(scalar: Tensor, targets: readonly Tensor[]): Tensor[] {
  if (scalar.shape.length !== 0 || scalar.dataType !== "float32") {
    throw new ShapeError(
      "gradients",
      `the loss must be a float32 scalar, got ${scalar.dataType} ${formatShape(scalar.shape)}`,
    );
  }
  const order = topologicalOrder([scalar]);
  const wanted = new Set(targets);
  const depends = new Set<Tensor>();
  for (const tensor of order) {
    if (wanted.has(tensor) || tensor.inputs.some((input) => depends.has(input))) depends.add(tensor);
  }
  const collected = new Map<Tensor, Tensor>([[scalar, constant(1)]]);
  for (const tensor of order.reverse()) {
    const gradient = collected.get(tensor);
    if (gradient === undefined || !tensor.inputs.some((input) => depends.has(input))) continue;
    tensor.operation.gradient(tensor, gradient).forEach((contribution, index) => {
      const input = tensor.inputs[index];
      if (
        input === undefined ||
        contribution === undefined ||
        !depends.has(input) ||
        input.dataType !== "float32"
      )
        return;
      const before = collected.get(input);
      collected.set(input, before === undefined ? contribution : add(before, contribution));
    });
  }
  return targets.map((target) => collected.get(target) ?? broadcastTo(constant(0), target.shape));
}
