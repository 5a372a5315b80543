import type { Tensor } from "./tensor.ts";
import type { Plan } from "./lowering/plan.ts";
import { loopOperation, loopResultIndex, loopResultOperation } from "./operations/loop.ts";
import { constantOperation } from "./operations/sources.ts";

/** How an interpreter computes values of its kind. */
export interface Interpreter<Value> {
  apply(tensor: Tensor, inputs: readonly Value[]): Value;
  integer(value: number): Value;
  /** The first element, as a number. */
  scalar(value: Value): number;
  stack(values: readonly Value[], like: Tensor): Value;
  /** Runs a step and frees everything but what it returns. */
  tidy(step: () => readonly Value[]): readonly Value[];
}

/** Runs a plan node by node; loops run in JavaScript. */
export function evaluatePlan<Value>(
  plan: Plan,
  fed: ReadonlyMap<Tensor, Value>,
  interpreter: Interpreter<Value>,
): Value[] {
  const loopResults = new Map<Tensor, readonly Value[]>();
  const valueIn = (scopes: readonly Map<Tensor, Value>[], tensor: Tensor): Value => {
    for (let depth = scopes.length - 1; depth >= 0; depth -= 1) {
      const value = scopes[depth]!.get(tensor);
      if (value !== undefined) return value;
    }
    if (tensor.operation !== constantOperation) throw new Error(`${tensor.operation.name}: no value`);
    const value = interpreter.apply(tensor, []);
    scopes[scopes.length - 1]!.set(tensor, value);
    return value;
  };

  const run = (nodes: readonly Tensor[], scopes: readonly Map<Tensor, Value>[]): void => {
    const own = scopes[scopes.length - 1]!;
    for (const tensor of nodes) {
      if (tensor.operation === loopOperation) loopResults.set(tensor, runLoop(tensor, scopes));
      else if (tensor.operation === loopResultOperation) {
        own.set(tensor, loopResults.get(tensor.inputs[0]!)![loopResultIndex(tensor)]!);
      } else
        own.set(
          tensor,
          interpreter.apply(
            tensor,
            tensor.inputs.map((input) => valueIn(scopes, input)),
          ),
        );
    }
  };

  const runLoop = (tensor: Tensor, scopes: readonly Map<Tensor, Value>[]): readonly Value[] => {
    const body = tensor.body!;
    const [count, ...initial] = tensor.inputs.map((input) => valueIn(scopes, input));
    const limit = interpreter.scalar(count!);
    let state: readonly Value[] = initial;
    const stacked: Value[][] = body.stackedOutputs.map(() => []);
    let iteration = 0;
    let stopped = false;
    while (iteration < limit && !stopped) {
      const results = interpreter.tidy(() => {
        const inner = new Map<Tensor, Value>([[body.iteration, interpreter.integer(iteration)]]);
        body.placeholders.forEach((placeholder, index) => inner.set(placeholder, state[index]!));
        const chain = [...scopes, inner];
        run(plan.bodies.get(body) ?? [], chain);
        stopped = body.stop !== undefined && interpreter.scalar(valueIn(chain, body.stop)) !== 0;
        return [...body.stateOutputs, ...body.stackedOutputs].map((output) => valueIn(chain, output));
      });
      state = results.slice(0, state.length);
      results.slice(state.length).forEach((value, index) => stacked[index]!.push(value));
      iteration += 1;
    }
    const outputs = stacked.map((values, index) => interpreter.stack(values, body.stackedOutputs[index]!));
    return [...state, ...outputs, interpreter.integer(iteration)];
  };

  const root = new Map(fed);
  run(plan.nodes, [root]);
  return plan.outputs.map((output) => valueIn([root], output));
}
