import type { LoopBody, Tensor } from "../tensor.ts";

export function bodyOutputs(body: LoopBody): Tensor[] {
  return [...body.stateOutputs, ...body.stackedOutputs, ...(body.stop === undefined ? [] : [body.stop])];
}

/** Inputs before users, loop bodies before their loops; the order depends on the graph alone. */
export function topologicalOrder(outputs: readonly Tensor[]): Tensor[] {
  const order: Tensor[] = [];
  const state = new Map<Tensor, "open" | "done">();
  const stack: Tensor[] = [...outputs].reverse();
  while (stack.length > 0) {
    const tensor = stack[stack.length - 1]!;
    const seen = state.get(tensor);
    if (seen === undefined) {
      state.set(tensor, "open");
      const needed =
        tensor.body === undefined ? tensor.inputs : [...tensor.inputs, ...bodyOutputs(tensor.body)];
      for (let index = needed.length - 1; index >= 0; index -= 1) {
        if (!state.has(needed[index]!)) stack.push(needed[index]!);
      }
      continue;
    }
    stack.pop();
    if (seen === "open") {
      state.set(tensor, "done");
      order.push(tensor);
    }
  }
  return order;
}
